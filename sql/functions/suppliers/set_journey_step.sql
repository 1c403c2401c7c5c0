create or replace function wedsync.set_journey_step(journey_id uuid, step text, title text, condition jsonb, action jsonb, "position" integer default 0)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    journey wedsync_data.journeys;
    problem jsonb;
begin
    perform wedsync_internal.enforce_rate_limit('supplier-write');
    perform wedsync_internal.check_json(condition, 'condition', 4096);
    perform wedsync_internal.check_json(action, 'action', 4096);
    perform wedsync_internal.require_given(
        '{journey_id,step,title,condition,action,position}',
        array[journey_id is not null, step is not null, title is not null, condition is not null, action is not null, "position" is not null]
    );
    journey := wedsync_internal.lock_journey(journey_id, true);
    if length(step) not between 1 and 100 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "step", "rule": "1 to 100 characters"}');
    end if;
    if length(title) not between 1 and 200 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "title", "rule": "1 to 200 characters"}');
    end if;
    problem := wedsync_internal.journey_step_problem(journey.supplier_id, condition, action);
    if problem is not null then
        perform wedsync_internal.fail('invalid_value', problem);
    end if;
    perform wedsync_internal.enforce_cap('steps_per_journey', (
        select count(*) from wedsync_data.journey_steps as s where s.journey_id = set_journey_step.journey_id and s.step <> set_journey_step.step
    ));
    insert into wedsync_data.journey_steps (journey_id, step, title, "position", condition, action)
    values (
        set_journey_step.journey_id, set_journey_step.step, set_journey_step.title, set_journey_step."position", set_journey_step.condition,
        set_journey_step.action
    )
    on conflict on constraint journey_steps_pkey do update
    set title = excluded.title, "position" = excluded."position", condition = excluded.condition, action = excluded.action;
    update wedsync_data.journeys as j set updated_at = now() where j.id = set_journey_step.journey_id;
end
$$;
comment on function wedsync.set_journey_step(uuid, text, text, jsonb, jsonb, integer) is
'Stores a step of a journey: when it happens, and what is done then, once for each couple enrolled
condition is one of {"on": "start"}, {"on": "event", "event": type}, {"on": "field", "field": name, "value": text}, where value is optional and name as in grants, {"on": "step", "step": key, "status": "done"}, {"on": "client", "status": "booked"} for the status in client_profiles, {"on": "booked"} when the couple has booked the supplier, {"on": "date", "days_before": 30} before the wedding, negative after it. Only what the supplier may read counts. action is one of {"do": "progress", "status": "active"}, {"do": "notify", "message": text}, {"do": "form", "form_id": id}, which fills the form into the details of journey_progress. Each also sets the progress of the step. Steps of the same key share their progress. Errors: not_found (PT404), cap_reached (PT409), too_large (PT413), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.set_journey_step(uuid, text, text, jsonb, jsonb, integer) from public;
grant execute on function wedsync.set_journey_step(uuid, text, text, jsonb, jsonb, integer) to authenticated, service_role;
