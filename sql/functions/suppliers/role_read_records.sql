create or replace function wedsync_internal.role_read_records()
returns text[]
language sql
stable
as $$
    select coalesce(array_agg(r.record_name order by r.position), '{}') from wedsync_data.record_catalog as r where r.reader_roles <> '{}'
$$;
comment on function wedsync_internal.role_read_records() is 'Records of suppliers that roles at the wedding read, too.';
revoke all on function wedsync_internal.role_read_records() from public;
