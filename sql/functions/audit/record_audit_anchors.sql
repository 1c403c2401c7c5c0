create or replace function wedsync_internal.record_audit_anchors()
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    recorded integer;
begin
    insert into wedsync_data.audit_anchors (couple_id, chain_no, chain_hash)
    select k.couple_id, k.chain_no, k.chain_hash from wedsync_data.wedding_clocks as k where k.chain_no > 0
    on conflict on constraint audit_anchors_pkey do nothing;
    get diagnostics recorded = row_count;
    return recorded;
end
$$;
comment on function wedsync_internal.record_audit_anchors() is 'Records an anchor for every audit chain that grew since the last run and returns their number. Run by the worker as a scheduled job.';
revoke all on function wedsync_internal.record_audit_anchors() from public;
grant execute on function wedsync_internal.record_audit_anchors() to wedsync_worker, wedsync_admin;
