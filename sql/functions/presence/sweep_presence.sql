create or replace function wedsync_internal.sweep_presence()
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    entry wedsync_data.presence_entries;
    diffs jsonb := '[]'::jsonb;
    swept integer := 0;
begin
    for entry in
        with gone as (
            delete from wedsync_data.presence_entries as g
            where g.ref in (
                select e.ref from wedsync_data.presence_entries as e
                where e.lease_until <= now()
                    or (e.node is not null and not exists (select from wedsync_data.relay_nodes as n where n.node = e.node and n.lease_until > now()))
                    or (e.subscription_id is not null and not exists (select from wedsync_data.subscriptions as s where s.id = e.subscription_id and s.active))
                -- locked by another process: skip it this time
                for update of e skip locked
            )
            returning g.*
        )
        -- in order of topics, like all who number changes of several
        select g.* from gone as g order by g.topic, g.ref
    loop
        diffs := diffs || wedsync_internal.presence_diff(
            entry.topic, wedsync_internal.next_presence_version(entry.topic), entry.key, entry.user_id,
            null, entry.meta || pg_catalog.jsonb_build_object('phx_ref', entry.ref)
        );
        swept := swept + 1;
    end loop;
    perform wedsync_internal.announce_presence(diffs);
    return swept;
end
$$;
comment on function wedsync_internal.sweep_presence() is 'Deletes presence entries whose lease, process or channel has ended, and announces that they left; returns their number.';
revoke all on function wedsync_internal.sweep_presence() from public;
grant execute on function wedsync_internal.sweep_presence() to wedsync_worker;
