create or replace function wedsync.set_journey_progress(supplier_id uuid, couple_id uuid, step text, status text, details jsonb default '{}')
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform wedsync_internal.enforce_rate_limit('supplier-write');
    perform wedsync_internal.check_json(details, 'details', 16384);
    perform wedsync_internal.require_given('{supplier_id,couple_id,step,status}', array[supplier_id is not null, couple_id is not null, step is not null, status is not null]);
    perform wedsync_internal.lock_as_supplier(supplier_id, '{owner,manager,staff}', false);
    if coalesce(length(step), 0) not between 1 and 100 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "step", "rule": "1 to 100 characters"}');
    end if;
    if status not in ('waiting', 'active', 'done', 'skipped') then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "status", "rule": "waiting, active, done or skipped"}');
    end if;
    if details is null or pg_catalog.jsonb_typeof(details) <> 'object' then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "details", "rule": "object"}');
    end if;
    -- also keeps the count of steps correct
    perform wedsync_internal.lock_as_acquainted(couple_id, supplier_id);
    perform wedsync_internal.enforce_cap('journey_steps_per_wedding', (
        select count(*) from wedsync_data.journey_progress as p
        where p.supplier_id = set_journey_progress.supplier_id and p.couple_id = set_journey_progress.couple_id and p.step <> set_journey_progress.step
    ));
    insert into wedsync_data.journey_progress as p (supplier_id, couple_id, step, status, details, updated_by)
    values (
        set_journey_progress.supplier_id, set_journey_progress.couple_id, set_journey_progress.step, set_journey_progress.status,
        set_journey_progress.details, wedsync_internal.current_user_id()
    )
    on conflict on constraint journey_progress_pkey do update
    set status = excluded.status, details = excluded.details, updated_by = excluded.updated_by, updated_at = now()
    where (p.status, p.details) is distinct from (excluded.status, excluded.details);
end
$$;
comment on function wedsync.set_journey_progress(uuid, uuid, text, text, jsonb) is
'Sets the progress of a step of a supplier''s journey with a couple
status is waiting, active, done or skipped. details is an object of at most 16384 bytes. Errors: not_found (PT404), cap_reached (PT409), invalid_value (22023), too_large (PT413), rate_limited (429).';
revoke all on function wedsync.set_journey_progress(uuid, uuid, text, text, jsonb) from public;
grant execute on function wedsync.set_journey_progress(uuid, uuid, text, text, jsonb) to authenticated, service_role;
