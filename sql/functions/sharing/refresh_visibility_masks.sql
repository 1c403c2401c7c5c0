create or replace function wedsync_internal.refresh_visibility_masks()
returns void
language plpgsql
volatile
as $$
declare
    changed wedsync_data.visibility_masks[];
begin
    lock table wedsync_data.visibility_masks in share row exclusive mode;
    changed := array(
        select n from wedsync_data.visibility_masks as o
        cross join lateral wedsync_internal.describe_mask(o.readable) as d
        cross join lateral pg_catalog.jsonb_populate_record(d, pg_catalog.jsonb_build_object('id', o.id)) as n
        where n is distinct from o
    );
    delete from wedsync_data.visibility_masks as m where m.id in (select c.id from unnest(changed) as c);
    -- whole rows: each record adds columns of its own
    insert into wedsync_data.visibility_masks overriding system value select c.* from unnest(changed) as c;
end
$$;
comment on function wedsync_internal.refresh_visibility_masks() is 'Works out anew what every mask of rights in use shows and hides. Called when the catalogue changes.';
revoke all on function wedsync_internal.refresh_visibility_masks() from public;
