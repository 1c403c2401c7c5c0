create or replace function wedsync_internal.refresh_vendors()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    changed constant jsonb := case tg_op when 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
    couple uuid;
begin
    for couple in
        select (changed ->> 'couple_id')::uuid where changed ? 'couple_id'
        union
        select c.couple_id from wedsync_data.connections as c
        where not changed ? 'couple_id' and c.supplier_id = (changed ->> 'id')::uuid
        order by 1
    loop
        -- lock first and read in a separate statement, so that simultaneous changes both end up in the list
        perform wedsync_internal.lock_wedding(couple);
        insert into wedsync_data.record_lists as l (couple_id, connected_vendors, field_permissions, vendors_until)
        select
            w.id,
            coalesce((
                select pg_catalog.jsonb_agg(v.vendor order by v.business_name, v.supplier_id)
                from wedsync_internal.connected_vendors as v where v.couple_id = w.id
            ), '[]'),
            coalesce((
                select pg_catalog.jsonb_object_agg(v.supplier_id, v.readable_fields)
                from wedsync_internal.connected_vendors as v where v.couple_id = w.id
            ), '{}'),
            coalesce((
                select min(t.moment)
                from wedsync_data.grants as g
                cross join lateral (values (g.valid_from), (g.valid_until)) as t (moment)
                where g.couple_id = w.id and g.grantee_kind = 'supplier' and g.state = 'approved' and t.moment > now()
            ), 'infinity')
        from wedsync_data.weddings as w where w.id = couple
        on conflict on constraint record_lists_pkey do update
        set connected_vendors = excluded.connected_vendors, field_permissions = excluded.field_permissions, vendors_until = excluded.vendors_until;
    end loop;
    return null;
end
$$;
comment on function wedsync_internal.refresh_vendors() is 'Keeps the suppliers in a wedding''s record in sync with the grants.';
revoke all on function wedsync_internal.refresh_vendors() from public;

create or replace trigger refresh_vendors
after insert or update or delete on wedsync_data.grants
for each row execute function wedsync_internal.refresh_vendors();
comment on trigger refresh_vendors on wedsync_data.grants is 'Keeps the suppliers in the record in sync.';

create or replace trigger refresh_vendors
after insert or delete or update of approved_at on wedsync_data.connections
for each row execute function wedsync_internal.refresh_vendors();
comment on trigger refresh_vendors on wedsync_data.connections is 'Keeps the connection times in the record in sync.';

create or replace trigger refresh_vendors
after update of business_name on wedsync_data.suppliers
for each row execute function wedsync_internal.refresh_vendors();
comment on trigger refresh_vendors on wedsync_data.suppliers is 'Keeps the supplier''s name in the record in sync.';
