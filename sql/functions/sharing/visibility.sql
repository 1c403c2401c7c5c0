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
        -- not kept here, since it runs while frames are read
        known := wedsync_internal.describe_mask(readable);
    end if;
    return known;
end
$$;
comment on function wedsync_internal.visibility(bit) is 'What a mask of rights shows and hides of a record, looked up where the mask is in use.';
revoke all on function wedsync_internal.visibility(bit) from public;
