create or replace function wedsync_internal.cut_from_grants(couple_id uuid, grantee_id uuid, from_states text[], fields text[], decided_by uuid)
returns integer
language plpgsql
volatile
as $$
declare
    cut constant bit(128) := wedsync_internal.names_mask(fields);
    taken text[] := array(
        select g.field_name from wedsync_data.grants as g
        where g.couple_id = cut_from_grants.couple_id and g.grantee_id = cut_from_grants.grantee_id and g.state = 'approved'
    );
    wider wedsync_data.grants;
    left_over text[];
    ended uuid[] := '{}'::uuid[];
    pieces jsonb := '[]'::jsonb;
begin
    for wider in
        select g.* from wedsync_data.grants as g
        where g.couple_id = cut_from_grants.couple_id and g.grantee_id = cut_from_grants.grantee_id and g.state = any (from_states)
            and (g.field_name = any (fields) or g.state = 'approved' and (g.readable | g.writable) & cut <> repeat('0', 128)::bit(128))
        order by g.created_at, g.id
    loop
        ended := array_append(ended, wider.id);
        continue when wider.state <> 'approved';
        left_over := wedsync_internal.names_of_mask((wider.readable | wider.writable) & ~ cut, taken);
        taken := taken || left_over;
        pieces := pieces || (
            select coalesce(pg_catalog.jsonb_agg(to_jsonb(wider) || pg_catalog.jsonb_build_object('field_name', n.name)), '[]')
            from unnest(left_over) as n (name)
        );
    end loop;
    -- one statement, so that open channels are regrouped once, by the final state
    with closed as (
        update wedsync_data.grants as g
        set state = case g.state when 'pending' then 'rejected' else 'revoked' end, decided_by = cut_from_grants.decided_by, decided_at = now()
        where g.couple_id = cut_from_grants.couple_id and g.id = any (ended)
    )
    insert into wedsync_data.grants (
        couple_id, grantee_kind, grantee_id, field_name, can_read, can_write, state, valid_from, valid_until, decided_by, decided_at, readable, writable
    )
    select
        p.couple_id, p.grantee_kind, p.grantee_id, p.field_name, p.can_read, p.can_write, 'approved',
        p.valid_from, p.valid_until, p.decided_by, p.decided_at, repeat('0', 128)::bit(128), repeat('0', 128)::bit(128)
    from pg_catalog.jsonb_populate_recordset(null::wedsync_data.grants, pieces) as p;
    return cardinality(ended);
end
$$;
comment on function wedsync_internal.cut_from_grants(uuid, uuid, text[], text[], uuid) is
'Revokes the grants of the named fields, and removes these fields from all approved grants that cover some of them, which are replaced by grants for the remaining names with the same rights and expiry. Returns the number of affected grants.';
revoke all on function wedsync_internal.cut_from_grants(uuid, uuid, text[], text[], uuid) from public;
