create or replace function wedsync_internal.refresh_visibility_masks()
returns void
language plpgsql
volatile
as $$
declare
    mask wedsync_data.visibility_masks;
    described wedsync_data.visibility_masks;
begin
    lock table wedsync_data.visibility_masks in share row exclusive mode;
    for mask in select m.* from wedsync_data.visibility_masks as m loop
        described := wedsync_internal.describe_mask(mask.readable);
        described.id := mask.id;
        -- the columns follow the catalogue, so the row is replaced completely
        if described is distinct from mask then
            delete from wedsync_data.visibility_masks as m where m.id = mask.id;
            insert into wedsync_data.visibility_masks overriding system value select described.*;
        end if;
    end loop;
end
$$;
comment on function wedsync_internal.refresh_visibility_masks() is 'Recomputes the visibility of all rights masks in use. Called when the catalogue changes.';
revoke all on function wedsync_internal.refresh_visibility_masks() from public;
