-- proves: F003-65
-- Whatever gives a right or takes it away, by whichever way: reach says at once, and for every moment to come, what members, grants and roles say.
begin;
select plan(48);
-- what the sources say for a moment, worked out here in another way than there
create function pg_temp.computed(at timestamptz) returns table (
    user_id uuid, couple_id uuid, readable text, writable text, by_grant boolean, supplier_ids uuid[]
)
language sql stable as $$
    select a.user_id, a.couple_id, bit_or(a.readable)::text, bit_or(a.writable)::text, bool_and(a.by_grant),
        coalesce(array_agg(distinct a.supplier_id order by a.supplier_id) filter (where a.supplier_id is not null), '{}')
    from (
        select m.user_id, m.couple_id, r.readable, r.writable, false as by_grant, null::uuid as supplier_id
        from wedsync_data.wedding_members as m join wedsync_data.wedding_roles as r using (wedding_role)
        union all
        select g.grantee_id, g.couple_id, g.readable, g.writable, true, null from wedsync_data.grants as g
        where g.grantee_kind = 'member' and g.state = 'approved' and g.valid_from <= at and g.valid_until > at
        union all
        select s.user_id, g.couple_id, g.readable, g.writable, true, g.grantee_id
        from wedsync_data.supplier_members as s join wedsync_data.grants as g on g.grantee_id = s.supplier_id
        where g.state = 'approved' and g.valid_from <= at and g.valid_until > at
        union all
        select 'ffffffff-ffff-ffff-ffff-ffffffffffff', w.id, repeat('1', 128)::bit(128), repeat('1', 128)::bit(128), false, null from wedsync_data.weddings as w
    ) as a
    group by a.user_id, a.couple_id
$$;
create function pg_temp.stored(at timestamptz) returns table (user_id uuid, couple_id uuid, readable text, writable text, by_grant boolean, supplier_ids uuid[])
language sql stable as $$
    select r.user_id, r.couple_id, m.readable::text, r.writable::text, r.by_grant, r.supplier_ids
    from wedsync_data.reach as r join wedsync_data.visibility_masks as m on m.id = r.mask_id and m.readable = r.readable
    where r.valid_from <= at and r.valid_until > at
$$;
create function pg_temp.moments() returns setof timestamptz language sql stable as $$
    select now() + m.i from unnest('{0,30 minutes,1 hour,90 minutes,2 hours,3 hours,10 years}'::interval[]) as m (i)
$$;
create function pg_temp.faults() returns bigint language sql stable as $$
    select count(*) from pg_temp.moments() as t (at) cross join lateral (
        (select * from pg_temp.computed(t.at) except all select * from pg_temp.stored(t.at))
        union all (select * from pg_temp.stored(t.at) except all select * from pg_temp.computed(t.at))
    ) as f
$$;
create function pg_temp.all_stored() returns text language sql stable as $$
    select md5(string_agg(s::text, ' ' order by s::text))
    from (select t.at, x.* from pg_temp.moments() as t (at) cross join lateral pg_temp.stored(t.at) as x) as s
$$;
-- follows, or what is wrong; a step that leaves all rights as they are says so
create function pg_temp.step(statement text) returns text language plpgsql as $$
declare
    before constant text := pg_temp.all_stored();
begin
    execute statement;
    if pg_temp.faults() > 0 then
        return pg_temp.faults() || ' faults';
    end if;
    return case when pg_temp.all_stored() is not distinct from before then 'unchanged' else 'follows' end;
end
$$;
create function pg_temp.by(who text, call text) returns text language sql as $$ select format('select tap.call(%L, %L)', who, 'select wedsync.' || call) $$;

