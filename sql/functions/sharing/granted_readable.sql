create or replace function wedsync_internal.granted_readable(couple_id uuid, grantee_id uuid)
returns bit
language sql
stable
as $$
    select bit_or(g.readable) from wedsync_data.grants as g
    where g.couple_id = $1 and g.grantee_id = $2 and g.state = 'approved' and g.valid_from <= now() and g.valid_until > now()
$$;
comment on function wedsync_internal.granted_readable(uuid, uuid) is 'Readable rights currently granted to a supplier or member; null without a grant.';
revoke all on function wedsync_internal.granted_readable(uuid, uuid) from public;
