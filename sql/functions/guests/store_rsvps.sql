create or replace function wedsync_internal.store_rsvps(couple_id uuid, replies jsonb, via text)
returns jsonb
language plpgsql
volatile
as $$
declare
    changed wedsync_data.rsvps;
    answered uuid[] := '{}';
    before jsonb;
begin
    before := (
        select pg_catalog.jsonb_object_agg(r.id, r.status) from wedsync_data.rsvps as r
        where r.couple_id = store_rsvps.couple_id
            and r.guest_id in (select (e.value ->> 'guest_id')::uuid from pg_catalog.jsonb_array_elements(replies) as e)
    );
    -- names and needs first: caterers are told once, when the transaction ends
    update wedsync_data.guests as g
    set first_name = case when n.reply ? 'first_name' then nullif(btrim(n.reply ->> 'first_name'), '') else g.first_name end,
        last_name = case when n.reply ? 'last_name' then nullif(btrim(n.reply ->> 'last_name'), '') else g.last_name end,
        diets = case when n.reply ? 'diets' then array(select btrim(d.diet) from pg_catalog.jsonb_array_elements_text(n.reply -> 'diets') as d (diet)) else g.diets end,
        dietary_note = case when n.reply ? 'dietary_note' then nullif(n.reply ->> 'dietary_note', '') else g.dietary_note end
    from (
        -- of several replies of a guest, the last that says so
        select (e.value ->> 'guest_id')::uuid as guest_id, pg_catalog.jsonb_object_agg(k.key, k.value order by e.position) as reply
        from pg_catalog.jsonb_array_elements(replies) with ordinality as e (value, position)
        cross join lateral pg_catalog.jsonb_each(e.value) as k
        where k.key in ('first_name', 'last_name', 'diets', 'dietary_note')
        group by 1
    ) as n
    where g.couple_id = store_rsvps.couple_id and g.id = n.guest_id;
    perform wedsync_internal.store_allergens(couple_id, e.value -> 'allergens', (e.value ->> 'guest_id')::uuid)
    from pg_catalog.jsonb_array_elements(replies) as e where e.value ? 'allergens';

    update wedsync_data.rsvps as r
    set status = coalesce(n.reply ->> 'status', r.status),
        meal_option_id = case when n.reply ? 'meal_option_id' then (n.reply ->> 'meal_option_id')::uuid else r.meal_option_id end,
        additional_guests = case when n.reply ? 'additional_guests' then (n.reply ->> 'additional_guests')::smallint else r.additional_guests end,
        comment = case when n.reply ? 'comment' then nullif(n.reply ->> 'comment', '') else r.comment end,
        answered_at = case when n.status = 'pending' then null when n.reply ? 'status' then pg_catalog.statement_timestamp() else r.answered_at end,
        answered_via = case when n.status = 'pending' then null when n.reply ? 'status' then via else r.answered_via end
    from (
        select e.value as reply, (e.value ->> 'guest_id')::uuid as guest_id, (e.value ->> 'event_id')::uuid as event_id,
            wedsync_internal.rsvp_status_named(e.value ->> 'status') as status
        from pg_catalog.jsonb_array_elements(replies) as e where e.value ->> 'event_id' is not null
    ) as n
    where r.couple_id = store_rsvps.couple_id and r.guest_id = n.guest_id and r.event_id = n.event_id
        -- the same answer again is no change
        and (
            n.reply ? 'status' and r.status is distinct from n.status
            or n.reply ? 'meal_option_id' and r.meal_option_id is distinct from (n.reply ->> 'meal_option_id')::uuid
            or n.reply ? 'additional_guests' and r.additional_guests is distinct from (n.reply ->> 'additional_guests')::smallint
            or n.reply ? 'comment' and r.comment is distinct from nullif(n.reply ->> 'comment', '')
        );
    insert into wedsync_data.rsvps (couple_id, event_id, guest_id, status, meal_option_id, additional_guests, comment, answered_at, answered_via)
    select
        store_rsvps.couple_id, n.event_id, n.guest_id, n.status, (n.reply ->> 'meal_option_id')::uuid, coalesce((n.reply ->> 'additional_guests')::smallint, 0),
        nullif(n.reply ->> 'comment', ''), case when n.status <> 'pending' then pg_catalog.statement_timestamp() end, case when n.status <> 'pending' then via end
    from (
        select e.value as reply, (e.value ->> 'guest_id')::uuid as guest_id, (e.value ->> 'event_id')::uuid as event_id,
            wedsync_internal.rsvp_status_named(e.value ->> 'status') as status
        from pg_catalog.jsonb_array_elements(replies) as e where e.value ->> 'event_id' is not null
    ) as n
    where not exists (
        select from wedsync_data.rsvps as r where r.couple_id = store_rsvps.couple_id and r.guest_id = n.guest_id and r.event_id = n.event_id
    );
    for changed in
        select r.* from wedsync_data.rsvps as r
        join pg_catalog.jsonb_array_elements(replies) as e on r.guest_id = (e.value ->> 'guest_id')::uuid and r.event_id = (e.value ->> 'event_id')::uuid
        where r.couple_id = store_rsvps.couple_id
        order by r.guest_id, r.event_id
    loop
        answered := array_append(answered, changed.id);
        if changed.status <> 'pending' and changed.status is distinct from before ->> changed.id::text then
            perform wedsync_internal.notify(
                couple_id, 'guest_rsvp', pg_catalog.jsonb_build_object(
                    'guest', (
                        select coalesce(nullif(concat_ws(' ', g.first_name, g.last_name), ''), '?') from wedsync_data.guests as g
                        where g.couple_id = store_rsvps.couple_id and g.id = changed.guest_id
                    ),
                    'event', (select e.name from wedsync_data.wedding_events as e where e.couple_id = store_rsvps.couple_id and e.id = changed.event_id),
                    'status', changed.status, 'rsvp_id', changed.id
                )
            );
        end if;
    end loop;
    set constraints wedsync_data.settle_at_commit immediate;
    return (
        select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
            'id', r.id, 'guest_id', r.guest_id, 'event_id', r.event_id, 'status', r.status, 'meal_option_id', r.meal_option_id,
            'additional_guests', r.additional_guests, 'comment', r.comment, 'answered_at', r.answered_at
        ) order by r.guest_id, r.event_id), '[]')
        from wedsync_data.rsvps as r where r.couple_id = store_rsvps.couple_id and r.id = any (answered)
    );
end
$$;
comment on function wedsync_internal.store_rsvps(uuid, jsonb, text) is
'Stores replies that rsvp_problems has checked, with the needs of the guests, tells the couple, and brings the numbers up to date. via is member, invitation or server. Returns the replies as they stand. Call it with the lock of the wedding and its record held.';
revoke all on function wedsync_internal.store_rsvps(uuid, jsonb, text) from public;
