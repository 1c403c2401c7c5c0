create or replace function wedsync_internal.make_partition(table_name text, at timestamptz)
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    unit text;
    starts timestamp;
    ends timestamp;
    partition_name text;
begin
    -- one at a time per table
    select r.partition_unit into strict unit from wedsync_data.retention_policies as r where r.table_name = make_partition.table_name for no key update;
    starts := date_trunc(unit, at at time zone 'UTC');
    ends := starts + ('1 ' || unit)::interval;
    partition_name := table_name || to_char(starts, case unit when 'day' then '_YYYYMMDD' else '_YYYYMM' end);
    if pg_catalog.to_regclass('wedsync_data.' || partition_name) is not null then
        return false;
    end if;
    -- created separately and attached, which does not block readers and writers of the parent
    execute format('create table wedsync_data.%I (like wedsync_data.%I including defaults including constraints)', partition_name, table_name);
    execute format('comment on table wedsync_data.%I is %L', partition_name, 'Partition of wedsync_data.' || table_name || '.');
    execute format('alter table wedsync_data.%I enable row level security', partition_name);
    execute format('alter table wedsync_data.%I force row level security', partition_name);
    execute format('create policy owner_all on wedsync_data.%I to wedsync_owner using (true) with check (true)', partition_name);
    execute format('comment on policy owner_all on wedsync_data.%I is %L', partition_name, 'The pack''s own functions.');
    if table_name = 'events' then
        execute format('alter table wedsync_data.%I set (toast_tuple_target = 8160)', partition_name);
    end if;
    execute format(
        'alter table wedsync_data.%I attach partition wedsync_data.%I for values from (%L) to (%L)',
        table_name, partition_name, starts::text || '+00', ends::text || '+00'
    );
    return true;
end
$$;
comment on function wedsync_internal.make_partition(text, timestamptz) is
'Creates the partition of a table for a time (UTC days or months) and returns whether it was missing.';
revoke all on function wedsync_internal.make_partition(text, timestamptz) from public;
