create or replace function wedsync.request_access(
    couple_id uuid, supplier_id uuid, readable_fields text[] default null, writable_fields text[] default '{}', message text default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    wanted text[];
    wanted_writable text[] := coalesce(writable_fields, '{}');
    at_once text[] := '{}'::text[];
    basic constant bit(128) := wedsync_internal.names_mask('{basic}');
    before jsonb;
    after jsonb;
begin
    perform wedsync_internal.enforce_rate_limit('access-request');
    perform wedsync_internal.require_given('{couple_id,supplier_id}', array[couple_id is not null, supplier_id is not null]);
    perform wedsync_internal.lock_as_supplier(supplier_id, '{owner,manager}', false);
    if length(message) > 1000 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "message", "rule": "at most 1000 characters"}');
    end if;
    select coalesce(readable_fields, c.default_fields) into wanted
    from wedsync_data.suppliers as s join wedsync_data.supplier_categories as c on c.category = s.category
    where s.id = request_access.supplier_id;
    wanted := array(select distinct u.name from unnest(wanted || wanted_writable) as u (name) order by u.name);
    if wanted = '{}' then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "readable_fields", "rule": "at least one field"}');
    end if;
    perform wedsync_internal.check_grantable(wanted, true);
    perform wedsync_internal.lock_wedding(couple_id, true);
    if not exists (select from wedsync_data.weddings as w where w.id = request_access.couple_id) then
        return wedsync_internal.request_unanswered(couple_id, supplier_id, wanted, wanted_writable);
    end if;
    -- existing access need not be requested
    wanted := array(
        select u.name from unnest(wanted) as u (name)
        where not exists (
            select from wedsync_data.grants as g
            where g.couple_id = request_access.couple_id and g.grantee_id = request_access.supplier_id and g.field_name = u.name
                and g.state = 'approved' and g.valid_until > now() and (g.can_write or u.name <> all (wanted_writable))
        )
    );
    before := wedsync_internal.access_summary(couple_id, supplier_id);
    if wanted = '{}' then
        return before;
    end if;
    insert into wedsync_data.connections as c (couple_id, supplier_id, requested_by, request_message)
    values (request_access.couple_id, request_access.supplier_id, wedsync_internal.current_user_id(), message)
    on conflict on constraint connections_pkey do update
    set requested_by = excluded.requested_by, requested_at = now(), request_message = excluded.request_message;

    -- The couple's preference applies to suppliers that it has invited and not refused since. An expired grant does not count as a refusal.
    if exists (
        select from wedsync_data.core_fields as f
        join wedsync_data.connections as c on c.couple_id = f.couple_id and c.supplier_id = request_access.supplier_id
        where f.couple_id = request_access.couple_id and (f.partner1_name ~ '\S' or f.partner2_name ~ '\S') and c.shares_automatically
            and f.sharing_preferences -> 'auto_share_basic' = 'true' and f.sharing_preferences -> 'require_approval' is distinct from 'true'
    ) and not exists (
        select from wedsync_data.grants as g
        where g.couple_id = request_access.couple_id and g.grantee_id = request_access.supplier_id and g.state = 'approved' and g.valid_until <= now()
    ) then
        at_once := array(
            select u.name from unnest(wanted) as u (name)
            where u.name <> all (wanted_writable)
                and wedsync_internal.names_mask(array[u.name]) & ~ basic = repeat('0', 128)::bit(128)
        );
    end if;
    insert into wedsync_data.grants as g (couple_id, grantee_kind, grantee_id, field_name, can_read, can_write, state, readable, writable)
    select
        request_access.couple_id, 'supplier', request_access.supplier_id, u.name, true, u.name = any (wanted_writable),
        'pending', repeat('0', 128)::bit(128), repeat('0', 128)::bit(128)
    from unnest(wanted) as u (name)
    where u.name <> all (at_once)
    on conflict (couple_id, grantee_id, field_name, state) where state in ('pending', 'approved')
    do update set can_write = true where excluded.can_write and not g.can_write;
    if found then
        update wedsync_data.connections as c set request_version = c.request_version + 1
        where c.couple_id = request_access.couple_id and c.supplier_id = request_access.supplier_id;
    end if;
    if at_once <> '{}' then
        update wedsync_data.connections as c set approved_at = now(), approved_by = null
        where c.couple_id = request_access.couple_id and c.supplier_id = request_access.supplier_id;
        return wedsync_internal.set_grants(couple_id, 'supplier', supplier_id, at_once, '{}', true, null);
    end if;
    after := wedsync_internal.access_summary(couple_id, supplier_id);
    if after is distinct from before then
        perform wedsync_internal.record_access_change(
            couple_id, 'grants', case when before ->> 'status' is null then 'create' else 'update' end, 'grants/' || supplier_id, before, after
        );
    end if;
    return after;
end
$$;
comment on function wedsync.request_access(uuid, uuid, text[], text[], text) is
'Requests access for a supplier from a couple
null for readable_fields requests the defaults of the category. Requests require approve_access, except that a supplier which the couple has invited, and refused nothing since, can read basic fields immediately if the couple''s preferences allow it (auto_share_basic, not require_approval). Requests for ids that are not weddings stay pending, so that they do not reveal which ids are. For owners and managers of the supplier.
Returns {status, readable_fields, writable_fields, requested_fields}, and for pending requests requested_writable_fields and request_version. Errors: not_found (PT404) for the supplier, not_allowed (42501), invalid_fields (PT422), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.request_access(uuid, uuid, text[], text[], text) from public;
grant execute on function wedsync.request_access(uuid, uuid, text[], text[], text) to authenticated, service_role, wedsync_admin;
