create or replace function wedsync_internal.recipient_address(
    channel text, couple_id uuid, supplier_id uuid, user_id uuid, contact_id uuid, is_check boolean default false
)
returns text
language sql
stable
as $$
    select case
        when $5 is not null then (
            select case $1 when 'email' then k.email when 'sms' then k.phone end from wedsync_internal.notification_contact($2, $5) as k
        )
        when $1 = 'email' then coalesce(
            (select a.email from wedsync_data.notification_addresses as a where a.owner_id = coalesce($3, $4) and (is_check or a.email_verified_at is not null)),
            (select u.email from wedsync_data.users as u where u.id = $4 and not is_check),
            (
                select u.email from wedsync_data.supplier_members as m join wedsync_data.users as u on u.id = m.user_id
                where m.supplier_id = $3 and m.member_role = 'owner' and u.email is not null and not is_check
                order by m.added_at, m.user_id limit 1
            )
        )
        when $1 = 'sms' then (
            select a.phone from wedsync_data.notification_addresses as a where a.owner_id = coalesce($3, $4) and (is_check or a.phone_verified_at is not null)
        )
    end
$$;
comment on function wedsync_internal.recipient_address(text, uuid, uuid, uuid, uuid, boolean) is
'The e-mail address (email) or number (sms) of a supplier, user or contact; null if there is none. Addresses that users and suppliers have entered count once they are verified, and before that only for the message that verifies them.';
revoke all on function wedsync_internal.recipient_address(text, uuid, uuid, uuid, uuid, boolean) from public;
