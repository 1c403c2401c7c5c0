create or replace function wedsync_internal.derive_tasks(op text, old_record wedsync_data.tasks, new_record wedsync_data.tasks)
returns wedsync_data.tasks
language plpgsql
stable
as $$
begin
    if new_record.time_zone is null then
        new_record.time_zone := wedsync_internal.wedding_time_zone(new_record.couple_id);
    end if;
    if new_record.due_at is distinct from old_record.due_at or new_record.due_on is not distinct from old_record.due_on then
        -- what is wrong is reported later, with the other problems
        if new_record.due_at between '0001-01-01 00:00+00' and '9999-12-31 23:59:59.999999+00'
            and wedsync_internal.time_zone_problem(new_record.time_zone) is null then
            new_record.due_on := (new_record.due_at at time zone new_record.time_zone)::date;
        end if;
    else
        new_record.due_at := null;
    end if;
    if num_nonnulls(new_record.assignee_user, new_record.assignee_supplier, new_record.assignee_contact) > 1 then
        perform wedsync_internal.refuse_field('tasks.assignee_user', 'one_assignee');
    end if;
    if op = 'UPDATE' then
        if (new_record.assignee_user, new_record.assignee_supplier, new_record.assignee_contact)
            is distinct from (old_record.assignee_user, old_record.assignee_supplier, old_record.assignee_contact) then
            new_record.answered_at := null;
            new_record.answer_note := null;
            if new_record.status in ('accepted', 'declined') then
                new_record.status := 'open';
            end if;
        end if;
    end if;
    if new_record.status is distinct from old_record.status then
        new_record.completed_at := case when new_record.status = 'done' then pg_catalog.statement_timestamp() end;
        if new_record.status in ('accepted', 'declined') then
            new_record.answered_at := pg_catalog.statement_timestamp();
        end if;
    end if;
    return new_record;
end
$$;
comment on function wedsync_internal.derive_tasks(text, wedsync_data.tasks, wedsync_data.tasks) is
'Hook of the record engine: the zone of the wedding, the day of due_at, and times of answer and completion. A new assignee has not answered yet.';
revoke all on function wedsync_internal.derive_tasks(text, wedsync_data.tasks, wedsync_data.tasks) from public;
