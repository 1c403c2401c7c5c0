create or replace function wedsync_internal.settle_guests(couple_id uuid)
returns void
language plpgsql
volatile
as $$
declare
    numbers record;
    event record;
begin
    -- Without events there are no replies to count, and servers keep the numbers. A wedding that is being deleted has none, either.
    if not exists (select from wedsync_data.wedding_events as e where e.couple_id = settle_guests.couple_id) then
        return;
    end if;
    select coalesce(sum(1 + g.additional) filter (where g.is_coming), 0) as confirmed, count(*) filter (where g.is_open and not g.is_coming) as pending into numbers
    from (
        select
            bool_or(r.status = 'attending') as is_coming, bool_or(r.status in ('pending', 'tentative')) as is_open,
            coalesce(max(r.additional_guests) filter (where r.status = 'attending'), 0) as additional
        from wedsync_data.rsvps as r
        join wedsync_data.wedding_events as e on e.couple_id = r.couple_id and e.id = r.event_id
        where r.couple_id = settle_guests.couple_id
            and (e.is_main or not exists (select from wedsync_data.wedding_events as m where m.couple_id = settle_guests.couple_id and m.is_main))
        group by r.guest_id
    ) as g;
    -- in the order of writers of the record; whoever came through the API holds it already
    perform wedsync_internal.lock_wedding(couple_id, false, true, true);
    update wedsync_data.core_fields as f
    set guest_count = coalesce(f.guest_count, '{}') || pg_catalog.jsonb_build_object('confirmed', numbers.confirmed, 'pending', numbers.pending)
    where f.couple_id = settle_guests.couple_id
        and (coalesce((f.guest_count ->> 'confirmed')::numeric, 0), coalesce((f.guest_count ->> 'pending')::numeric, 0)) <> (numbers.confirmed, numbers.pending);
    for event in
        update wedsync_data.wedding_events as e set dietary_counts = n.counts
        from (
            select o.id, wedsync_internal.dietary_needs_of(o.couple_id, o.id) as counts
            from wedsync_data.wedding_events as o where o.couple_id = settle_guests.couple_id
        ) as n
        where e.couple_id = settle_guests.couple_id and e.id = n.id and e.dietary_counts is distinct from n.counts
            and (e.dietary_counts is not null or n.counts -> 'guests' <> '0')
        returning e.id, e.dietary_counts
    loop
        perform wedsync_internal.dietary_change(couple_id, event.id, event.dietary_counts);
    end loop;
end
$$;
comment on function wedsync_internal.settle_guests(uuid) is
'Brings what follows from the replies up to date: the guest numbers of the wedding, and the dietary counts of its events, of whose changes caterers are told.
Confirmed are the guests who attend a main event, with their companions; pending those who were invited and have not answered, or not for certain. Without a main event, any event counts.';
revoke all on function wedsync_internal.settle_guests(uuid) from public;
