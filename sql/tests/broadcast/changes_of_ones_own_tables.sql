-- proves: F003-09
-- broadcast_changes: a row trigger of one's own tells a channel, with the rights of who writes.
begin;
select plan(7);
select tap.wedding('emma');
select tap.wedding('olivia');
create function pg_temp.topic() returns text language sql as $$ select 'wedding:' || tap.couple('emma') $$;
create table public.chairs (id integer primary key, colour text);
grant all on public.chairs to authenticated;
create function public.tell_of_chairs() returns trigger language plpgsql as $$
begin
    perform wedsync.broadcast_changes(tg_argv[0], 'chair', tg_op, tg_table_name, tg_table_schema, new, old, tg_level);
    return null;
end
$$;
do $$
    begin execute format(
        'create trigger tell after insert or update or delete on public.chairs for each row execute function public.tell_of_chairs(%L)', pg_temp.topic()
    );
    end
$$;
select tap.join('emma', pg_temp.topic());
select tap.forget();
select tap.call('emma', $$ insert into public.chairs values (1, 'red') returning id $$);
select tap.call('emma', $$ update public.chairs set colour = 'blue' returning id $$);
select tap.call('emma', $$ delete from public.chairs returning id $$);
select results_eq(
    format($$ select h.payload ->> 'event', h.payload -> 'payload' from tap.heard('emma', %L) as h order by h.seq $$, pg_temp.topic()),
    $$ values ('chair', '{"operation": "INSERT", "table": "chairs", "schema": "public", "record": {"id": 1, "colour": "red"}, "old_record": null}'::jsonb),
        (
            'chair',
            '{"operation": "UPDATE", "table": "chairs", "schema": "public", "record": {"id": 1, "colour": "blue"}, "old_record": {"id": 1, "colour": "red"}}'
        ),
        ('chair', '{"operation": "DELETE", "table": "chairs", "schema": "public", "record": null, "old_record": {"id": 1, "colour": "blue"}}') $$,
    'each change of a row is heard, in order'
);
select is((select bool_and(m.is_private) from wedsync_data.messages as m where m.event = 'chair'), true, 'as a private message, as there');
select is(tap.error('olivia', $$ insert into public.chairs values (2, 'red') $$) ->> 'sqlstate', 'PT404', 'who may not broadcast there cannot write');
select is(
    tap.error(
        'emma', format($$ select wedsync.broadcast_changes(%L, 'e', %L, 't', 's', row(1), row(2), %L) $$, pg_temp.topic(), c.operation, c.level)
    ) ->> 'sqlstate', '22023', c.operation || ' ' || c.level
)
from (values ('TRUNCATE', 'ROW'), ('INSERT', 'STATEMENT'), ('insert', 'ROW')) as c (operation, level);
select is(
    (select p.prosecdef from pg_catalog.pg_proc as p where p.oid = 'wedsync.broadcast_changes'::regproc), false,
    'casts of somebody''s own type run with the rights of the caller'
);
select * from finish();
rollback;
