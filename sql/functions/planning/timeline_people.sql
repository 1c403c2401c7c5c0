create or replace function wedsync_internal.timeline_people(couple_id uuid)
returns table (item_id uuid, line text)
language sql
stable
as $$
    with readers as (
        -- reads of addresses by suppliers would have to be logged, so theirs are not part of a calendar
        select wedsync_internal.is_service() or wedsync_internal.caller_wedding_role($1) is not null as may_see_addresses
    ),
    businesses as (
        select
            a.supplier_id, min(a.email) filter (where r.may_see_addresses) as email,
            case when bool_or(a.status = 'booked') then 'ACCEPTED' when bool_and(a.status in ('declined', 'cancelled')) then 'DECLINED' end as answer
        from (
            select v.supplier_id, v.email, v.status from wedsync.vendor_assignments as v where v.couple_id = $1
            union
            select b.supplier_id, null, 'booked' from wedsync.my_bookings as b where b.couple_id = $1
        ) as a
        cross join readers as r
        where a.supplier_id is not null
        group by a.supplier_id
    ),
    attendees as (
        select i.id, 1 as place, s.business_name as name, b.email, s.id as person, 'GROUP' as kind, coalesce(b.answer, 'NEEDS-ACTION') as answer
        from wedsync.my_timeline as i
        cross join unnest(i.supplier_ids) as t (supplier_id)
        join wedsync.suppliers as s on s.id = t.supplier_id
        left join businesses as b on b.supplier_id = s.id
        where i.couple_id = $1
        union all
        select distinct i.id, 2, p.name, null, pg_catalog.md5($1 || p.name)::uuid, 'INDIVIDUAL', 'NEEDS-ACTION'
        from wedsync.my_timeline as i cross join unnest(i.participants) as p (name)
        where i.couple_id = $1
    ),
    organizer as (
        select wedsync_internal.ical_person(
            'ORGANIZER', concat_ws(' & ', f.partner1_name, f.partner2_name),
            case when r.may_see_addresses then coalesce(f.partner1_email, f.partner2_email) end, $1
        ) as line
        from readers as r left join wedsync.core_fields as f on f.couple_id = $1
    )
    select a.id, o.line || string_agg(
        wedsync_internal.ical_person(format('ATTENDEE;CUTYPE=%s;PARTSTAT=%s', a.kind, a.answer), a.name, a.email, a.person),
        '' order by a.place, a.name, a.person
    )
    from attendees as a cross join organizer as o
    group by a.id, o.line
$$;
comment on function wedsync_internal.timeline_people(uuid) is
'ORGANIZER and ATTENDEE of the timeline items that the caller can see: the couple, suppliers with the state of their booking, and participants, as far as the caller can see them. E-mail addresses are for members of the wedding who may read them.';
revoke all on function wedsync_internal.timeline_people(uuid) from public;
