create or replace function wedsync_internal.build_record_access(record_name text)
returns void
language plpgsql
volatile
-- not a notice for each policy that is not there yet
set client_min_messages = warning
as $generator$
declare
    record wedsync_data.record_catalog;
    -- version_number marks changes that were already appended, so only the owner may write it
    written_by_owner constant text[] := '{couple_id,id,version_number,last_updated_by,created_at,updated_at}';
    insertable text;
    updatable text;
begin
    select r.* into record from wedsync_data.record_catalog as r where r.record_name = build_record_access.record_name;
    select
        string_agg(format('%I', a.attname), ', ' order by a.attnum) filter (where a.attname not in ('version_number', 'last_updated_by', 'created_at', 'updated_at')),
        string_agg(format('%I', a.attname), ', ' order by a.attnum) filter (where a.attname <> all (written_by_owner))
    into insertable, updatable
    from pg_catalog.pg_attribute as a
    where a.attrelid = format('wedsync_data.%I', record.record_name)::regclass and a.attnum > 0 and not a.attisdropped;
    -- only if missing: in a transaction that has changed rows, the statement may not be possible
    if not exists (
        select from pg_catalog.pg_class as c where c.oid = format('wedsync_data.%I', record.record_name)::regclass and c.relrowsecurity and c.relforcerowsecurity
    ) then
        execute format('alter table wedsync_data.%1$I enable row level security, force row level security', record.record_name);
    end if;
    execute format($f$
drop policy if exists owner_all on wedsync_data.%1$I;
create policy owner_all on wedsync_data.%1$I to wedsync_owner using (true) with check (true);
comment on policy owner_all on wedsync_data.%1$I is 'The pack''s own functions.';
drop policy if exists server_all on wedsync_data.%1$I;
create policy server_all on wedsync_data.%1$I to service_role, wedsync_admin using (true) with check (true);
comment on policy server_all on wedsync_data.%1$I is 'Trusted server roles, subject to their grants.';
revoke all on wedsync_data.%1$I from public, anon, authenticated, service_role, wedsync_admin, wedsync_worker;
grant select on wedsync_data.%1$I to service_role, wedsync_admin;
$f$, record.record_name);
    case record.shape
        when 'document' then
            execute format('grant update (%s) on wedsync_data.%I to service_role, wedsync_admin', updatable, record.record_name);
            execute format('grant delete on wedsync_data.%I to wedsync_admin', record.record_name);
        when 'list', 'rows' then
            execute format('grant insert (%s), update (%s), delete on wedsync_data.%I to service_role, wedsync_admin', insertable, updatable, record.record_name);
        else
            null;
    end case;
end
$generator$;
comment on function wedsync_internal.build_record_access(text) is 'Generates the policies and grants of a record''s table: nothing for callers, and for trusted server roles what the shape of the record allows.';
revoke all on function wedsync_internal.build_record_access(text) from public;
