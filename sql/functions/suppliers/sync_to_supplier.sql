create or replace function wedsync.sync_to_supplier(
    couple_id uuid, supplier_id uuid, max_rows integer default 500, record_name text default null, after_id uuid default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    readable bit(128);
    clock wedsync_data.wedding_clocks;
    made jsonb;
    synced wedsync_data.supplier_syncs;
begin
    perform wedsync_internal.enforce_rate_limit('supplier-sync');
    perform wedsync_internal.require_caller();
    perform wedsync_internal.require_given('{couple_id,supplier_id,max_rows}', array[couple_id is not null, supplier_id is not null, max_rows is not null]);
    if max_rows not between 1 and 5000 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "max_rows", "rule": "between 1 and 5000"}');
    end if;
    if record_name is not null and not exists (
        select from wedsync_data.record_catalog as r where r.record_name = sync_to_supplier.record_name and r.shape = 'rows'
    ) then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "record_name", "rule": "a record of rows, such as guests"}');
    end if;
    if after_id is not null and record_name is null then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "after_id", "rule": "together with record_name"}');
    end if;
    perform wedsync_internal.require_sync_reader(couple_id, supplier_id);
    -- rows and number belong to one moment
    perform wedsync_internal.lock_wedding(couple_id);
    perform wedsync_internal.require_sync_reader(couple_id, supplier_id);
    readable := wedsync_internal.granted_readable(couple_id, supplier_id);
    select k.* into clock from wedsync_data.wedding_clocks as k where k.couple_id = sync_to_supplier.couple_id;
    made := pg_catalog.jsonb_build_object('records', (
        select coalesce(pg_catalog.jsonb_object_agg(r.record_name, r.page), '{}')
        from (
            select c.record_name, wedsync_internal.supplier_rows(
                sync_to_supplier.couple_id, c.record_name, readable, sync_to_supplier.after_id, sync_to_supplier.max_rows
            ) as page
            from wedsync_data.record_catalog as c
            where c.shape = 'rows' and c.is_exported and (sync_to_supplier.record_name is null or c.record_name = sync_to_supplier.record_name)
        ) as r
        where r.page is not null
    ));
    if record_name is null then
        made := made || pg_catalog.jsonb_build_object(
            'core_fields', wedsync_internal.supplier_document(couple_id, readable),
            'bookings', wedsync_internal.supplier_bookings(couple_id, supplier_id),
            'timeline', wedsync_internal.supplier_timeline(couple_id, supplier_id, readable)
        );
    end if;
    insert into wedsync_data.supplier_syncs as s (couple_id, supplier_id, version_number, seq, readable, synced_by)
    values (
        sync_to_supplier.couple_id, sync_to_supplier.supplier_id, wedsync_internal.visible_version(clock.right_versions, readable), clock.seq, readable,
        wedsync_internal.current_user_id()
    )
    on conflict on constraint supplier_syncs_pkey do update
    set syncs = s.syncs + 1, version_number = excluded.version_number, seq = excluded.seq, readable = excluded.readable, synced_by = excluded.synced_by,
        synced_at = excluded.synced_at
    returning s.* into synced;
    perform wedsync_internal.log_access(couple_id, 'sync_to_supplier');
    return made || pg_catalog.jsonb_build_object(
        'couple_id', couple_id, 'supplier_id', supplier_id, 'version', synced.version_number, 'seq', synced.seq, 'synced_at', synced.synced_at
    );
end
$$;
comment on function wedsync.sync_to_supplier(uuid, uuid, integer, text, uuid) is
'A wedding as one supplier may read it, all at one moment: what a supplier''s own system starts from
{couple_id, supplier_id, version, seq, synced_at, core_fields, records, bookings, timeline}: core_fields as from get_core_fields; records has {rows, next} for each record of rows that the supplier may read; bookings as in my_bookings; timeline as in my_timeline, for suppliers that do not read all of it. If next is not null, call again with record_name and after_id => next. Then go on with the events after the first seq (event_history, or a channel). Budget and private fields are never in it.
For members of the supplier, partners and servers. Each call is recorded in supplier_syncs, and reads by suppliers in the access log. max_rows is 1 to 5000 for each record. Errors: not_signed_in (42501), not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.sync_to_supplier(uuid, uuid, integer, text, uuid) from public;
grant execute on function wedsync.sync_to_supplier(uuid, uuid, integer, text, uuid) to authenticated, service_role, wedsync_admin;
