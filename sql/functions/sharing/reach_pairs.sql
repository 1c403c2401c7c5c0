create or replace function wedsync_internal.reach_pairs()
returns table (user_id uuid, couple_id uuid)
language sql
stable
begin atomic
    select wedsync_internal.server_reader(), w.id from wedsync_data.weddings as w
    union
    select m.user_id, m.couple_id from wedsync_data.wedding_members as m
    union
    select g.grantee_id, g.couple_id from wedsync_data.grants as g
    where g.grantee_kind = 'member' and g.state = 'approved' and g.valid_until > now()
    union
    select s.user_id, g.couple_id
    from wedsync_data.grants as g
    join wedsync_data.supplier_members as s on s.supplier_id = g.grantee_id
    where g.state = 'approved' and g.valid_until > now()
    union
    select r.user_id, r.couple_id from wedsync_data.reach as r;
end;
comment on function wedsync_internal.reach_pairs() is 'All pairs of a user and a wedding that have or should have rows in reach.';
revoke all on function wedsync_internal.reach_pairs() from public;
