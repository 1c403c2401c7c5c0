create or replace function wedsync_internal.hears_more(group_before bigint, group_now bigint)
returns boolean
language sql
stable
as $$
    select exists (
        select from wedsync_data.subscription_groups as b, wedsync_data.subscription_groups as n
        where b.id = $1 and n.id = $2 and (not n.principals <@ b.principals or n.readable & ~ b.readable <> repeat('0', 128)::bit(128))
    )
$$;
comment on function wedsync_internal.hears_more(bigint, bigint) is 'Whether an audience hears what another one did not: other people or suppliers, or more fields.';
revoke all on function wedsync_internal.hears_more(bigint, bigint) from public;
