-- proves: F000-58, F003-12, F003-13, C-56
-- PostgREST's pre-request function limits reads of views, also in read-only transactions, in which no table can be written.
begin;
select plan(16);
select tap.wedding('emma');
update wedsync_data.rate_limits set max_requests = 3 where endpoint = 'core-fields-read';
create function pg_temp.passing(who text, method text, path text, db_role text default 'authenticated') returns integer language plpgsql as $$
declare
    passed integer := 0;
begin
    perform set_config('request.method', method, true);
    perform set_config('request.path', path, true);
    while passed < 10 and tap.error(who, 'select wedsync.pre_request()', db_role) is null loop
        passed := passed + 1;
    end loop;
    return passed;
end $$;
select is(pg_temp.passing('emma', 'GET', '/core_fields'), 3, 'reads of a view are limited');
select is(pg_temp.passing('james', 'HEAD', '/core_fields_audit'), 3, 'HEAD too, per user');
select is(pg_temp.passing('lily', r.method, r.path), 10, format('%s %s counts itself or not at all', r.method, r.path))
from (
    values ('POST', '/rpc/get_core_fields'), ('GET', '/rpc/get_core_fields'), ('PATCH', '/core_fields'), ('OPTIONS', '/core_fields'), ('GET', '/'), ('', '')
) as r (method, path);
select is(pg_temp.passing(null, 'GET', '/core_fields', r.db_role), 10, r.db_role || ' without a person is not counted')
from (values ('anon'), ('authenticated'), ('service_role')) as r (db_role);
select is(pg_temp.passing('emma', 'GET', '/core_fields', 'service_role'), 10, 'servers are not limited');
select set_config('request.headers', '', true);
select is(pg_temp.passing('lily', 'POST', '/rpc/get_core_fields'), 10, 'nor does a connection fail whose last transaction had headers');

set local transaction_read_only = on;
select is(pg_temp.passing('rosa', 'GET', '/core_fields'), 3, 'in a read-only transaction reads are limited per connection');
select is(pg_temp.passing('ruth', 'GET', '/core_fields'), 3, 'for each user');
select tap.become('rosa');
select throws_like('select wedsync.pre_request()', '%WS429%', 'with the same error');
select tap.back();
select * from finish();
rollback;
