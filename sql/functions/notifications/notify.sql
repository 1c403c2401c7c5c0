create or replace function wedsync.notify(
    couple_id uuid, kind text, data jsonb, audience jsonb default null, reference text default null, priority text default null
)
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform wedsync_internal.check_json(data, 'data', 16384);
    perform wedsync_internal.check_json(audience, 'audience', 65536);
    perform wedsync_internal.require_given('{couple_id,kind,data}', array[couple_id is not null, kind is not null, data is not null]);
    if pg_catalog.jsonb_typeof(data) <> 'object' then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "data", "rule": "object"}');
    end if;
    if not wedsync_internal.is_audience(audience) then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "audience", "rule": "object of users, suppliers, roles and contacts, each an array of at most 1000"}');
    end if;
    if length(reference) > 200 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "reference", "rule": "at most 200 characters"}');
    end if;
    if not exists (select from wedsync_data.weddings as w where w.id = notify.couple_id) then
        perform wedsync_internal.fail('not_found');
    end if;
    return wedsync_internal.notify(couple_id, kind, data, audience, reference, priority);
end
$$;
comment on function wedsync.notify(uuid, text, jsonb, jsonb, text, text) is
'States what happened at a wedding; preferences and rules decide who is told, and how
For trusted servers. kind is a row of notification_kinds, data an object of at most 16384 bytes with at least the keys of its placeholders, which are inserted into the texts. audience is {"users": [...], "suppliers": [...], "roles": [...], "contacts": [...]}, by default that of the kind; only those are told who may read what the kind is about. Each recipient is told once of the same kind and reference. Returns how many were notified. Errors: not_found (PT404), invalid_value (22023), too_large (PT413).';
revoke all on function wedsync.notify(uuid, text, jsonb, jsonb, text, text) from public;
grant execute on function wedsync.notify(uuid, text, jsonb, jsonb, text, text) to service_role, wedsync_admin;
