-- proves: F001-06
-- A helper without a login sees and answers one task by link.
begin;
select plan(44);
select tap.wedding('emma'), tap.wedding('olivia');
create temporary table made (name text primary key, id uuid, token text) on commit drop;
grant select on made to public;
create function pg_temp.id(name text) returns uuid language sql as $$ select m.id from made as m where m.name = $1 $$;
create function pg_temp.add(name text, view_name text, columns text, given text) returns void language sql as $$
    insert into made select name, tap.call(
        'emma', format('insert into wedsync.%s (couple_id, %s) values (%L, %s) returning id', view_name, columns, tap.couple('emma'), given)
    )::uuid
$$;
select pg_temp.add('ada', 'helper_contacts', 'name, email', $$'Aunt Ada', 'ada@example.org'$$);
select pg_temp.add('ugo', 'helper_contacts', 'name', $$'Uncle Ugo'$$);
select pg_temp.add('cake', 'tasks', 'title, notes', $$'Order the cake', 'Three tiers'$$);
select pg_temp.add('music', 'tasks', 'title', $$'Find a band'$$);
create function pg_temp.link(task text, helper text) returns text language sql as $$
    select tap.call('emma', format(
        'select wedsync.assign_task(%L, %L, contact_id => %L)', tap.couple('emma'), pg_temp.id(task), pg_temp.id(helper)
    ))::jsonb #>> '{link,token}'
$$;
create function pg_temp.seen(token text) returns jsonb language sql as $$
    select tap.call(null, format('select wedsync.view_task_by_link(%L)', token), 'anon')::jsonb
$$;
create function pg_temp.answered(token text, answer text, note text default null) returns jsonb language sql as $$
    select tap.call(null, format('select wedsync.answer_task_by_link(%L, %L, %L)', token, answer, note), 'anon')::jsonb
$$;
create function pg_temp.refused(token text, answer text default null) returns jsonb language sql as $$
    select tap.error(null, case when answer is null then format('select wedsync.view_task_by_link(%L)', token)
        else format('select wedsync.answer_task_by_link(%L, %L)', token, answer) end, 'anon')
$$;
update made set token = pg_temp.link('cake', 'ada') where name = 'cake';
create function pg_temp.token() returns text language sql as $$ select m.token from made as m where m.name = 'cake' $$;

