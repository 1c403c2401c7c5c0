-- proves: F004-20, F000-97
-- The export of a person holds what that person has sent and received, and nothing of others; exports of weddings and suppliers hold no messages.
begin;
select plan(25);
select tap.wedding('emma'), tap.wedding('zoe');
select tap.admit('emma', m.name, m.role) from (values ('james', 'partner'), ('fred', 'family'), ('frank', 'friend')) as m (name, role);
select tap.supplier('cook', 'emma', '{full}'), tap.supplier('band', 'emma', '{full}');
select tap.hire('cook', 'waiter', 'staff');
create function pg_temp.send(who text, body text, audience jsonb, firm text default null) returns void language sql as $$
    select tap.call(who, format(
        'select wedsync.send_message(%L, %L, %L%s)', tap.couple('emma'), body, audience,
        case when firm is not null then format(', supplier_id => %L', tap.firm(firm)) end
    ))
$$;
create function pg_temp.users(variadic names text[]) returns jsonb language sql as $$
    select jsonb_build_object('users', array(select tap.id(n) from unnest(names) as n))
$$;
select pg_temp.send('emma', 'letter one', pg_temp.users('fred')), pg_temp.send('fred', 'letter two', pg_temp.users('james')),
    pg_temp.send('emma', 'letter three', jsonb_build_object('suppliers', array[tap.firm('cook')])),
    pg_temp.send('waiter', 'letter four', pg_temp.users('emma'), 'cook'), pg_temp.send('frank', 'letter five', '{"roles": ["partner"]}');
create function pg_temp.export(who text) returns jsonb language sql as $$
    select tap.call(null, format('select wedsync_internal.export_person(%L)', tap.id(who)), 'service_role')::jsonb
$$;
create function pg_temp.words(messages jsonb) returns text language sql as $$
    select coalesce(string_agg(substring(m ->> 'body' from 'letter (.*)'), ' ' order by m ->> 'body'), '') from jsonb_array_elements(messages) as m
$$;
create function pg_temp.letters(who text) returns text language sql as $$
    select pg_temp.words(e -> 'messages_sent') || ' | ' || pg_temp.words(e -> 'messages_received') from pg_temp.export(who) as e
$$;
select is(pg_temp.letters(w.who), w.letters, w.who || ': sent | received') from (values
    ('emma', 'one three | five four'), ('fred', 'two | one'), ('frank', 'five | '), ('waiter', 'four | '), ('james', ' | five two')
) as w (who, letters);
select is(
    (select array_agg(distinct l.found[1] order by l.found[1])
    from regexp_matches(pg_temp.export(w.who)::text, 'letter (one|two|three|four|five)', 'g') as l (found)),
    w.letters, 'nothing else of the messages is in the whole export of ' || w.who
)
from (values ('james', '{five,two}'::text[]), ('cook', null), ('band', null), ('zoe', null), ('waiter', '{four}')) as w (who, letters);
select is((select count(*) from jsonb_object_keys(pg_temp.export('emma'))), 9::bigint, 'it has nine parts');
select is(pg_temp.export('emma') #>> '{wedding_members,0,wedding_role}', 'partner', 'with memberships');
select is(pg_temp.export('fred') #>> '{notifications,0,kind}', 'message_received', 'and notifications');
select ok(tap.call(null, format('select wedsync_internal.export_wedding(%L)', tap.couple('emma')), 'service_role') not like '%letter%',
    'the export of the wedding has no messages');
select ok(tap.call(null, format('select wedsync.sync_to_supplier(%L, %L)', tap.couple('emma'), tap.firm('cook')), 'service_role') not like '%letter%',
    'nor has the snapshot of a supplier');
select is((select count(*) from wedsync_data.audit_log as l where l::text like '%letter%'), 0::bigint, 'nor the audit trail');
select is(tap.error(w.who, format('select wedsync_internal.export_person(%L)', tap.id('emma')), w.db_role) ->> 'sqlstate', '42501', 'not for ' || w.db_role)
from (values ('emma', 'authenticated'), (null, 'anon'), (null, 'wedsync_worker')) as w (who, db_role);

-- who leaves
select tap.call('emma', format('select wedsync.remove_wedding_member(%L, %L)', tap.couple('emma'), tap.id('fred')));
select tap.call('cook', format('select wedsync.remove_supplier_member(%L, %L)', tap.firm('cook'), tap.id('waiter')));
select is(pg_temp.letters('fred'), 'two | ', 'who has left the wedding keeps what they wrote');
select is(pg_temp.export('fred') -> 'notifications', '[]', 'and no notification that quotes others');
select is(pg_temp.export('waiter') -> 'messages_sent', '[]', 'what was written for a supplier stays with it');

-- what is retracted
select tap.call('frank', format('select wedsync.retract_message(%L, %L)', tap.couple('emma'), m.id))
from wedsync_data.wedding_messages as m where m.body = 'letter five';
select ok(pg_temp.export(w.who)::text not like '%letter five%', 'a retracted message is in no export of ' || w.who)
from (values ('emma'), ('frank')) as w (who);
select is(pg_temp.export('nobody') -> 'user', 'null', 'of a stranger nothing is known');
select * from finish();
rollback;
