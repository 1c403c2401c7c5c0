create or replace function wedsync_internal.do_journey_step(couple_id uuid, journey_id uuid, step text)
returns text
language plpgsql
volatile
as $$
declare
    journey wedsync_data.journeys;
    todo wedsync_data.journey_steps;
    readable bit(128);
    status text := 'done';
    details jsonb := '{}';
begin
    select j.* into journey
    from wedsync_data.journeys as j
    join wedsync_data.journey_enrolments as n on n.journey_id = j.id and n.couple_id = do_journey_step.couple_id and n.ended_at is null
    where j.id = do_journey_step.journey_id and j.is_active;
    select s.* into todo from wedsync_data.journey_steps as s where s.journey_id = journey.id and s.step = do_journey_step.step;
    if todo.step is null then
        return 'stopped';
    end if;
    readable := wedsync_internal.granted_readable(couple_id, journey.supplier_id);
    if readable is null then
        return 'no_access';
    end if;
    if (
        select count(*) from wedsync_data.journey_progress as p
        where p.couple_id = do_journey_step.couple_id and p.supplier_id = journey.supplier_id and p.step <> do_journey_step.step
    ) >= wedsync_internal.setting_limit('journey_steps_per_wedding') then
        return 'no_room';
    end if;
    case todo.action ->> 'do'
        when 'progress' then
            status := coalesce(todo.action ->> 'status', 'active');
        when 'notify' then
            perform wedsync_internal.notify(
                couple_id, 'journey_step',
                pg_catalog.jsonb_build_object('journey', journey.name, 'step', todo.title, 'message', todo.action -> 'message', 'journey_id', journey.id),
                pg_catalog.jsonb_build_object('suppliers', pg_catalog.jsonb_build_array(journey.supplier_id)), format('journey %s %s', journey.id, todo.step)
            );
        when 'form' then
            status := 'active';
            details := pg_catalog.jsonb_build_object('form_id', todo.action -> 'form_id')
                || coalesce(wedsync_internal.fill_form((todo.action ->> 'form_id')::uuid, couple_id, readable), '{}');
            -- as much as set_journey_progress takes
            if octet_length(details::text) > 16384 then
                details := pg_catalog.jsonb_build_object('form_id', todo.action -> 'form_id', 'too_large', true);
            end if;
    end case;
    insert into wedsync_data.journey_progress as p (supplier_id, couple_id, step, status, details)
    values (journey.supplier_id, do_journey_step.couple_id, todo.step, status, details)
    on conflict on constraint journey_progress_pkey do update
    set status = excluded.status, details = case when excluded.details = '{}' then p.details else excluded.details end, updated_by = null, updated_at = now();
    return 'done';
end
$$;
comment on function wedsync_internal.do_journey_step(uuid, uuid, text) is
'Does the action of a step of a journey with a couple, with the rights of the supplier, and sets its progress, under the lock of the wedding. Returns done, stopped, no_access or no_room.';
revoke all on function wedsync_internal.do_journey_step(uuid, uuid, text) from public;
