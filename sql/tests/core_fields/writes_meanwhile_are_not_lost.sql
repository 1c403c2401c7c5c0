-- proves: F000-45, F003-12
-- UPDATE of the view compares with the version that its statement read: what somebody wrote between reading and writing is a conflict.
begin;
select plan(4);
select tap.wedding('emma');
select tap.patch('emma', 'emma', '{"private.notes": "one", "wedding_style": ["boho"]}');
-- runs after the statement's snapshot was taken and before its row is written, as another session's commit may
create function pg_temp.meanwhile(patch jsonb) returns boolean language plpgsql volatile as $$
begin
    perform wedsync.update_core_fields((select f.couple_id from wedsync.core_fields as f), patch);
    return true;
end $$;
select is(
    tap.error('emma', $$ update wedsync.core_fields set private_notes = 'mine' where pg_temp.meanwhile('{"private.notes": "theirs"}') $$) ->> 'sqlstate',
    'PT409', 'the same field, written meanwhile, is a conflict'
);
select is(tap.state('emma') #>> '{row,private_notes}', 'one', 'and nothing is lost');
select is(
    tap.run('emma', $$ update wedsync.core_fields set private_notes = 'mine' where pg_temp.meanwhile('{"wedding_style": ["rustic"]}') $$), 1::bigint,
    'another field, written meanwhile, is none'
);
select is((tap.state('emma') #>> '{row,private_notes}') || (tap.state('emma') #>> '{row,wedding_style}'), 'mine["rustic"]', 'and both stay');
select * from finish();
rollback;
