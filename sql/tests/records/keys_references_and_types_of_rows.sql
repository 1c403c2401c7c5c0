-- proves: F000-42, C-22
-- Columns of every type, allowed values, unique keys and references between rows of a wedding: each refusal names the field.
begin;
select plan(34);
select tap.wedding('emma'), tap.wedding('olivia'), tap.gifts();
set local role wedsync_owner;
create table wedsync_data.cards (
    couple_id uuid not null references wedsync_data.weddings (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    version_number integer not null default 1,
    last_updated_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    label text,
    number integer,
    status text not null default 'open',
    gift_id uuid,
    sent_on date,
    read_at timestamptz,
    author_id uuid,
    tags text[],
    postage numeric(8, 2),
    is_draft boolean,
    order_key text,
    primary key (couple_id, id),
    unique (couple_id, number),
    foreign key (couple_id, gift_id) references wedsync_data.gifts (couple_id, id) on delete cascade
);
create unique index cards_label on wedsync_data.cards (couple_id, lower(label)) where not is_draft;
create index cards_by_gift on wedsync_data.cards (couple_id, gift_id);
insert into wedsync_data.record_catalog (record_name, shape, position, path, event_type, is_audited, purge_keys, max_rows, derives_from, validates, description)
values ('cards', 'rows', 101, 'cards', 'cards_changed', true, '{id,couple_id}', 50, '{label}', '{label}', 'Cards.');
insert into wedsync_data.rights (right_no, name) values (105, 'cards.all'), (106, 'cards.postage');
insert into wedsync_data.field_catalog (
    table_name, right_no, path, column_name, data_type, max_length, min_value, max_value, max_items, allowed_values, field_group, access_level,
    sensitivity_class, description
)
select
    'cards', case f.name when 'postage' then 106 else 105 end, 'cards.' || f.name, f.name, f.type, case when f.type in ('text', 'text_set') then 20 end,
    case when f.type in ('integer', 'money') then 0 end, case when f.type in ('integer', 'money') then 100 end, case f.type when 'text_set' then 3 end,
    case f.name when 'status' then '{open,sent}'::text[] end, 'cards', 'basic', 'basic', f.name
from (values
    ('label', 'text'), ('number', 'integer'), ('status', 'text'), ('gift_id', 'uuid'), ('sent_on', 'date'), ('read_at', 'timestamp'), ('author_id', 'uuid'),
    ('tags', 'text_set'), ('postage', 'money'), ('is_draft', 'boolean'), ('order_key', 'text')
) as f (name, type);
create table wedsync_data.hook_calls (hook text);
create function wedsync_internal.derive_cards(op text, old_record wedsync_data.cards, new_record wedsync_data.cards)
returns wedsync_data.cards language plpgsql volatile as $$
begin
    insert into wedsync_data.hook_calls values ('derive');
    return new_record;
end $$;
create function wedsync_internal.validate_cards(op text, old_record wedsync_data.cards, new_record wedsync_data.cards)
returns jsonb language plpgsql volatile as $$
begin
    insert into wedsync_data.hook_calls values ('validate');
    return '[]';
end $$;
select wedsync_internal.build_record('cards');
select wedsync_internal.build_record('gifts');
reset role;
select tap.run('emma', format('insert into wedsync.gifts (couple_id, id, name) values (%L, %L, ''Vase'')', tap.couple('emma'), tap.id('vase')));
select tap.run('olivia', format('insert into wedsync.gifts (couple_id, id, name) values (%L, %L, ''Pan'')', tap.couple('olivia'), tap.id('pan')));

-- types
select tap.run('emma', format($$
    insert into wedsync.cards (couple_id, id, label, number, status, gift_id, sent_on, read_at, author_id, tags, postage, is_draft, order_key)
    values (%L, %L, 'Hello', 1, 'sent', %L, '2027-02-28', '2027-03-01T10:00Z', %L, '{red,blue}', 1.25, false, 'a0')
$$, tap.couple('emma'), tap.id('card'), tap.id('vase'), tap.id('emma')));
create function pg_temp.cards(who text) returns jsonb language sql as $$
    select jsonb_agg(r.r - '{couple_id,version_number,created_at,updated_at,last_updated_by,withheld_fields}'::text[])
    from tap.rows(who, 'select * from wedsync.cards order by number') as r (r)
$$;
select is(pg_temp.cards('emma'), jsonb_build_array(jsonb_build_object(
    'id', tap.id('card'), 'label', 'Hello', 'number', 1, 'status', 'sent', 'gift_id', tap.id('vase'), 'sent_on', '2027-02-28',
    'read_at', '2027-03-01T10:00:00+00:00'::timestamptz, 'author_id', tap.id('emma'), 'tags', '{red,blue}'::text[], 'postage', 1.25, 'is_draft', false,
        'order_key', 'a0'
)), 'a column of each type is written and read');
create function pg_temp.refused(assignment text) returns text language sql as $$
    select coalesce(e.e #>> '{detail,problems,0,path}', e.e #>> '{detail,fields,0}', e.e ->> 'sqlstate') || ' ' ||
        coalesce(e.e #>> '{detail,problems,0,rule}', e.e #>> '{detail,rule}', '')
    from tap.error('emma', format('update wedsync.cards set %s where couple_id = %L and id = %L', assignment, tap.couple('emma'), tap.id('card'))) as e (e)
$$;
select is(pg_temp.refused(r.assignment), r.refused, 'refused: ' || r.assignment)
from (values
    ('label = repeat(''x'', 21)', 'cards.label at_most_20_characters'),
    ('number = 101', 'cards.number between_0_and_100'),
    ('status = ''lost''', 'cards.status one_of_open_sent'),
    ('status = null', 'cards.status required'),
    ('sent_on = ''infinity''', 'cards.sent_on date_as_YYYY-MM-DD'),
    ('read_at = ''infinity''', 'cards.read_at timestamp'),
    ('read_at = ''0044-03-15 12:00+00 BC''', 'cards.read_at timestamp'),
    ('tags = ''{a,b,c,d}''', 'cards.tags at_most_3_entries'),
    ('tags = ''{a,A}''', 'cards.tags no_repeated_entries'),
    ('postage = 100.5', 'cards.postage between_0_and_100'),
    ('order_key = E''a\x01''', 'cards.order_key no_control_characters'),
    ('gift_id = ''00000000-0000-0000-0000-000000000001''', 'cards.gift_id unknown_reference'),
    (format('gift_id = %L', tap.id('pan')), 'cards.gift_id unknown_reference')
) as r (assignment, refused);
select is(
    tap.error(null, format('insert into wedsync_data.cards (couple_id, %I) select %L, %s', r.name, tap.couple('emma'), r.value), 'service_role')
    #>> '{detail,problems,0,path}', 'cards.' || r.name, 'a direct statement: ' || r.name
)
from (values
    ('label', 'repeat(''x'', 21)'), ('number', '101'), ('status', '''lost'''), ('sent_on', '''infinity'''), ('tags', '''{a,b,c,d}'''), ('postage', '100.5')
) as r (name, value);

-- unique keys
select tap.run('emma', format('insert into wedsync.cards (couple_id, id, number, label, is_draft) values (%L, %L, 2, ''Thanks'', false)', tap.couple('emma'),
    tap.id('c2')));
select is(pg_temp.refused('number = 2'), 'cards.number unique', 'a unique key');
select is(pg_temp.refused('label = ''THANKS'''), 'cards.label unique', 'a unique index of expressions, with a condition');
select is(pg_temp.refused('label = ''THANKS'', is_draft = true'), null, 'which does not hold here');
select is(
    tap.error('emma', format('insert into wedsync.cards (couple_id, number) values (%L, 3), (%1$L, 3)', tap.couple('emma'))) ->> 'sqlstate', 'PT409',
    'twice in one statement'
);

-- hooks are called for the columns that the catalogue names
delete from wedsync_data.hook_calls;
select tap.run('emma', format('update wedsync.cards set number = 9 where couple_id = %L and id = %L', tap.couple('emma'), tap.id('c2')));
select is((select count(*) from wedsync_data.hook_calls), 0::bigint, 'hooks are not called for other columns');
select tap.run('emma', format('update wedsync.cards set label = ''Bye'' where couple_id = %L and id = %L', tap.couple('emma'), tap.id('c2')));
select set_eq('select hook from wedsync_data.hook_calls', array['derive', 'validate'], 'they are for theirs');

-- references
create temporary table before on commit drop as select k.version, k.seq from wedsync_data.wedding_clocks as k where k.couple_id = tap.couple('emma');
select tap.call('emma', format('select wedsync.delete_gifts(%L, array[%L]::uuid[])', tap.couple('emma'), tap.id('vase')));
select is((select count(*) from wedsync_data.cards as c where c.id = tap.id('card')), 0::bigint, 'rows go with what they refer to');
select results_eq(
    $$ select e.table_name, e.op from wedsync_data.events as e join before as b on e.seq > b.seq where e.couple_id = tap.couple('emma') order by 1 $$,
    $$ values ('cards', 'DELETE'), ('gifts', 'DELETE') $$, 'which is announced'
);
select isnt_empty(
    format($$ select from wedsync_data.audit_log as l where l.change_type = 'delete' and l.path = 'cards/%s' $$, tap.id('card')), 'and audited'
);
set local role wedsync_owner;
set constraints all immediate;
alter table wedsync_data.cards drop constraint cards_couple_id_gift_id_fkey;
alter table wedsync_data.cards add constraint cards_gift foreign key (couple_id, gift_id) references wedsync_data.gifts (couple_id, id);
select wedsync_internal.build_record('gifts');
reset role;
select tap.run('emma', format('insert into wedsync.gifts (couple_id, id, name) values (%L, %L, ''Vase'')', tap.couple('emma'), tap.id('vase')));
select tap.run('emma', format('insert into wedsync.cards (couple_id, gift_id) values (%L, %L)', tap.couple('emma'), tap.id('vase')));
select is(
    tap.error('emma', format('select wedsync.delete_gifts(%L, array[%L]::uuid[])', tap.couple('emma'), tap.id('vase'))) -> 'detail',
    '{"rule": "rows refer to it", "record": "cards"}', 'a row to which others refer stays, where the key says so'
);

-- records that are not announced, or not audited
update wedsync_data.record_catalog set is_announced = false where record_name = 'cards';
delete from before;
insert into before select k.version, k.seq from wedsync_data.wedding_clocks as k where k.couple_id = tap.couple('emma');
select tap.run('emma', format('insert into wedsync.cards (couple_id, id, number) values (%L, %L, 50)', tap.couple('emma'), tap.id('quiet')));
select is(
    (select k.seq - b.seq from wedsync_data.wedding_clocks as k join before as b on k.couple_id = tap.couple('emma')), 0::bigint, 'is_announced false: no event'
);
select isnt_empty(format($$ select from wedsync_data.audit_log as l where l.path = 'cards/%s' $$, tap.id('quiet')), 'but the trail has it');
update wedsync_data.record_catalog set is_announced = true, is_audited = false where record_name = 'cards';
select tap.run('emma', format('insert into wedsync.cards (couple_id, id, number) values (%L, %L, 51)', tap.couple('emma'), tap.id('loud')));
select is_empty(format($$ select from wedsync_data.audit_log as l where l.path = 'cards/%s' $$, tap.id('loud')), 'is_audited false: nothing in the trail');
select is(
    (select k.seq - b.seq from wedsync_data.wedding_clocks as k join before as b on k.couple_id = tap.couple('emma')), 1::bigint, 'but an event'
);
select * from finish();
rollback;
