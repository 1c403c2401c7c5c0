create or replace function wedsync.allow_on_wedding_day(couple_id uuid, operation text, reason text, for_minutes integer default 60)
returns timestamptz
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    before jsonb;
    after wedsync_data.wedding_day_overrides;
begin
    perform wedsync_internal.enforce_rate_limit('access-write');
    perform wedsync_internal.require_given(
        '{couple_id,operation,reason,for_minutes}',
        array[allow_on_wedding_day.couple_id is not null, allow_on_wedding_day.operation is not null, allow_on_wedding_day.reason is not null, for_minutes is not null]
    );
    if allow_on_wedding_day.operation not in ('bulk_replace', 'permission_reset') then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "operation", "rule": "bulk_replace or permission_reset"}');
    end if;
    if length(allow_on_wedding_day.reason) > 1000 or allow_on_wedding_day.reason !~ '\S' then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "reason", "rule": "1 to 1000 characters, not blank"}');
    end if;
    if for_minutes not between 1 and 1440 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "for_minutes", "rule": "1 to 1440"}');
    end if;
    perform wedsync_internal.lock_as_partner(allow_on_wedding_day.couple_id);
    select to_jsonb(o) into before
    from wedsync_data.wedding_day_overrides as o
    where o.couple_id = allow_on_wedding_day.couple_id and o.operation = allow_on_wedding_day.operation;
    insert into wedsync_data.wedding_day_overrides as o (couple_id, operation, reason, allowed_by, valid_until)
    values (
        allow_on_wedding_day.couple_id, allow_on_wedding_day.operation, allow_on_wedding_day.reason, wedsync_internal.current_user_id(),
        now() + make_interval(mins => for_minutes)
    )
    on conflict on constraint wedding_day_overrides_pkey do update
    set reason = excluded.reason, allowed_by = excluded.allowed_by, allowed_at = excluded.allowed_at, valid_until = excluded.valid_until
    returning o.* into after;
    perform wedsync_internal.record_access_change(
        allow_on_wedding_day.couple_id, 'wedding_day_overrides', case when before is null then 'create' else 'update' end,
        'wedding_day_overrides/' || allow_on_wedding_day.operation, before - 'couple_id', to_jsonb(after) - 'couple_id'
    );
    return after.valid_until;
end
$$;
comment on function wedsync.allow_on_wedding_day(uuid, text, text, integer) is
'Allows a protected operation of a wedding on wedding days, for a limited time; returns when that ends
operation is bulk_replace (import_guests in replace mode) or permission_reset (reset_access). for_minutes is 1 to 1440. Audited with the reason. For partners and server roles. Errors: not_signed_in and not_allowed (42501), not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.allow_on_wedding_day(uuid, text, text, integer) from public;
grant execute on function wedsync.allow_on_wedding_day(uuid, text, text, integer) to authenticated, service_role, wedsync_admin;
