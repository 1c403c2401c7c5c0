-- proves: F000-67
-- PostgREST's pre-request function: a valid key signs in who sends no token, a key that is not valid is refused, and a token goes before a key.
begin;
select plan(11);
create temporary table made on commit drop as select k.who, tap.call(k.who, 'select wedsync.create_api_key(''server'') ->> ''key''') as key
from (values ('emma'), ('revoked'), ('ended')) as k (who);
grant select on made to public;
update wedsync_data.api_keys as k set revoked_at = now() where k.user_id = tap.id('revoked');
update wedsync_data.api_keys as k set valid_until = now() where k.user_id = tap.id('ended');
-- who the caller is after the function has run, or how it failed
create function pg_temp.becomes(key text, db_role text, who text) returns text language plpgsql as $$
declare
    result text;
    detail text;
begin
    perform set_config('request.headers', jsonb_strip_nulls(jsonb_build_object('x-api-key', key))::text, true);
    perform tap.become(who, db_role);
    perform wedsync.pre_request();
    result := current_user || ' ' || coalesce(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub', 'nobody');
    perform tap.back();
    return result;
exception
    when insufficient_privilege then
        get stacked diagnostics detail = pg_exception_detail;
        perform tap.back();
        return detail::jsonb ->> 'rule';
end $$;
select is(pg_temp.becomes(m.key, 'anon', null), 'authenticated ' || tap.id('emma'), 'a key signs in its user') from made as m where m.who = 'emma';
select is(pg_temp.becomes(m.key, 'anon', null), 'the API key is unknown, revoked or expired', m.who || ' is refused, and does not go on as anon') from made as m
where m.who <> 'emma';
select is(pg_temp.becomes('wsk_' || repeat('0', 64), 'anon', null), 'the API key is unknown, revoked or expired', 'nor does one that never was');
select is(pg_temp.becomes(k.key, 'anon', null), 'anon nobody', coalesce(k.key, 'no key') || ' is none of ours')
from (values (null), (''), ('other')) as k (key);
select is(
    pg_temp.becomes(m.key, 'authenticated', 'james'), 'authenticated ' || tap.id('james'),
    'who sends a token is who the token says, whatever key comes with it: ' || m.who
) from made as m;
select is(pg_temp.becomes(m.key, 'service_role', 'james'), 'service_role ' || tap.id('james'), 'a server stays a server') from made as m where m.who = 'emma';
select * from finish();
rollback;
