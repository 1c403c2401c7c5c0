-- drop: function wedsync.get_audit_trail(uuid, integer, bigint)
create or replace function wedsync.get_audit_trail(
    couple_id uuid, max_rows integer default 50, before_id bigint default null, "limit" integer default null
)
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
    readable bit(128);
    sees_origin boolean;
    page_rows constant integer := coalesce("limit", max_rows);
begin
    perform wedsync_internal.enforce_rate_limit('core-fields-read');
    perform wedsync_internal.require_given('{couple_id}', array[couple_id is not null]);
    readable := wedsync_internal.authorize_history(couple_id, 'get_audit_trail');
    sees_origin := wedsync_internal.sees_sharing(readable);
    if page_rows is null or page_rows not between 1 and 500 then
        perform wedsync_internal.fail('invalid_value', pg_catalog.jsonb_build_object(
            'parameter', case when "limit" is null then 'max_rows' else 'limit' end, 'rule', 'between 1 and 500'
        ));
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
        -- an id begins with the number of its link
        and (l.chain_no, l.id) < (coalesce(before_id / 1000000, 9223372036854775807), coalesce(before_id, 0))
        and wedsync_internal.sees_change(readable, l.right_no)
        and l.change_type <> 'rekey'
    order by l.chain_no desc, l.id desc
    limit page_rows;
end
$$;
comment on function wedsync.get_audit_trail(uuid, integer, bigint, integer) is
'Returns the latest changes of a wedding that the caller may read, newest first
max_rows is 1 to 500; limit is an alias from the first source and takes precedence. Pass the last id of a page as before_id for the next page. changed_by is {id, name, type}, supplier {id, name} or null. Reads by suppliers are logged.
Errors: not_signed_in (42501), not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.get_audit_trail(uuid, integer, bigint, integer) from public;
grant execute on function wedsync.get_audit_trail(uuid, integer, bigint, integer) to authenticated, service_role, wedsync_admin;