select matches(pg_temp.token(), '^wtl_[0-9a-f]{64}$', 'assigning to a helper returns a link');
select is(
    (select jsonb_build_array(count(*), bool_or(l::text like '%' || pg_temp.token() || '%')) from wedsync_data.task_links as l), '[1, false]',
    'of which only a hash is stored'
);
select is(
    (select count(*) from wedsync_data.notifications as n where n::text like '%' || pg_temp.token() || '%'), 0::bigint, 'nor is the token in what is sent'
);
select is(
    (select array_agg(n.kind) from wedsync_data.notifications as n where n.contact_id = pg_temp.id('ada')), array['task_assigned'], 'the helper is told'
);
select is(
    pg_temp.seen(pg_temp.token()) - '{task_id,time_zone}'::text[],
    '{"title": "Order the cake", "notes": "Three tiers", "helper": "Aunt Ada", "status": "open", "due_on": null, "due_at": null, "answered_at": null,
    "answer_note": null, "completed_at": null}', 'the link shows the task to who is not signed in, and nothing else'
);
select is(tap.error(null, 'select * from wedsync.tasks', 'anon') ->> 'sqlstate', '42501', 'no other road is open');
select is(pg_temp.answered(pg_temp.token(), 'accepted', 'With love') ->> 'status', 'accepted', 'it is accepted by link');
select is(
    (select array[n.changes ->> 'who', n.changes ->> 'answer', n.changes ->> 'note'] from wedsync_data.notifications as n where n.kind = 'task_answered'),
    array['Aunt Ada', 'accepted', 'With love'], 'and who assigned it is told'
);
select is(
    (
        select array[l.actor_type, l.reason, l.new_value #>> '{}'] from wedsync_data.audit_log as l
        where l.path like '%/status' and l.couple_id = tap.couple('emma') order by l.chain_no desc limit 1
    ), array['system', 'Answered by link', 'accepted'], 'the audit trail says how'
);
select is(current_setting('wedsync.change_reason'), '', 'the reason ends with the call');
select is(pg_temp.answered(pg_temp.token(), 'done') ->> 'status', 'done', 'and finished');
select is(pg_temp.refused(pg_temp.token(), 'declined') ->> 'sqlstate', 'PT409', 'what is done is not declined');
select is(pg_temp.refused(pg_temp.token(), 'cancelled') #>> '{detail,parameter}', 'answer', 'a helper cancels nothing');
select is(
    tap.error(null, format('select wedsync.answer_task_by_link(%L, ''done'', %L)', pg_temp.token(), repeat('x', 1001)), 'anon') #>> '{detail,parameter}',
        'note',
    'notes have a length'
);
select is(
    tap.error(null, format('select wedsync.answer_task_by_link(%L, ''done'', E''\x07'')', pg_temp.token()), 'anon') #>> '{detail,parameter}', 'note',
    'and no control characters'
);

-- links that are not valid, all refused alike
create temporary table refusals on commit drop as select 'unknown' as why, pg_temp.refused('wtl_' || repeat('0', 64)) as error;
insert into refusals select 'empty', pg_temp.refused('');
insert into refusals select 'long', pg_temp.refused(repeat('x', 100000));
insert into refusals select 'with more behind', pg_temp.refused(pg_temp.token() || 'x');
insert into refusals select 'of a feed', pg_temp.refused(
    tap.call('emma', format('select wedsync.create_calendar_feed(%L) ->> ''token''', tap.couple('emma')))
);
select tap.call('emma', format('select wedsync.reopen_task(%L, %L)', tap.couple('emma'), pg_temp.id('cake')));
select is(
    tap.call('emma', format('select wedsync.create_task_link(%L, %L) ->> ''token''', tap.couple('emma'), pg_temp.id('cake'))) <> pg_temp.token(), true,
    'a new link can be made'
);
insert into refusals select 'replaced', pg_temp.refused(pg_temp.token());
update made set token = pg_temp.link('cake', 'ada') where name = 'cake';
select pg_temp.link('cake', 'ugo');
insert into refusals select 'of a former assignee', pg_temp.refused(pg_temp.token());
update made set token = pg_temp.link('cake', 'ada') where name = 'cake';
update wedsync_data.tasks set assignee_contact = pg_temp.id('ugo') where id = pg_temp.id('cake');
insert into refusals select 'of a task that a server has given to another', pg_temp.refused(pg_temp.token());
update made set token = pg_temp.link('cake', 'ada') where name = 'cake';
update wedsync_data.task_links set valid_until = now();
insert into refusals select 'expired', pg_temp.refused(pg_temp.token());
update made set token = pg_temp.link('cake', 'ada') where name = 'cake';
select is(
    tap.call('emma', format('select wedsync.revoke_task_link(%L, %L)', tap.couple('emma'), pg_temp.id('cake'))), '1', 'a link can be revoked'
);
insert into refusals select 'revoked', pg_temp.refused(pg_temp.token());
select is(r.error, (select f.error from refusals as f where f.why = 'unknown'), 'as if there were none: ' || r.why) from refusals as r where r.why <> 'unknown';
select is((select f.error ->> 'sqlstate' from refusals as f where f.why = 'unknown'), 'PT404', 'which is 404');
select is(
    tap.error('emma', format('select wedsync.create_task_link(%L, %L)', tap.couple('emma'), pg_temp.id('music'))) ->> 'sqlstate', 'PT409',
    'links are for tasks of helpers'
);
select is(
    tap.error('olivia', format('select wedsync.create_task_link(%L, %L)', tap.couple('emma'), pg_temp.id('cake'))) ->> 'sqlstate', 'PT404', 'not for strangers'
);

-- limits, per link
update made set token = pg_temp.link('cake', 'ada') where name = 'cake';
update made set token = pg_temp.link('music', 'ada') where name = 'music';
update wedsync_data.rate_limits set max_requests = 1 where endpoint = 'task-link';
select pg_temp.seen(pg_temp.token());
select is(pg_temp.refused(pg_temp.token()) #>> '{detail,status}', '429', 'a link is asked so often');
select is(pg_temp.seen((select m.token from made as m where m.name = 'music')) ->> 'title', 'Find a band', 'and others count for themselves');
-- a helper goes
select tap.call('emma', format('select wedsync.delete_helper_contacts(%L, %L)', tap.couple('emma'), array[pg_temp.id('ada')]));
select is(
    (select jsonb_build_array(t.status, t.assignee_contact, (select count(*) from wedsync_data.task_links as l)) from wedsync_data.tasks as t
        where t.title = 'Find a band'),
    '["open", null, 1]', 'with the helper go the links; the task stays, for nobody'
);
-- links in messages
update wedsync_data.rate_limits set max_requests = 100 where endpoint = 'task-link';
select pg_temp.add('ida', 'helper_contacts', 'name, email', $$'Aunt Ida', 'ida@example.org'$$);
select pg_temp.add('band', 'tasks', 'title', $$'Ask the band'$$);
create function pg_temp.mailed() returns text language sql as $$
    select c.body from wedsync_internal.claim_deliveries(tap.id('worker'), '{email}', 10) as c
$$;
update wedsync_data.deliveries set state = 'cancelled', finished_at = now() where state = 'waiting';
update made set token = pg_temp.link('band', 'ida') where name = 'band';
select doesnt_match(pg_temp.mailed(), 'wtl_', 'messages have no link');
select wedsync_internal.release_deliveries(tap.id('worker'));
update wedsync_data.settings set value = '"https://app.example.org/task#{token}"' where name = 'task_link_url';
create temporary table mails on commit drop as select 1 as n, pg_temp.mailed() as body;
grant select on mails to public;
create function pg_temp.mailed_token(n integer) returns text language sql as $$
    select substring(m.body from 'https://app\.example\.org/task#(wtl_[0-9a-f]{64})$') from mails as m where m.n = $1
$$;
select is(pg_temp.seen(pg_temp.mailed_token(1)) ->> 'title', 'Ask the band', 'until the operator has said where: then they have one, which works');
select is(pg_temp.seen((select m.token from made as m where m.name = 'band')) ->> 'title', 'Ask the band', 'beside the one that the application has got');
select is(
    (select count(*) from wedsync_data.deliveries as d where d::text like '%wtl_%')
    + (select count(*) from wedsync_data.notifications as n where n::text like '%wtl_%')
    + (select count(*) from wedsync_data.audit_log as l where l::text like '%wtl_%')
    + (select count(*) from wedsync_data.events as e where e::text like '%wtl_%')
    + (select count(*) from wedsync_data.task_links as l where l::text like '%wtl_%'), 0::bigint, 'and which is stored nowhere'
);
select wedsync_internal.release_deliveries(tap.id('worker'));
insert into mails select 2, pg_temp.mailed();
select isnt(pg_temp.mailed_token(2), pg_temp.mailed_token(1), 'a message that is sent again has a link of its own');
select is(pg_temp.seen(pg_temp.mailed_token(1)) ->> 'title', 'Ask the band', 'as the first may have arrived');
select wedsync_internal.release_deliveries(tap.id('worker'));
select tap.call('emma', format('select wedsync.revoke_task_link(%L, %L)', tap.couple('emma'), pg_temp.id('band')));
select is(pg_temp.refused(pg_temp.mailed_token(2)) ->> 'sqlstate', 'PT404', 'all are revoked together');
update wedsync_data.tasks set status = 'cancelled' where id = pg_temp.id('band');
select doesnt_match(pg_temp.mailed(), 'wtl_', 'there is none to what is not to be done any more');
select throws_ok(
    format('update wedsync_data.settings set value = %L where name = ''task_link_url''', v.value), '23514', null,
    'an address that cannot be used is refused: ' || v.value
) from (values ('"https://app.example.org/task"'), ('"javascript:{token}"'), ('"https://app.example.org/{task}/{token}"'), ('5')) as v (value);
select * from finish();
rollback;
