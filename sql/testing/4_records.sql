-- A record of rows that stands nowhere but in the catalogue: table, hooks, rows of the catalogue, build_record().
-- Rights: 100 of name, shop and letters, which follows from the name; 101 giver; 102 price; 103 details; 104 is_thanked.
create function tap.gifts()
returns void
language plpgsql
as $make$
begin
    perform set_config('role', 'wedsync_owner', true);
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
        token text default 'in no catalogue',
        primary key (couple_id, id)
    );
    create function wedsync_internal.derive_gifts(op text, old_record wedsync_data.gifts, new_record wedsync_data.gifts)
    returns wedsync_data.gifts language plpgsql stable as $$
    begin
        new_record.letters := length(new_record.name);
        return new_record;
    end $$;
    create function wedsync_internal.validate_gifts(op text, old_record wedsync_data.gifts, new_record wedsync_data.gifts)
    returns jsonb language plpgsql stable as $$
    begin
        return case when new_record.is_thanked and new_record.giver is null then '[{"path": "gifts.giver", "rule": "required"}]' else '[]' end;
    end $$;
    insert into wedsync_data.record_catalog (record_name, shape, position, path, event_type, is_audited, purge_keys, max_rows, description)
    values ('gifts', 'rows', 100, 'gifts', 'gifts_changed', true, '{id,couple_id}', 5, 'Presents of the guests.');
    insert into wedsync_data.rights (right_no, name)
    values (100, 'gifts.name'), (101, 'gifts.giver'), (102, 'gifts.price'), (103, 'gifts.details'), (104, 'gifts.is_thanked');
    insert into wedsync_data.field_catalog (
        table_name, right_no, path, column_name, data_type, max_length, min_value, max_value, field_group, access_level, sensitivity_class, is_writable,
        description
    ) values
    ('gifts', 100, 'gifts.name', 'name', 'text', 40, null, null, 'gifts', 'basic', 'basic', true, 'Gift: what it is'),
    ('gifts', 100, 'gifts.shop', 'shop', 'text', 40, null, null, 'gifts', 'basic', 'basic', true, 'Gift: where it was bought'),
    ('gifts', 100, 'gifts.letters', 'letters', 'integer', null, 0, 100, 'gifts', 'basic', 'basic', false, 'Gift: length of its name'),
    ('gifts', 101, 'gifts.giver', 'giver', 'text', 100, null, null, 'gifts', 'standard', 'contact', true, 'Gift: from whom'),
    ('gifts', 102, 'gifts.price', 'price', 'money', null, 0, 100000, 'gifts', null, 'budget', true, 'Gift: what it cost'),
    ('gifts', 103, 'gifts.details', 'details', 'json', 1000, null, null, 'gifts', 'full', 'sensitive', true, 'Gift: anything else'),
    ('gifts', 104, 'gifts.is_thanked', 'is_thanked', 'boolean', null, null, null, 'gifts', 'full', 'sensitive', true, 'Gift: whether thanks were sent');
    perform wedsync_internal.build_record('gifts');
    perform set_config('role', 'none', true);
end
$make$;
grant execute on function tap.gifts() to public;
