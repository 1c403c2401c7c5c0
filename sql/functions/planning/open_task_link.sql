create or replace function wedsync_internal.open_task_link(token text, out task wedsync_data.tasks, out helper text)
language plpgsql
volatile
as $$
declare
    hash constant bytea := pg_catalog.sha256(convert_to(left(token, 200), 'UTF8'));
    link wedsync_data.task_links;
begin
    select l.* into link from wedsync_data.task_links as l where l.token_hash = hash;
    if link.couple_id is not null then
        perform wedsync_internal.lock_wedding(link.couple_id);
        select l.* into link from wedsync_data.task_links as l
        where l.couple_id = link.couple_id and l.token_hash = hash and l.revoked_at is null and l.valid_until > now();
        select t.* into task from wedsync_data.tasks as t
        where t.couple_id = link.couple_id and t.id = link.task_id and t.assignee_contact = link.contact_id;
        select c.name into helper from wedsync_data.helper_contacts as c where c.couple_id = link.couple_id and c.id = link.contact_id;
    end if;
    if task.id is null then
        perform wedsync_internal.fail('not_found', '{"parameter": "token", "rule": "the link must be valid"}', 'Ask for a new link.');
    end if;
end
$$;
comment on function wedsync_internal.open_task_link(text) is
'The task behind a link and the name of its helper, with the wedding''s lock. Unknown, expired and revoked links, and those of a former assignee, raise the same error.';
revoke all on function wedsync_internal.open_task_link(text) from public;
