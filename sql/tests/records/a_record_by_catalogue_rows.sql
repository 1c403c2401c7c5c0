-- proves: F000-42, F000-46, C-25
-- A table, its rows in the catalogue, and build_record(): from them follow the view, rights, validation, audit, events and export.
begin;
select no_plan();
select tap.wedding('emma');
select tap.supplier('basic', 'emma', '{basic}'), tap.supplier('full', 'emma', '{full}', '{full}');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id(m.name), m.role), 'service_role')
from (values ('paula', 'planner'), ('fred', 'family'), ('frank', 'friend')) as m (name, role);
select tap.wedding('olivia');

set local role wedsync_owner;
create table wedsync_data.gifts (
    couple_id uuid not null references wedsync_data.weddings (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    version_number integer not null default 1,
    last_updated_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    name varchar(40) not null,
    shop text,
    giver text,
    price numeric(14, 2),
    details jsonb not null default '{}',
    is_thanked boolean not null default false,
    letters integer,
    -- no field: nobody sees it
    token text default 'hidden token',
    primary key (couple_id, id)
);
create function wedsync_internal.derive_gifts(op text, old_record wedsync_data.gifts, new_record wedsync_data.gifts) returns wedsync_data.gifts
language plpgsql stable as $$ begin new_record.letters := length(new_record.name); return new_record; end $$;
create function wedsync_internal.validate_gifts(op text, old_record wedsync_data.gifts, new_record wedsync_data.gifts) returns jsonb
language plpgsql stable as $$
begin
    return case when new_record.is_thanked and new_record.giver is null then '[{"path": "gifts.giver", "rule": "required"}]' else '[]' end;
end
$$;
insert into wedsync_data.record_catalog (record_name, shape, position, path, event_type, is_audited, purge_keys, max_rows, description)
values ('gifts', 'rows', 100, 'gifts', 'gifts_changed', true, '{id,couple_id}', 5, 'Presents of the guests.');
insert into wedsync_data.rights (right_no, name) values (100, 'gifts.name'), (101, 'gifts.giver'), (102, 'gifts.price'), (103, 'gifts.details'), (104, 'gifts.is_thanked');
insert into wedsync_data.field_catalog (
    table_name, right_no, path, column_name, data_type, max_length, min_value, max_value, field_group, access_level, sensitivity_class, is_writable, personal_data, description
) values
('gifts', 100, 'gifts.name', 'name', 'text', 40, null, null, 'gifts', 'basic', 'basic', true, 'none', 'Gift: what it is'),
('gifts', 100, 'gifts.shop', 'shop', 'text', 40, null, null, 'gifts', 'basic', 'basic', true, 'none', 'Gift: where it was bought'),
('gifts', 101, 'gifts.giver', 'giver', 'text', 100, null, null, 'gifts', 'standard', 'contact', true, 'name', 'Gift: from whom'),
('gifts', 102, 'gifts.price', 'price', 'money', null, 0, 100000, 'gifts', null, 'budget', true, 'money', 'Gift: what it cost'),
('gifts', 103, 'gifts.details', 'details', 'json', 1000, null, null, 'gifts', 'full', 'sensitive', true, 'free_text', 'Gift: anything else'),
('gifts', 104, 'gifts.is_thanked', 'is_thanked', 'boolean', null, null, null, 'gifts', 'full', 'sensitive', true, 'none', 'Gift: whether thanks were sent'),
('gifts', 100, 'gifts.letters', 'letters', 'integer', null, 0, 100, 'gifts', 'basic', 'basic', false, 'none', 'Gift: length of the name');
select wedsync_internal.build_record('gifts');
reset role;
select tap.call('emma', format('insert into wedsync.gifts (couple_id, name, giver, price) values (%L, %L, %L, 12.5) returning to_jsonb(gifts)', tap.couple('emma'), 'Vase', 'Aunt Ada'));
select * from finish();
rollback;
