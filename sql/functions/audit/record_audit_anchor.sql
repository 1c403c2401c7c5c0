create or replace function wedsync.record_audit_anchor(couple_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    clock wedsync_data.wedding_clocks;
begin
    perform wedsync_internal.enforce_rate_limit('audit-verify');
    perform wedsync_internal.require_partner(couple_id);
    select k.* into clock from wedsync_data.wedding_clocks as k where k.couple_id = record_audit_anchor.couple_id for share;
    if clock.chain_no > 0 then
        insert into wedsync_data.audit_anchors (couple_id, chain_no, chain_hash)
        values (clock.couple_id, clock.chain_no, clock.chain_hash)
        on conflict on constraint audit_anchors_pkey do nothing;
    end if;
    return pg_catalog.jsonb_build_object('couple_id', couple_id, 'chain_no', clock.chain_no, 'chain_hash', encode(clock.chain_hash, 'hex'), 'recorded_at', now());
end
$$;
comment on function wedsync.record_audit_anchor(uuid) is
'Records the current end of a wedding''s audit chain as an anchor and returns it
{couple_id, chain_no, chain_hash, recorded_at}. Keep a copy outside the database: it proves later that nothing before it was altered. Only partners may call it. Errors: not_found (PT404), not_allowed (42501), rate_limited (429).';
revoke all on function wedsync.record_audit_anchor(uuid) from public;
grant execute on function wedsync.record_audit_anchor(uuid) to authenticated, service_role, wedsync_admin;
