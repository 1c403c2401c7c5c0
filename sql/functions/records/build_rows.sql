create or replace function wedsync_internal.build_rows(record_name text)
returns void
language plpgsql
volatile
as $generator$
declare
    problem text;
    comments text;
begin
    -- the engine keeps these columns; each field has a column of its own
    select
        string_agg(format('%s %s', c.name, c.type), ', ') filter (where a.attnum is null),
        string_agg(format('comment on column wedsync_data.%I.%I is %L', record_name, c.name, c.description), ';')
    into problem, comments
    from (values
        ('couple_id', 'uuid', 'The wedding.'),
        ('id', 'uuid', 'Id of the row.'),
        ('version_number', 'integer', 'Version of the wedding''s record when the row last changed.'),
        ('last_updated_by', 'uuid', 'User who last changed the row; null for the system.'),
        ('created_at', 'timestamp with time zone', 'When the row was created.'),
        ('updated_at', 'timestamp with time zone', 'When the row last changed.')
    ) as c (name, type, description)
    left join pg_catalog.pg_attribute as a
        on a.attrelid = format('wedsync_data.%I', record_name)::regclass and a.attname = c.name and pg_catalog.format_type(a.atttypid, null) = c.type;
    if problem is not null then
        raise exception 'table % lacks %', record_name, problem using errcode = 'XX000';
    end if;
    if exists (select from wedsync_data.field_catalog as f where f.table_name = build_rows.record_name and f.storage <> 'column') then
        raise exception 'fields of % are columns', record_name using errcode = 'XX000';
    end if;
    execute comments;
    perform wedsync_internal.build_rows_view(record_name);
    perform wedsync_internal.build_rows_change(record_name);
    perform wedsync_internal.build_rows_write(record_name);
    perform wedsync_internal.build_record_access(record_name);
end
$generator$;
comment on function wedsync_internal.build_rows(text) is
'Generates everything for a record of rows: comments of the columns that the engine keeps, the masked view, which callers can also write, the function that deletes rows, the change triggers, policies and grants. Calls derive_<record>(op, old, new) and validate_<record>(op, old, new) in the triggers if they exist.';
revoke all on function wedsync_internal.build_rows(text) from public;
