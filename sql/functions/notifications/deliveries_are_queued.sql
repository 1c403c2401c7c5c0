create or replace function wedsync_internal.deliveries_are_queued()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    at constant timestamptz := pg_catalog.clock_timestamp();
begin
    -- NOTIFY takes a cluster-wide lock at commit. Who sends asks again as long as there is something, so only the first of a channel is announced.
    if exists (
        select from (select distinct n.channel from new_rows as n where n.state = 'waiting' and n.due_at <= at) as c
        where not exists (
            select from generate_series(0, 5) as r (rank)
            cross join lateral (
                select d.id from wedsync_data.deliveries as d
                where d.state = 'waiting' and d.channel = c.channel and d.rank = r.rank and d.due_at <= at
                order by d.due_at limit 1
            ) as first
            where not exists (select from new_rows as n where n.id = first.id)
        )
    ) then
        perform pg_catalog.pg_notify('wedsync_deliveries', '');
    end if;
    return null;
end
$$;
comment on function wedsync_internal.deliveries_are_queued() is
'Wakes workers when the transaction commits, if deliveries are due on a channel on which none were waiting. The notification carries no data.';
revoke all on function wedsync_internal.deliveries_are_queued() from public;

create or replace trigger deliveries_are_queued
after insert on wedsync_data.deliveries
referencing new table as new_rows
for each statement execute function wedsync_internal.deliveries_are_queued();
comment on trigger deliveries_are_queued on wedsync_data.deliveries is 'Workers send what is due as soon as it is committed.';
