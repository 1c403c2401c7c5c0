-- requires: events/make_partition
create or replace function wedsync_internal.need_partition(table_name text, at timestamptz)
returns boolean
language plpgsql
volatile
as $$
begin
    -- Partitions are made ahead. This is the net under a maintenance job that did not run: a write never fails for want of one.
    if pg_catalog.to_regclass(
        'wedsync_data.' || table_name || case
            when table_name in ('audit_log', 'access_log') then to_char(at at time zone 'UTC', '_YYYYMM')
            else to_char(at at time zone 'UTC', '_YYYYMMDD')
        end
    ) is null then
        return wedsync_internal.make_partition(table_name, at);
    end if;
    return false;
end
$$;
comment on function wedsync_internal.need_partition(text, timestamptz) is 'Makes the partition for a moment if it is missing, and returns whether it was.';
revoke all on function wedsync_internal.need_partition(text, timestamptz) from public;
