-- proves: F000-55
-- What could not be delivered is shown to whom it concerns: messages to their recipient alone; nothing is left of a deleted wedding.
begin;
select plan(31);
select tap.wedding('emma'), tap.wedding('olivia');
select tap.admit('emma', m.name, m.role) from (values ('james', 'partner'), ('paula', 'planner'), ('fred', 'family')) as m (name, role);
select tap.supplier('chef', 'emma', '{guest_numbers}');
update wedsync_data.users as u set email = p.name || '@example.org'
from (values ('emma'), ('james'), ('fred'), ('chef')) as p (name) where u.id = tap.id(p.name);
delete from wedsync_data.deliveries;
select tap.call('emma', format('select wedsync.create_webhook_endpoint(''https://hooks.example.org'', couple_id => %L)', tap.couple('emma')));
select tap.call('fred', format(
    'select wedsync.send_message(%L, ''a surprise for Emma'', %L)', tap.couple('emma'), jsonb_build_object('users', array[tap.id('james')])
));
select wedsync_internal.notify(tap.couple('emma'), 'task_assigned', '{"task": "rings", "due": null}', jsonb_build_object(
    'users', array[tap.id('fred'), tap.id('james')], 'suppliers', array[tap.firm('chef')]
));
select is(
    (select array_agg(d.channel || ' ' || d.kind order by d.channel, d.kind) from wedsync_data.deliveries as d
        where d.user_id = tap.id('james') or d.user_id is null and d.supplier_id is null),
    '{email message_received,email task_assigned,webhook task_assigned}', 'the webhook of the couple hears of tasks, but not of a message to one of them'
);
create function pg_temp.lose() returns void language plpgsql as $$
declare
    claimed record;
begin
    for claimed in select c.id from wedsync_internal.claim_deliveries(tap.id('one'), '{email,webhook}', 10) as c loop
        perform wedsync_internal.fail_delivery(tap.id('one'), claimed.id, 'refused by the receiver', 'refused', 0, 1);
    end loop;
end
$$;
select pg_temp.lose();
select is((select count(*) from wedsync_data.deliveries as d where d.state = 'dead'), 5::bigint, 'control: all five are lost');
create function pg_temp.sees(who text) returns text[] language sql as $$
    select coalesce(array_agg(concat_ws(' ', r ->> 'channel', r ->> 'kind', p.name) order by r ->> 'channel', r ->> 'kind', p.name), '{}')
    from tap.rows(who, 'select * from wedsync.failed_deliveries') as r
    left join (values ('emma'), ('james'), ('fred')) as p (name) on tap.id(p.name) = (r ->> 'user_id')::uuid
$$;
select is(pg_temp.sees(w.who), w.sees, w.who || ' sees') from (values
    ('emma', '{email task_assigned fred,email task_assigned james,webhook task_assigned}'::text[]),
    ('james', '{email message_received james,email task_assigned fred,email task_assigned james,webhook task_assigned}'),
    ('fred', '{email task_assigned fred}'), ('chef', '{email task_assigned}'), ('paula', '{}'), ('olivia', '{}'), ('stranger', '{}')
) as w (who, sees);
select is((select count(*) from tap.rows(w.who, 'select * from wedsync.notifications where kind = ''delivery_dead'' and message like ''%Message%''')), w.n,
    w.who || ' is told of the lost message') from (values ('james', 1::bigint), ('emma', 0), ('fred', 0)) as w (who, n);
create function pg_temp.lost(kind text, who text) returns uuid language sql as $$
    select d.id from wedsync_data.deliveries as d
    where d.kind = lost.kind and d.channel = 'email' and coalesce(d.user_id, d.supplier_id) in (tap.id(who), tap.firm(who))
$$;
create function pg_temp.again(who text, delivery uuid) returns text language sql as $$
    select tap.error(who, format('select wedsync.retry_delivery(%L)', delivery)) ->> 'sqlstate'
$$;
select is(pg_temp.again(w.who, pg_temp.lost(w.kind, w.whose)), w.state, format('%s sends %s of %s again', w.who, w.kind, w.whose)) from (values
    ('emma', 'message_received', 'james', 'PT404'), ('fred', 'message_received', 'james', 'PT404'), ('fred', 'task_assigned', 'james', 'PT404'),
    ('paula', 'task_assigned', 'fred', 'PT404'), ('olivia', 'task_assigned', 'fred', 'PT404'), ('emma', 'task_assigned', 'chef', 'PT404'),
    ('james', 'message_received', 'james', null), ('fred', 'task_assigned', 'fred', null), ('chef', 'task_assigned', 'chef', null)
) as w (who, kind, whose, state);
select is(
    (select array_agg(c.kind || ' ' || (c.target ->> 'to') order by c.kind, c.target ->> 'to')
        from wedsync_internal.claim_deliveries(tap.id('one'), '{email}', 10) as c),
    '{"message_received james@example.org","task_assigned chef@example.org","task_assigned fred@example.org"}', 'these are sent'
);
select wedsync_internal.release_deliveries(tap.id('one'));

-- who leaves, and what is deleted
select pg_temp.lose();
update wedsync_data.deliveries as d set needs = wedsync_internal.needed_rights('{budget.lines}') where d.user_id = tap.id('fred');
select is(pg_temp.sees('fred'), '{}', 'who may not read any more what a notification is about does not see it');
update wedsync_data.deliveries as d set needs = wedsync_internal.needed_rights('{}') where d.user_id = tap.id('fred');
select tap.call('emma', format('select wedsync.remove_wedding_member(%L, %L)', tap.couple('emma'), tap.id('fred')));
select tap.call('emma', format('select wedsync.revoke_access(%L, %L)', tap.couple('emma'), tap.firm('chef')));
select is(pg_temp.sees(w.who), '{}', w.who || ' has left and sees nothing') from (values ('fred'), ('chef')) as w (who);
select is(pg_temp.again('fred', pg_temp.lost('task_assigned', 'fred')), 'PT404', 'and sends nothing again');
create temporary table lost on commit drop as select pg_temp.lost('task_assigned', 'james') as id;
select tap.call(null, format('select wedsync.delete_wedding(%L)', tap.couple('emma')), 'service_role');
select is((select count(*) from wedsync_data.deliveries as d where d.couple_id is not null), 0::bigint, 'with a wedding its deliveries are deleted');
select is(pg_temp.sees(w.who), '{}', w.who || ' sees none of them') from (values ('emma'), ('james')) as w (who);
select is(tap.error(null, format('select wedsync.retry_delivery(%L)', l.id), 'service_role') ->> 'sqlstate', 'PT404', 'a server sends none of them again')
from lost as l;
select is((select count(*) from wedsync_internal.claim_deliveries(tap.id('one'), '{email,webhook}', 10)), 0::bigint, 'nor a worker');
select * from finish();
rollback;
