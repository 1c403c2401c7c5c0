create or replace function wedsync_internal.sees_whole_timeline(readable bit, wedding_role text)
returns boolean
language sql
stable
as $$
    select wedding_role is not null or readable & n.mask = n.mask from (select wedsync_internal.names_mask('{standard}') as mask) as n
$$;
comment on function wedsync_internal.sees_whole_timeline(bit, text) is
'Whether somebody with these rights who may read timeline items sees all of them: members of the wedding, and suppliers with access level standard.';
revoke all on function wedsync_internal.sees_whole_timeline(bit, text) from public;
