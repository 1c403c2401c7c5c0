create or replace function wedsync.seating_problems(couple_id uuid, event_id uuid, after bigint default 0, max_rows integer default 100)
returns table (number bigint, kind text, guest_id uuid, other_id uuid, table_id uuid, name text, other_name text)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    readable bit(128);
begin
    perform wedsync_internal.enforce_rate_limit('guests-export');
    perform wedsync_internal.require_caller();
    perform wedsync_internal.require_given('{couple_id,event_id}', array[couple_id is not null, event_id is not null]);
    if max_rows is null or max_rows not between 1 and 1000 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "max_rows", "rule": "between 1 and 1000"}');
    end if;
    select a.readable into readable from wedsync_internal.caller_access as a where a.couple_id = seating_problems.couple_id;
    if readable is null then
        perform wedsync_internal.fail('not_found');
    end if;
    if readable & wedsync_internal.names_mask('{guests.seating,guests.rsvp}') <> wedsync_internal.names_mask('{guests.seating,guests.rsvp}') then
        perform wedsync_internal.fail('fields_not_allowed', '{"unauthorized_fields": ["guests.seating", "guests.rsvp"]}');
    end if;
    if not exists (
        select from wedsync_data.wedding_events as e where e.couple_id = seating_problems.couple_id and e.id = seating_problems.event_id
    ) then
        perform wedsync_internal.fail('not_found');
    end if;
    perform wedsync_internal.log_access(seating_problems.couple_id, 'seating_problems');
    return query
    with seated as (
        select s.guest_id, s.table_id from wedsync_data.seats as s where s.couple_id = seating_problems.couple_id and s.event_id = seating_problems.event_id
    ),
    found as (
        select 'not_coming' as kind, s.guest_id, null::uuid as other_id, s.table_id
        from seated as s
        where not exists (
            select from wedsync_data.rsvps as r
            where r.couple_id = seating_problems.couple_id and r.event_id = seating_problems.event_id and r.guest_id = s.guest_id
                and r.status not in ('declined', 'cancelled')
        )
        union all
        select 'without_seat', r.guest_id, null, null
        from wedsync_data.rsvps as r
        where r.couple_id = seating_problems.couple_id and r.event_id = seating_problems.event_id and r.status = 'attending'
            and not exists (select from seated as s where s.guest_id = r.guest_id)
        union all
        -- the couple's secret: for those who may read it only
        select 'apart', a.guest_id, a.other_id, s.table_id
        from wedsync_data.guests_apart as a
        join seated as s on s.guest_id = a.guest_id
        join seated as o on o.guest_id = a.other_id and o.table_id = s.table_id
        where a.couple_id = seating_problems.couple_id
            and readable & wedsync_internal.names_mask('{guests.private}') = wedsync_internal.names_mask('{guests.private}')
    )
    select
        row_number() over (order by f.kind, f.guest_id, f.other_id), f.kind, f.guest_id, f.other_id, f.table_id,
        case when n.shown then nullif(concat_ws(' ', g.first_name, g.last_name), '') end,
        case when n.shown then nullif(concat_ws(' ', o.first_name, o.last_name), '') end
    from found as f
    join wedsync_data.guests as g on g.couple_id = seating_problems.couple_id and g.id = f.guest_id
    left join wedsync_data.guests as o on o.couple_id = seating_problems.couple_id and o.id = f.other_id
    cross join lateral (select readable & wedsync_internal.names_mask('{guests.names}') = wedsync_internal.names_mask('{guests.names}') as shown) as n
    order by f.kind, f.guest_id, f.other_id
    offset greatest(coalesce(after, 0), 0) limit max_rows;
end
$$;
comment on function wedsync.seating_problems(uuid, uuid, bigint, integer) is
'What is wrong with the seating plan of an event
kind is apart, for two guests at one table whom the couple keeps apart (shown to those who may read guests.private); not_coming, for seated guests who have declined or are not invited; without_seat, for guests who attend. Names are shown with guests.names. Continue with the last number as after. Needs guests.seating and guests.rsvp; reads by suppliers are logged.
Errors: not_signed_in and fields_not_allowed (42501), not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.seating_problems(uuid, uuid, bigint, integer) from public;
grant execute on function wedsync.seating_problems(uuid, uuid, bigint, integer) to authenticated, service_role, wedsync_admin;
