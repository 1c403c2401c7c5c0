create or replace function wedsync_internal.notification_contact(couple_id uuid, contact_id uuid)
returns table (contact_id uuid, name text, email text, phone text, language text)
language sql
stable
as $$
    select c.id, c.name, nullif(c.email, ''), nullif(c.phone, ''), nullif(c.language, '')
    from wedsync_data.helper_contacts as c where c.couple_id = $1 and c.id = $2
$$;
comment on function wedsync_internal.notification_contact(uuid, uuid) is 'A helper without a login, and how to reach that person; no row if there is none.';
revoke all on function wedsync_internal.notification_contact(uuid, uuid) from public;
