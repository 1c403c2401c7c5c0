create or replace function wedsync.reset_access(couple_id uuid, reason text default null)
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    closed integer := 0;
    connected uuid;
begin
    perform wedsync_internal.enforce_rate_limit('access-write');
    perform wedsync_internal.require_given('{couple_id}', array[couple_id is not null]);
    perform wedsync_internal.require_partner(couple_id);
    -- suppliers before the wedding, each in the order of ids
    for connected in select * from wedsync_internal.suppliers_with_grants(couple_id) loop
        perform wedsync_internal.lock_supplier(connected, false);
    end loop;
    perform wedsync_internal.lock_as_partner(couple_id);
    perform wedsync_internal.guard_wedding_day(couple_id, 'permission_reset');
    if length(reason) > 1000 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "reason", "rule": "at most 1000 characters"}');
    end if;
    for connected in select * from wedsync_internal.suppliers_with_grants(couple_id) loop
        -- one that came while this waited
        perform wedsync_internal.lock_supplier(connected, false, true);
        perform wedsync_internal.close_supplier_access(couple_id, connected, '{pending,approved}', null, reason);
        closed := closed + 1;
    end loop;
    return closed;
end
$$;
comment on function wedsync.reset_access(uuid, text) is
'Revokes the access of all suppliers of a wedding and rejects all requests; returns the number of suppliers
Takes effect on commit, for open channels too. On wedding days it must first be allowed with allow_on_wedding_day; revoke_access, for one supplier, never needs that. For partners and server roles. Errors: not_found (PT404), not_allowed (42501), wedding_day_protected (PT409), rate_limited (429).';
revoke all on function wedsync.reset_access(uuid, text) from public;
grant execute on function wedsync.reset_access(uuid, text) to authenticated, service_role, wedsync_admin;
