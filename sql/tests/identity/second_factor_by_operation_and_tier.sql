-- proves: C-49
-- Operations that assurance_rules name ask for a second factor where the wedding or supplier is of that tier; the rules are rows.
begin;
select plan(82);
select tap.wedding('emma');
select tap.admit('emma', 'paula', 'planner');
select tap.supplier('chef', 'emma', '{basic}');
select tap.supplier('baker');
select tap.hire('chef', 'sam', 'staff');
select tap.call('baker', format('select wedsync.request_access(%L, %L, ''{basic}'')', tap.couple('emma'), tap.firm('baker')));
select tap.patch('emma', 'emma', '{"wedding_style": ["boho"]}');
create temporary table acts on commit drop as
select a.who, a.operation, format(a.statement, tap.couple('emma'), tap.firm('chef')) as statement
from (values
    ('emma', 'grant_access', 'select wedsync.grant_access(%L, %L, ''{basic,timeline}'')'),
    ('emma', 'approve_access', 'select wedsync.approve_access(%L, ''' || tap.firm('baker') || ''', ''{basic}'')'),
    ('emma', 'grant_member_access', 'select wedsync.grant_member_access(%L, tap.id(''paula''), ''{budget}'')'),
    ('emma', 'add_wedding_member', 'select wedsync.add_wedding_member(%L, tap.id(''paula''), ''family'')'),
    ('emma', 'remove_wedding_member', 'select wedsync.remove_wedding_member(%L, tap.id(''paula''))'),
    ('emma', 'invite_member', 'select wedsync.invite_member(%L, ''friend'')'),
    ('emma', 'invite_supplier', 'select wedsync.invite_supplier(%L, ''baker'')'),
    (
        'emma', 'revert_change',
        'select wedsync.revert_change(a.couple_id, max(a.id)) from wedsync.core_fields_audit as a where a.changed_field = ''wedding.style'' group by '
        'a.couple_id'
    ),
    ('chef', 'add_supplier_member', 'select wedsync.add_supplier_member(%2$L, tap.id(''sam''), ''manager'')'),
    ('chef', 'remove_supplier_member', 'select wedsync.remove_supplier_member(%2$L, tap.id(''sam''))'),
    ('chef', 'invite_supplier_member', 'select wedsync.invite_supplier_member(%2$L)')
) as a (who, operation, statement);
-- how it ends; whatever was done is undone
create function pg_temp.ends(who text, statement text, aal text) returns text language plpgsql as $$
declare
    hint text;
begin
    perform tap.become(who, 'authenticated', jsonb_strip_nulls(jsonb_build_object('aal', aal)));
    execute statement;
    raise exception using errcode = 'TAP00';
exception when others then
    get stacked diagnostics hint = pg_exception_hint;
    return case sqlstate when 'TAP00' then 'passes' else concat_ws(' ', sqlstate, nullif(hint, '')) end;
end $$;

select set_eq('select a.operation from acts as a', 'select r.operation from wedsync_data.assurance_rules as r', 'every rule is tried here');
select is(pg_temp.ends(a.who, a.statement, 'aal1'), 'passes', a.operation || ' needs one factor at a standard wedding or supplier') from acts as a;
update wedsync_data.weddings set tier = 'enterprise' where id = tap.couple('emma');
update wedsync_data.suppliers set tier = 'enterprise' where id = tap.firm('chef');
select is(pg_temp.ends(a.who, a.statement, f.aal), 'PT403 aal2', format('%s with %s at an enterprise one', a.operation, coalesce(f.aal, 'no level')))
from acts as a, (values ('aal1'), (null), ('zzz'), ('aal')) as f (aal);
select is(pg_temp.ends(a.who, a.statement, f.aal), 'passes', a.operation || ' with ' || f.aal) from acts as a, (values ('aal2'), ('aal3')) as f (aal);
select is(
    pg_temp.ends('emma', format('select wedsync.revoke_access(%L, %L)', tap.couple('emma'), tap.firm('chef')), 'aal1'), 'passes',
    'taking access away never waits for a second factor'
);
select is(
    pg_temp.ends('paula', format('select wedsync.remove_wedding_member(%L, tap.id(''paula''))', tap.couple('emma')), 'aal1'), 'passes', 'nor does leaving'
);
select is(pg_temp.ends('sam', format('select wedsync.remove_supplier_member(%L, tap.id(''sam''))', tap.firm('chef')), 'aal1'), 'passes', 'a supplier neither');
delete from wedsync_data.assurance_rules where operation = 'invite_supplier_member';
select is(pg_temp.ends(a.who, a.statement, 'aal1'), 'passes', 'the rules are rows') from acts as a where a.operation = 'invite_supplier_member';
select * from finish();
rollback;
