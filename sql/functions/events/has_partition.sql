create or replace function wedsync_internal.has_partition(table_name text, at timestamptz)
returns boolean
language sql
stable
return to_regclass(
    'wedsync_data.' || table_name
    || to_char(at at time zone 'UTC', case when table_name in ('audit_log', 'access_log') then '_YYYYMM' else '_YYYYMMDD' end)
) is not null;
comment on function wedsync_internal.has_partition(text, timestamptz) is 'Whether the partition for a time exists.';
revoke all on function wedsync_internal.has_partition(text, timestamptz) from public;
