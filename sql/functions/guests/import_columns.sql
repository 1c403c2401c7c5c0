create or replace function wedsync_internal.import_columns(couple_id uuid, headings text[], mapping jsonb)
returns table (column_no integer, heading text, field text)
language sql
stable
as $$
    -- what the caller says, then the known headings, then the names of events; of several columns for the same field the first
    select c.column_no, c.heading, case when c.field is null or row_number() over (partition by c.field order by c.column_no) = 1 then c.field end
    from (
        select
            h.n::integer as column_no, h.heading,
            case
                when mapping ? h.heading then case
                    when mapping ->> h.heading like 'event:%' then 'event:' || (
                        select e.id from wedsync_data.wedding_events as e
                        where e.couple_id = $1 and wedsync_internal.plain_name(e.name) = wedsync_internal.plain_name(substr(mapping ->> h.heading, 7))
                        order by e.id limit 1
                    )
                    else nullif(mapping ->> h.heading, 'ignored')
                end
                else coalesce(
                    (
                        select i.field || coalesce('_' || i.child_no, '') from wedsync_data.import_headings as i
                        where i.heading = wedsync_internal.plain_name(h.heading) and i.field <> 'ignored'
                    ),
                    (
                        select
                            case when wedsync_internal.plain_name(h.heading) ~ '\m(rsvp|attending|response|reply|status|antwort|respuesta)\M' then 'rsvp:' else 'event:' end || e.id
                        from wedsync_data.wedding_events as e
                        where e.couple_id = $1 and wedsync_internal.plain_name(e.name) in (
                            wedsync_internal.plain_name(h.heading),
                            btrim(regexp_replace(wedsync_internal.plain_name(h.heading), '\m(rsvp|invited|invitation|event|attending|to|status)\M', '', 'g'))
                        )
                        order by e.id limit 1
                    )
                )
            end as field
        from unnest(headings) with ordinality as h (heading, n)
        where wedsync_internal.plain_name(h.heading) <> '' or h.heading = '+1'
    ) as c
$$;
comment on function wedsync_internal.import_columns(uuid, text[], jsonb) is
'What the columns of a guest list hold: number, heading and field; null for columns that are not read. Invitations to an event have the field event:<id>, replies rsvp:<id>. mapping is {heading: field}, as in the option of import_guests.';
revoke all on function wedsync_internal.import_columns(uuid, text[], jsonb) from public;
