-- proves: F000-24, F000-35, F003-61
-- A grant or a membership that an administrator moves to another wedding leaves one and enters the other, in the history of both.
begin;
select plan(7);
select tap.wedding('emma');
select tap.wedding('olivia');
select tap.supplier('chef', 'emma', '{basic}');
select tap.admit('emma', 'paula', 'planner');
create function pg_temp.last(partner text) returns text language sql stable as $$
    select concat_ws(' ', l.change_type, l.path, l.old_value ->> f.key, '>', l.new_value ->> f.key)
    from wedsync_data.audit_log as l, (values ('field_name'), ('wedding_role')) as f (key)
    where l.couple_id = tap.couple(partner) and (l.old_value ? f.key or l.new_value ? f.key) order by l.id desc limit 1 $$;
update wedsync_data.grants set couple_id = tap.couple('olivia') where grantee_id = tap.firm('chef');
select is(pg_temp.last('emma'), format('delete grants/%s basic >', tap.firm('chef')), 'a grant that leaves');
select is(pg_temp.last('olivia'), format('create grants/%s > basic', tap.firm('chef')), 'and arrives');
update wedsync_data.wedding_members set couple_id = tap.couple('olivia') where user_id = tap.id('paula');
select is(pg_temp.last('emma'), format('delete members/%s planner >', tap.id('paula')), 'a member that leaves');
select is(pg_temp.last('olivia'), format('create members/%s > planner', tap.id('paula')), 'and arrives');
select is(
    (select e.event_type || e.paths::text from wedsync_data.events as e where e.couple_id = tap.couple('olivia') order by e.seq desc limit 1),
    format('access_changed{members/%s}', tap.id('paula')), 'heard there'
);
select is((tap.call(p.who, format('select wedsync.verify_audit_chain(%L)', tap.couple(p.who)))::jsonb) -> 'valid', 'true', 'the chain holds: ' || p.who)
from (values ('emma'), ('olivia')) as p (who);
select * from finish();
rollback;
