create or replace function wedsync_internal.prune_bus()
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    pruned integer;
begin
    -- Every live process has read the deleted messages. The lower bound prevents a transaction that runs for hours, and keeps
    -- all deleted rows in the index, from slowing this down more and more.
    delete from wedsync_data.bus_messages as m where m.sent_at between now() - interval '10 minutes' and now() - interval '30 seconds';
    get diagnostics pruned = row_count;
    return pruned;
end
$$;
comment on function wedsync_internal.prune_bus() is 'Deletes messages between worker processes after half a minute; returns their number. Run by the worker as a scheduled job.';
revoke all on function wedsync_internal.prune_bus() from public;
