create or replace function wedsync_internal.build_supplier_record(record_name text)
returns void
language plpgsql
volatile
as $generator$
declare
    record wedsync_data.record_catalog;
    the_table regclass;
    columns record;
begin
    select r.* into record from wedsync_data.record_catalog as r where r.record_name = build_supplier_record.record_name;
    if record.reader_roles <> '{}' and exists (
        select from wedsync_data.record_catalog as r where r.reader_roles <> '{}' and r.reader_roles <> record.reader_roles
    ) then
        -- channels keep one sign for all who read by role
        raise exception 'records of suppliers are read by one set of roles' using errcode = 'XX000';
    end if;
    the_table := format('wedsync_data.%I', record.record_name)::regclass;
    select
        string_agg(format('r.%I', a.attname), ', ' order by a.attnum) as listed,
        string_agg(format(
            E'comment on column wedsync.%I.%I is %L;\n', record.record_name, a.attname, pg_catalog.col_description(the_table, a.attnum)
        ), '' order by a.attnum) as comments
    into columns
    from pg_catalog.pg_attribute as a
    where a.attrelid = the_table and a.attnum > 0 and not a.attisdropped;
    execute format($f$
create or replace view wedsync.%1$I
with (security_barrier = true, security_invoker = false) as
select %2$s
from wedsync_data.%1$I as r
where r.supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[])%3$s
    or (select wedsync_internal.is_service());
comment on view wedsync.%1$I is %4$L;
%5$s
revoke all on wedsync.%1$I from public;
grant select on wedsync.%1$I to authenticated, service_role, wedsync_admin;
$f$,
        record.record_name, columns.listed,
        case when record.reader_roles <> '{}' then format($f$
    or exists (
        select from wedsync_data.wedding_members as m
        where m.couple_id = r.couple_id and m.user_id = (select wedsync_internal.current_user_id()) and m.wedding_role = any (%L)
    )$f$, record.reader_roles) else '' end,
        record.description, columns.comments
    );
    execute format($f$
create or replace function wedsync_internal.%1$I()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $body$
begin
    if tg_op = 'UPDATE' then
        if new operator(pg_catalog.*=) old then
            return null;
        end if;
    end if;
    if tg_op = 'DELETE' then
        new := old;
    end if;
    perform wedsync_internal.append_change(
        new.couple_id, 'supplier', null, array[row(
            %2$L, tg_op, %3$L, %4$L, '{}', array[%2$L], to_jsonb(new), to_jsonb(new), case when tg_op = 'UPDATE' then to_jsonb(old) end, new.supplier_id, null
        )::wedsync_internal.change_event]
    );
    return null;
end
$body$;
comment on function wedsync_internal.%1$I() is 'Announces changes of %2$I in the sequence of the wedding that they belong to. Made by build_supplier_record().';
revoke all on function wedsync_internal.%1$I() from public;
create or replace trigger record_change after insert or update or delete on wedsync_data.%2$I
for each row execute function wedsync_internal.%1$I();
comment on trigger record_change on wedsync_data.%2$I is 'Announces every change.';
create or replace trigger record_truncate before truncate on wedsync_data.%2$I
for each statement execute function wedsync_internal.list_truncate();
comment on trigger record_truncate on wedsync_data.%2$I is 'Announces what a TRUNCATE takes away.';
create or replace trigger direct_lock before insert or update or delete on wedsync_data.%2$I
for each row when (current_user <> 'wedsync_owner') execute function wedsync_internal.direct_lock();
comment on trigger direct_lock on wedsync_data.%2$I is 'One lock order for statements that are written without the API, too.';
$f$, record.record_name || '_change', record.record_name, record.event_type, record.topic);
    perform wedsync_internal.build_record_access(record.record_name);
end
$generator$;
comment on function wedsync_internal.build_supplier_record(text) is
'Makes the view, the change trigger, policies and grants of a supplier''s own record: seen by the supplier''s people and the roles at the wedding that the catalogue names.';
revoke all on function wedsync_internal.build_supplier_record(text) from public;
