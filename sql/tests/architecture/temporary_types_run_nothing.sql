-- proves: F000-96, C-18
-- With an empty search_path, names of types are looked for in the caller's temporary schema before pg_catalog: a domain
-- there, whose check calls the caller's own function, would run as the owner of the pack.
begin;
select plan(2);
create temporary table ran_as (who name);
grant all on ran_as to public;
create function pg_temp.spy(value anyelement) returns boolean language plpgsql as $$
begin
    insert into pg_temp.ran_as values (current_user);
    return true;
end
$$;
do $$
declare
    name text;
begin
    foreach name in array array['text', 'uuid', 'jsonb', 'date', 'inet', 'bytea', 'timestamptz'] loop
        execute format('create domain pg_temp.%I as pg_catalog.%1$I check (pg_temp.spy(value))', name);
    end loop;
end
$$;
set local role authenticated;
select set_config('request.jwt.claims', '{"sub": "11111111-0000-4000-8000-000000000001", "role": "authenticated"}', true);
create temporary table couple on commit drop as select wedsync.register_couple('Emma', 'James', current_date + 100, 'Europe/London') as id;
select wedsync.update_core_fields(c.id, '{"budget.total": 5, "wedding.date": "2099-01-01", "wedding.style": ["rustic"]}') from pg_temp.couple as c;
select wedsync.add_list_element(c.id, 'key_moments', '{"name": "Cake"}') from pg_temp.couple as c;
select wedsync.grant_access(c.id, wedsync.register_supplier('Cakes', 'baker'), '{basic}', '{guest_numbers}') from pg_temp.couple as c;
select count(*) from pg_temp.couple as c, wedsync.get_audit_trail(c.id);
reset role;
select is_empty($$ select r.who from pg_temp.ran_as as r where r.who = 'wedsync_owner' $$, 'a domain of the caller never runs as the owner');
grant create, usage on schema public to wedsync_owner;
create function public.careless(value jsonb) returns uuid language plpgsql security definer set search_path = '' as
'begin return (value ->> 0)::uuid; end';
alter function public.careless(jsonb) owner to wedsync_owner;
set local role authenticated;
select public.careless('["11111111-0000-4000-8000-000000000001"]');
reset role;
select isnt_empty($$ select r.who from pg_temp.ran_as as r where r.who = 'wedsync_owner' $$, 'which it does where the path is empty');
select * from finish();
rollback;
