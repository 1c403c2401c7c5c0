create or replace function wedsync_internal.visibility(readable bit)
returns wedsync_data.visibility_masks
language plpgsql
stable
as $$
declare
    known wedsync_data.visibility_masks;
begin
    select m.* into known from wedsync_data.visibility_masks as m where m.readable = visibility.readable;
    if known.id is null then
        -- not stored, because this runs while frames are read
        known := wedsync_internal.describe_mask(readable);
    end if;
    return known;
end
$$;
comment on function wedsync_internal.visibility(bit) is 'The visibility for a rights mask, looked up if the mask is in use.';
revoke all on function wedsync_internal.visibility(bit) from public;