select is(pg_temp.step($$ select tap.wedding('emma') $$), 'follows', 'a couple registers');
select is(pg_temp.step($$ select tap.wedding('olivia') $$), 'follows', 'another one');
select is(pg_temp.step($$ select tap.supplier('chef', 'emma', '{basic}', '{guest_numbers}') $$), 'follows', 'a supplier with grants');
select is(pg_temp.step($$ select tap.supplier('baker', 'emma', '{timeline}') $$), 'follows', 'another one');
select is(pg_temp.step($$ select tap.hire('chef', 'cook', 'staff') $$), 'follows', 'somebody joins a supplier');
select is(pg_temp.step($$ select tap.hire('baker', 'cook', 'staff') $$), 'follows', 'and a second one');
select is(
    pg_temp.step(pg_temp.by('chef', format('add_supplier_member(%L, %L, ''manager'')', tap.firm('chef'), tap.id('cook')))), 'unchanged',
    'another role at the supplier is no other right'
);
select is(pg_temp.step($$ select tap.admit('emma', 'paula', 'planner') $$), 'follows', 'a planner is admitted');
select is(
    pg_temp.step(pg_temp.by('emma', format('grant_member_access(%L, %L, ''{budget,people}'')', tap.couple('emma'), tap.id('paula')))), 'follows',
    'and granted more'
);
select is(
    pg_temp.step(pg_temp.by('emma', format('add_wedding_member(%L, %L, ''friend'')', tap.couple('emma'), tap.id('paula')))), 'follows', 'gets another role'
);
select is(pg_temp.step($$ select tap.admit('emma', 'cook', 'friend') $$), 'follows', 'somebody of a supplier is a friend, too');
select is(pg_temp.step(pg_temp.by('emma', format('remove_wedding_member(%L, %L)', tap.couple('emma'), tap.id('cook')))), 'follows', 'and is a friend no more');
select is(
    pg_temp.step(pg_temp.by('emma', format('grant_access(%L, %L, ''{standard}'')', tap.couple('emma'), tap.firm('baker')))), 'follows',
    'other grants replace the old ones'
);
select is(
    pg_temp.step(pg_temp.by('emma', format('revoke_access(%L, %L, ''{timeline}'')', tap.couple('emma'), tap.firm('baker')))), 'follows', 'a part is revoked'
);
select is(
    pg_temp.step(pg_temp.by('olivia', format('grant_access(%L, %L, ''{full}'')', tap.couple('olivia'), tap.firm('baker')))), 'follows', 'a second wedding'
);
select is(pg_temp.step(pg_temp.by('olivia', format('revoke_access(%L, %L)', tap.couple('olivia'), tap.firm('baker')))), 'follows', 'all is revoked');
select is(
    pg_temp.step(pg_temp.by('baker', format('request_access(%L, %L, ''{people}'')', tap.couple('olivia'), tap.firm('baker')))), 'unchanged',
    'who asks has nothing yet'
);
select is(
    pg_temp.step(pg_temp.by('olivia', format('approve_access(%L, %L, ''{people}'')', tap.couple('olivia'), tap.firm('baker')))), 'follows',
    'what was asked for is given'
);
-- by an administrator, without the API
select is(
    pg_temp.step(format($$ update wedsync_data.grants set valid_until = now() + interval '2 hours' where grantee_id = %L $$, tap.firm('chef'))), 'follows',
    'a grant gets an end'
);
select is(
    pg_temp.step(
        format($$ update wedsync_data.grants set valid_from = now() + interval '1 hour' where grantee_id = %L and field_name = 'basic' $$, tap.firm('chef'))
    ), 'follows', 'and a beginning'
);
select is(
    pg_temp.step(
        format(
            $$ update wedsync_data.grants set valid_from = now() - interval '1 hour', valid_until = now() where grantee_id = %L and field_name = 'basic' $$,
            tap.firm('chef')
        )
    ), 'follows', 'it is over'
);
select is(pg_temp.step(format($$ update wedsync_data.grants set valid_until = 'infinity' where grantee_id = %L $$, tap.firm('chef'))), 'follows', 'it goes on');
select is(
    pg_temp.step(format($$ update wedsync_data.grants set decided_at = now() where grantee_id = %L $$, tap.firm('chef'))), 'unchanged',
    'a note about it changes no right'
);
select is(
    pg_temp.step(
        format($$ update wedsync_data.grants set couple_id = %L where grantee_id = %L and field_name = 'basic' $$, tap.couple('olivia'), tap.firm('chef'))
    ), 'follows', 'a grant moves to another wedding'
);
select is(
    pg_temp.step(
        format($$ update wedsync_data.grants set grantee_id = %L where grantee_id = %L and field_name = 'basic' $$, tap.firm('baker'), tap.firm('chef'))
    ), 'follows', 'and to another supplier'
);
select is(
    pg_temp.step(format($$ update wedsync_data.grants set state = 'revoked' where grantee_id = %L and field_name = 'basic' $$, tap.firm('baker'))), 'follows',
    'and ends'
);
select is(
    pg_temp.step(format($$ update wedsync_data.grants set grantee_kind = 'supplier' where grantee_id = %L and field_name = 'people' $$, tap.id('paula'))),
    'follows', 'a member that is called a supplier has no people'
);
select is(
    pg_temp.step(format($$ update wedsync_data.grants set grantee_kind = 'member' where grantee_id = %L and field_name = 'people' $$, tap.id('paula'))),
    'follows', 'and is a member again'
);
select is(pg_temp.step(format($$ delete from wedsync_data.grants where grantee_id = %L $$, tap.id('paula'))), 'follows', 'grants are deleted');
select is(
    pg_temp.step(
        format(
            $$ insert into wedsync_data.supplier_members (supplier_id, user_id) values (%1$L, %2$L), (%1$L, %3$L) $$, tap.firm('baker'), tap.id('one'),
            tap.id('two')
        )
    ), 'follows', 'two are put into a supplier'
);
select is(
    pg_temp.step(format($$ update wedsync_data.supplier_members set user_id = %L where user_id = %L $$, tap.id('three'), tap.id('two'))), 'follows',
    'one for the other'
);
select is(
    pg_temp.step(format($$ update wedsync_data.supplier_members set supplier_id = %L where user_id = %L $$, tap.firm('chef'), tap.id('three'))), 'follows',
    'at another supplier'
);
select is(
    pg_temp.step(format($$ delete from wedsync_data.supplier_members where user_id = any (%L) $$, array[tap.id('one'), tap.id('three')])), 'follows',
    'and out again'
);
select is(
    pg_temp.step(pg_temp.by('baker', format('remove_supplier_member(%L, %L)', tap.firm('baker'), tap.id('cook')))), 'follows', 'who works for two leaves one'
);
select is(
    pg_temp.step(format($$ update wedsync_data.wedding_members set couple_id = %L where user_id = %L $$, tap.couple('olivia'), tap.id('paula'))), 'follows',
    'a member moves to another wedding'
);
select is(
    pg_temp.step($$ update wedsync_data.wedding_roles set readable_names = '{timeline}' where wedding_role = 'friend' $$), 'follows',
    'a role reads something else'
);
select is(pg_temp.step($$ update wedsync_data.wedding_roles set writable_names = '{timeline}' where wedding_role = 'friend' $$), 'follows', 'and writes');
select is(
    pg_temp.step($$ update wedsync_data.field_catalog set field_group = 'timeline' where path = 'wedding.style' $$), 'follows', 'a field moves to another group'
);
select is(
    pg_temp.step($$ update wedsync_data.field_catalog set access_level = null, sensitivity_class = 'budget' where path = 'couple.partner1.name' $$), 'follows',
    'and into a class that suppliers are denied'
);
select is(pg_temp.step(format($$ delete from wedsync_data.wedding_members where user_id = %L $$, tap.id('paula'))), 'follows', 'a member is deleted');
select is(
    pg_temp.step(format($$ select tap.call(null, %L, 'service_role') $$, format('select wedsync.delete_wedding(%L)', tap.couple('olivia')))), 'follows',
    'a wedding is deleted'
);
select is(pg_temp.step(format($$ delete from wedsync_data.suppliers where id = %L $$, tap.firm('chef'))), 'follows', 'a supplier is deleted');
set constraints all immediate;
select is(pg_temp.step($$ truncate wedsync_data.supplier_members $$), 'follows', 'the table of the people of suppliers is emptied');
select is(pg_temp.step($$ select tap.supplier('florist', 'emma', '{basic}') $$), 'follows', 'and fills again');
select is(pg_temp.step($$ truncate wedsync_data.grants $$), 'follows', 'that of grants is emptied');
select is(pg_temp.step($$ truncate wedsync_data.wedding_members $$), 'follows', 'that of members');
select is(pg_temp.step($$ truncate wedsync_data.weddings cascade $$), 'follows', 'and that of weddings');
select is((select count(*) from wedsync_data.reach), 0::bigint, 'then nobody reaches anything');
select * from finish();
rollback;
