create or replace function wedsync_internal.tell_of_dead_delivery(delivery wedsync_data.deliveries)
returns void
language plpgsql
volatile
as $$
begin
    if delivery.couple_id is null or delivery.kind = 'delivery_dead' or delivery.supplier_id is not null then
        return;
    end if;
    perform wedsync_internal.notify(
        delivery.couple_id, 'delivery_dead', pg_catalog.jsonb_build_object('channel', delivery.channel, 'delivery', delivery.id, 'title', (
            select n.title from wedsync_data.notifications as n where n.couple_id = delivery.couple_id and n.id = delivery.notification_id
        )),
        -- what is for one person alone is not told to the others
        case when (select k.is_personal from wedsync_data.notification_kinds as k where k.kind = delivery.kind)
            then pg_catalog.jsonb_build_object('users', array_remove(array[delivery.user_id], null)) end,
        delivery.id::text
    );
end
$$;
comment on function wedsync_internal.tell_of_dead_delivery(wedsync_data.deliveries) is 'Tells the partners, inside the application, that a notification of the wedding''s own people could not be delivered; the recipient alone if it is personal.';
revoke all on function wedsync_internal.tell_of_dead_delivery(wedsync_data.deliveries) from public;
