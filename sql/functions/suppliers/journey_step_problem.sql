create or replace function wedsync_internal.journey_step_problem(supplier_id uuid, condition jsonb, action jsonb)
returns jsonb
language sql
stable
as $$
    select pg_catalog.jsonb_build_object('parameter', p.parameter, 'rule', p.rule)
    from (values
        (1, 'condition', 'object with on: start, event, field, step, client, booked or date', pg_catalog.jsonb_typeof($2) = 'object' and coalesce($2 ->> 'on', '')
            in ('start', 'event', 'field', 'step', 'client', 'booked', 'date')),
        (2, 'condition', 'only the keys of its kind', case pg_catalog.jsonb_typeof($2) when 'object' then $2 else '{}' end - 'on' - case $2 ->> 'on'
            when 'event' then '{event}'::text[] when 'field' then '{field,value}' when 'step' then '{step,status}' when 'client' then '{status}'
            when 'date' then '{days_before}' else '{}'
        end = '{}'),
        (3, 'condition', 'event: type of an event, such as guest_update', ($2 ->> 'on' <> 'event' or $2 ->> 'event' in (
            select r.event_type from wedsync_data.record_catalog as r where r.is_announced
        )) is true),
        (4, 'condition', 'field: name of a field or group that suppliers can be granted', ($2 ->> 'on' <> 'field' or exists (
            select from wedsync_data.field_names as n
            where n.name = $2 ->> 'field' and n.kind <> 'class'
                and n.mask & ~ wedsync_internal.names_mask('{class:budget,class:couple_private}') <> repeat('0', 128)::bit(128)
        )) is true),
        (5, 'condition', 'value: at most 1000 characters', ($2 ->> 'on' <> 'field' or coalesce(pg_catalog.jsonb_typeof($2 -> 'value'), 'string') = 'string'
            and length(coalesce($2 ->> 'value', '')) <= 1000) is true),
        (6, 'condition', 'step: key of a step; status: waiting, active, done or skipped', ($2 ->> 'on' <> 'step' or length($2 ->> 'step') between 1 and 100
            and coalesce($2 ->> 'status', 'done') in ('waiting', 'active', 'done', 'skipped')) is true),
        (7, 'condition', 'status: lead, booked, finished or lost', ($2 ->> 'on' <> 'client' or $2 ->> 'status' in ('lead', 'booked', 'finished', 'lost')) is true),
        (8, 'condition', 'days_before: -365 to 3650', ($2 ->> 'on' <> 'date' or case when $2 ->> 'days_before' ~ '^-?[0-9]{1,4}$'
            then ($2 ->> 'days_before')::integer between -365 and 3650 end) is true),
        (9, 'action', 'object with do: progress, notify or form', pg_catalog.jsonb_typeof($3) = 'object' and coalesce($3 ->> 'do', '') in ('progress', 'notify', 'form')),
        (10, 'action', 'only the keys of its kind', case pg_catalog.jsonb_typeof($3) when 'object' then $3 else '{}' end - 'do' - case $3 ->> 'do'
            when 'progress' then '{status}'::text[] when 'notify' then '{message}' when 'form' then '{form_id}' else '{}'
        end = '{}'),
        (11, 'action', 'status: waiting, active, done or skipped', ($3 ->> 'do' <> 'progress'
            or coalesce($3 ->> 'status', 'active') in ('waiting', 'active', 'done', 'skipped')) is true),
        (12, 'action', 'message: 1 to 1000 characters', ($3 ->> 'do' <> 'notify' or length($3 ->> 'message') between 1 and 1000) is true),
        (13, 'action', 'form_id: a form of the supplier', ($3 ->> 'do' <> 'form' or exists (
            select from wedsync_data.forms as f where f.id::text = lower($3 ->> 'form_id') and f.supplier_id = $1
        )) is true)
    ) as p (n, parameter, rule, holds)
    where p.holds is not true
    order by p.n
    limit 1
$$;
comment on function wedsync_internal.journey_step_problem(uuid, jsonb, jsonb) is 'The first rule of set_journey_step that a condition or action breaks, as {parameter, rule}; null if none.';
revoke all on function wedsync_internal.journey_step_problem(uuid, jsonb, jsonb) from public;
