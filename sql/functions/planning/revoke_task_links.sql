create or replace function wedsync_internal.revoke_task_links(couple_id uuid, task_id uuid)
returns integer
language plpgsql
volatile
as $$
declare
    revoked integer;
begin
    update wedsync_data.task_links as l set revoked_at = now()
    where l.couple_id = revoke_task_links.couple_id and l.task_id = revoke_task_links.task_id and l.revoked_at is null and l.valid_until > now();
    get diagnostics revoked = row_count;
    delete from wedsync_data.task_links as l
    where l.couple_id = revoke_task_links.couple_id and l.task_id = revoke_task_links.task_id and l.created_at < now() - interval '1 year';
    return revoked;
end
$$;
comment on function wedsync_internal.revoke_task_links(uuid, uuid) is 'Ends the links to a task and returns how many were valid. Those older than a year are deleted.';
revoke all on function wedsync_internal.revoke_task_links(uuid, uuid) from public;
