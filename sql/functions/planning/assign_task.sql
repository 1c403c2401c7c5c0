create or replace function wedsync.assign_task(
    couple_id uuid, task_id uuid, user_id uuid default null, supplier_id uuid default null, contact_id uuid default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    opened record;
    changed wedsync_data.tasks;
begin
    perform wedsync_internal.enforce_rate_limit('planning-write');
    opened := wedsync_internal.open_task(couple_id, task_id);
    perform wedsync_internal.require_task_writer(opened.may_write);
    if num_nonnulls(user_id, supplier_id, contact_id) > 1 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "user_id", "rule": "one of user_id, supplier_id and contact_id"}');
    end if;
    if (opened.task).status in ('done', 'cancelled') then
        perform wedsync_internal.fail(
            'state_conflict', pg_catalog.jsonb_build_object('rule', 'the task is ' || (opened.task).status), 'Call reopen_task first.'
        );
    end if;
    if user_id is not null and not exists (
        select from wedsync_data.wedding_members as m where m.couple_id = assign_task.couple_id and m.user_id = assign_task.user_id
    ) then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "user_id", "rule": "a member of the wedding"}');
    end if;
    if supplier_id is not null and not exists (
        select from wedsync_data.grants as g
        where g.couple_id = assign_task.couple_id and g.grantee_id = assign_task.supplier_id and g.grantee_kind = 'supplier'
            and g.state = 'approved' and g.valid_from <= now() and g.valid_until > now()
    ) then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "supplier_id", "rule": "a supplier with access to the wedding"}');
    end if;
    if contact_id is not null and not exists (
        select from wedsync_data.helper_contacts as c where c.couple_id = assign_task.couple_id and c.id = assign_task.contact_id
    ) then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "contact_id", "rule": "a helper of the wedding"}');
    end if;
    perform wedsync_internal.revoke_task_links(couple_id, task_id);
    update wedsync_data.tasks as t
    set assignee_user = assign_task.user_id, assignee_supplier = assign_task.supplier_id, assignee_contact = assign_task.contact_id,
        assigned_by = case when num_nonnulls(assign_task.user_id, assign_task.supplier_id, assign_task.contact_id) = 1 then wedsync_internal.current_user_id() end
    where t.couple_id = assign_task.couple_id and t.id = assign_task.task_id
    returning t.* into changed;
    if changed.version_number <> (opened.task).version_number and num_nonnulls(user_id, supplier_id, contact_id) = 1
        and user_id is distinct from wedsync_internal.current_user_id() then
        perform wedsync_internal.notify(
            couple_id, 'task_assigned',
            pg_catalog.jsonb_build_object(
                'task_id', changed.id, 'task', changed.title, 'due', wedsync_internal.task_due_text(changed),
                'assigned_by', wedsync_internal.display_name_of_caller()
            ),
            wedsync_internal.task_audience(changed), format('task %s %s', changed.id, changed.version_number)
        );
    end if;
    return wedsync_internal.task_state(changed) || case
        when contact_id is not null then pg_catalog.jsonb_build_object('link', wedsync_internal.issue_task_link(changed, null))
        else '{}'::jsonb
    end;
end
$$;
comment on function wedsync.assign_task(uuid, uuid, uuid, uuid, uuid) is
'Assigns a task to a member of the wedding, a supplier with access, or a helper without a login; to nobody if all are null
The assignee is told and can accept or decline. For a helper, the result has link, {token, valid_until}: send it as part of an address; view_task_by_link and answer_task_by_link take it. It is returned only once. Earlier links to the task end. Needs the right to write tasks. Returns the same as accept_task. Errors: not_signed_in and fields_not_allowed (42501), not_found (PT404), state_conflict (PT409), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.assign_task(uuid, uuid, uuid, uuid, uuid) from public;
grant execute on function wedsync.assign_task(uuid, uuid, uuid, uuid, uuid) to authenticated, service_role, wedsync_admin;
