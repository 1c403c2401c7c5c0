create or replace function wedsync_internal.mailed_task_link(couple_id uuid, contact_id uuid, task_id text)
returns text
language plpgsql
volatile
as $$
declare
    address constant text := (select s.value #>> '{}' from wedsync_data.settings as s where s.name = 'task_link_url');
    secret constant text := wedsync_internal.new_token('wtl_');
    task uuid;
begin
    if address is null or contact_id is null or task_id !~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
        return null;
    end if;
    -- a task that is being changed or deleted is not waited for: its transaction may wait for the delivery
    select t.id into task
    from wedsync_data.tasks as t
    join wedsync_data.helper_contacts as c on c.couple_id = t.couple_id and c.id = t.assignee_contact
    where t.couple_id = mailed_task_link.couple_id and t.id = mailed_task_link.task_id::uuid and t.assignee_contact = mailed_task_link.contact_id
        and t.status in ('open', 'accepted')
    for key share skip locked;
    if task is null then
        return null;
    end if;
    insert into wedsync_data.task_links (couple_id, token_hash, task_id, contact_id, valid_until)
    values (
        mailed_task_link.couple_id, pg_catalog.sha256(convert_to(secret, 'UTF8')), task, mailed_task_link.contact_id,
        now() + make_interval(days => wedsync_internal.setting_limit('task_link_days'))
    );
    return replace(address, '{token}', secret);
end
$$;
comment on function wedsync_internal.mailed_task_link(uuid, uuid, text) is
'Creates a link to a task for the message that is being sent to its helper, and returns its address; null if the operator has set none, or the task is not the helper''s any more. The token is stored nowhere; other links to the task stay.';
revoke all on function wedsync_internal.mailed_task_link(uuid, uuid, text) from public;
