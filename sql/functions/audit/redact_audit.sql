create or replace function wedsync_internal.redact_audit(couple_id uuid, audit_ids bigint[], reason text default null)
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    redacted bigint[];
begin
    perform from wedsync_data.wedding_clocks as k where k.couple_id = redact_audit.couple_id for update;
    -- the chain is verified by the records of erasures: they are never erased
    if exists (
        select from unnest(audit_ids) as a (id)
        where not exists (
            select from wedsync_data.audit_log as l
            where l.couple_id = redact_audit.couple_id and l.chain_no = a.id / 1000000 and l.id = a.id and l.change_type <> 'erase'
        )
    ) then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "audit_ids", "rule": "rows of this chain, except erasures"}');
    end if;
    redacted := array(
        select l.id from wedsync_data.audit_log as l
        where l.couple_id = redact_audit.couple_id and l.chain_no in (select a.id / 1000000 from unnest(audit_ids) as a (id))
            and l.id = any (audit_ids) and l.salt is not null
        order by l.chain_no, l.id
    );
    if redacted = '{}' then
        return 0;
    end if;
    perform set_config('wedsync.change_reason', coalesce(reason, ''), true);
    perform wedsync_internal.append_change(
        redact_audit.couple_id, 'access',
        array[row(
            'audit_log', 'erase', null, 'audit_log', null, null, pg_catalog.jsonb_build_object('audit_ids', redacted)
        )::wedsync_internal.field_change],
        null
    );
    perform set_config('wedsync.change_reason', '', true);
    update wedsync_data.audit_log as l
    set salt = null, old_value = null, new_value = null, reason = null, ip_address = null, user_agent = null
    where l.couple_id = redact_audit.couple_id and l.chain_no in (select a.id / 1000000 from unnest(redacted) as a (id))
        and l.id = any (redacted);
    return cardinality(redacted);
end
$$;
comment on function wedsync_internal.redact_audit(uuid, bigint[], text) is
'Erases values, reasons, addresses and user agents of audit rows and appends a record of the erasure that names the rows, which verify_audit_chain requires. Actor, time and field are kept. Rows already erased are skipped. Returns the number of erased rows; raises invalid_value for rows of another chain and for records of erasures.';
revoke all on function wedsync_internal.redact_audit(uuid, bigint[], text) from public;
