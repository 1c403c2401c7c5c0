create or replace function wedsync_internal.dietary_change(couple_id uuid, event_id uuid, counts jsonb)
returns integer
language plpgsql
volatile
as $$
declare
    told constant jsonb := (
        select m.counts from wedsync_data.dietary_messages as m where m.couple_id = dietary_change.couple_id and m.event_id = dietary_change.event_id
    );
    changes constant jsonb := wedsync_internal.dietary_difference(told, counts);
    is_dangerous constant boolean := coalesce((counts ->> 'anaphylaxis')::integer, 0) > 0;
    kitchens jsonb;
    heard integer;
begin
    if changes = '[]' then
        return 0;
    end if;
    select pg_catalog.jsonb_agg(c.supplier_id order by c.supplier_id) into kitchens
    from wedsync_data.connections as c
    join wedsync_data.suppliers as s on s.id = c.supplier_id
    join wedsync_data.supplier_categories as t on t.category = s.category and t.prepares_food
    where c.couple_id = dietary_change.couple_id;
    if kitchens is null then
        return 0;
    end if;
    heard := wedsync_internal.notify(
        couple_id, 'dietary_change',
        pg_catalog.jsonb_build_object(
            'event', (select e.name from wedsync_data.wedding_events as e where e.couple_id = dietary_change.couple_id and e.id = dietary_change.event_id),
            'event_id', event_id,
            'summary', concat_ws(
                '; ', case when is_dangerous then format('ANAPHYLAXIS: %s', counts ->> 'anaphylaxis') end,
                (
                    select string_agg(format('%s%s: %s → %s', c.name, ' (' || c.severity || ')', c.before, c.after), '; ' order by c.n)
                    from rows from (
                        pg_catalog.jsonb_to_recordset(changes) as (kind text, name text, severity text, before integer, after integer)
                    ) with ordinality as c (kind, name, severity, before, after, n)
                    where c.n <= 20
                ),
                case when pg_catalog.jsonb_array_length(changes) > 20 then '…' end
            ),
            'changes', changes, 'anaphylaxis', counts -> 'anaphylaxis', 'guests', counts -> 'guests'
        ),
        pg_catalog.jsonb_build_object('suppliers', kitchens), null, case when is_dangerous then 'high' else 'normal' end
    );
    if heard > 0 then
        insert into wedsync_data.dietary_messages as m (couple_id, event_id, counts) values (dietary_change.couple_id, dietary_change.event_id, dietary_change.counts)
        on conflict on constraint dietary_messages_pkey do update set counts = excluded.counts, sent_at = pg_catalog.clock_timestamp();
    end if;
    return heard;
end
$$;
comment on function wedsync_internal.dietary_change(uuid, uuid, jsonb) is
'Tells the suppliers who prepare food what has changed in the dietary counts of an event since they were last told; with high priority while a guest is at risk of anaphylaxis
Numbers only, for those who hold the right guests.dietaryCounts. Returns how many were told.';
revoke all on function wedsync_internal.dietary_change(uuid, uuid, jsonb) from public;
