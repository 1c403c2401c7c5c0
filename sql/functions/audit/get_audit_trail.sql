-- requires: audit/open_history
create or replace function wedsync.get_audit_trail(couple_id uuid, max_rows integer default 50, before_id bigint default null)
returns table (
    id bigint, field text, old_value jsonb, new_value jsonb, change_type text, changed_by jsonb, supplier jsonb, reason text,
    ip_address inet, user_agent text, version_before integer, version_after integer, changed_at timestamptz
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    readable constant bit(128) := wedsync_internal.open_history(couple_id, 'get_audit_trail');
    sees_origin constant boolean := get_bit(readable, 45) = 1;
begin
    if max_rows is null or max_rows not between 1 and 500 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "max_rows", "rule": "between 1 and 500"}');
    end if;
    return query
    select
        l.id, l.path, l.old_value, l.new_value, l.change_type,
        pg_catalog.jsonb_build_object('id', l.actor_id, 'name', u.display_name, 'type', l.actor_type),
        case when s.id is not null then pg_catalog.jsonb_build_object('id', s.id, 'name', s.business_name) end,
        l.reason,
        case when sees_origin then l.ip_address end,
        case when sees_origin then l.user_agent end,
        l.version_before, l.version_after, l.changed_at
    from wedsync_data.audit_log as l
    left join wedsync_data.users as u on u.id = l.actor_id
    left join wedsync_data.suppliers as s on s.id = l.supplier_id
    where l.couple_id = get_audit_trail.couple_id
        and (before_id is null or l.id < before_id)
        and get_bit(readable, coalesce(l.leaf_no, 45)) = 1
        and l.change_type <> 'rekey'
    order by l.id desc
    limit max_rows;
end
$$;
comment on function wedsync.get_audit_trail(uuid, integer, bigint) is
'Latest changes of a wedding that the caller may see, newest first
max_rows is 1 to 500; before_id pages further back. changed_by is {id, name, type}, supplier {id, name} or null. Reads by suppliers are logged.
Errors: not_signed_in (42501), not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.get_audit_trail(uuid, integer, bigint) from public;
grant execute on function wedsync.get_audit_trail(uuid, integer, bigint) to authenticated, service_role, wedsync_admin;
