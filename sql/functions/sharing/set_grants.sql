create or replace function wedsync_internal.set_grants(
    couple_id uuid, grantee_kind text, grantee_id uuid, readable_fields text[], writable_fields text[], keep_others boolean, decided_by uuid
)
returns jsonb
language plpgsql
volatile
as $$
#variable_conflict use_column
declare
    before constant jsonb := wedsync_internal.access_summary(set_grants.couple_id, set_grants.grantee_id);
    after jsonb;
    wanted text[] := array(
        select distinct w.name from unnest(coalesce(readable_fields, '{}') || coalesce(writable_fields, '{}')) as w (name) order by w.name
    );
begin
    -- one statement, so that open channels are regrouped once, by the final state
    with ended as (
        update wedsync_data.grants as g
        set state = case g.state when 'pending' then 'rejected' else 'revoked' end, decided_by = set_grants.decided_by, decided_at = now()
        where g.couple_id = set_grants.couple_id and g.grantee_id = set_grants.grantee_id
            and g.state in ('pending', 'approved') and g.field_name <> all (wanted) and not keep_others
    ),
    -- granted requests do not need a second row
    answered as (
        delete from wedsync_data.grants as g
        where g.couple_id = set_grants.couple_id and g.grantee_id = set_grants.grantee_id
            and g.state = 'pending' and g.field_name = any (wanted)
    )
    insert into wedsync_data.grants as g (
        couple_id, grantee_kind, grantee_id, field_name, can_read, can_write, state, decided_by, decided_at, readable, writable
    )
    select
        set_grants.couple_id, set_grants.grantee_kind, set_grants.grantee_id, w.name, true, w.name = any (coalesce(writable_fields, '{}')),
        'approved', set_grants.decided_by, now(), repeat('0', 128)::bit(128), repeat('0', 128)::bit(128)
    from unnest(wanted) as w (name)
    on conflict (couple_id, grantee_id, field_name, state) where state in ('pending', 'approved')
    -- an expired grant does not restore write access
    do update set can_write = excluded.can_write or keep_others and g.can_write and g.valid_until > now(),
        valid_from = least(g.valid_from, excluded.valid_from), valid_until = 'infinity',
        decided_by = excluded.decided_by, decided_at = excluded.decided_at;
    after := wedsync_internal.access_summary(set_grants.couple_id, set_grants.grantee_id);
    if after is distinct from before then
        perform wedsync_internal.record_access_change(
            set_grants.couple_id, 'grants', case when before ->> 'status' is null then 'create' else 'update' end,
            'grants/' || set_grants.grantee_id, before, after
        );
    end if;
    return after;
end
$$;
comment on function wedsync_internal.set_grants(uuid, text, uuid, text[], text[], boolean, uuid) is
'Grants the named fields to a supplier or member, replacing other grants unless keep_others, and audits the difference.';
revoke all on function wedsync_internal.set_grants(uuid, text, uuid, text[], text[], boolean, uuid) from public;
