create or replace function wedsync_internal.may_use_channel(channel text, address wedsync_data.notification_addresses)
returns boolean
language sql
stable
as $$
    select exists (
        select from wedsync_data.notification_channels as c
        where c.channel = $1 and c.is_enabled and (
            exists (select from wedsync_data.suppliers as s where s.id = address.owner_id and s.tier = any (c.tiers))
            or exists (
                select from wedsync_data.wedding_members as m join wedsync_data.weddings as w on w.id = m.couple_id
                where m.user_id = address.owner_id and w.tier = any (c.tiers)
            )
        )
    )
$$;
comment on function wedsync_internal.may_use_channel(text, wedsync_data.notification_addresses) is 'Whether a channel is used for this user or supplier, by the tier of the supplier or of a wedding of the user.';
revoke all on function wedsync_internal.may_use_channel(text, wedsync_data.notification_addresses) from public;
