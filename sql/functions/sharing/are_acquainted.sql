create or replace function wedsync_internal.are_acquainted(couple_id uuid, supplier_id uuid)
returns boolean
language sql
stable
as $$
    select exists (
        select from wedsync_data.connections as c
        where c.couple_id = $1 and c.supplier_id = $2 and (c.shares_automatically or c.approved_at is not null or c.closed_at is not null)
    )
$$;
comment on function wedsync_internal.are_acquainted(uuid, uuid) is
'Whether the couple has invited the supplier or answered a request. A request alone does not count, otherwise ids could be probed.';
revoke all on function wedsync_internal.are_acquainted(uuid, uuid) from public;
