create or replace function wedsync_internal.build_record_triggers(record_name text)
returns void
language plpgsql
volatile
as $generator$
declare
    change_function constant text := record_name || '_change';
    shape constant text := (select r.shape from wedsync_data.record_catalog as r where r.record_name = build_record_triggers.record_name);
begin
    if shape = 'supplier' then
        execute format($f$
create or replace trigger record_change after insert or update or delete on wedsync_data.%1$I
for each row execute function wedsync_internal.%2$I();
comment on trigger record_change on wedsync_data.%1$I is 'Announces every change.';
$f$, record_name, change_function);
    else
        execute format($f$
create or replace trigger record_insert after insert on wedsync_data.%1$I
referencing new table as after_rows for each statement execute function wedsync_internal.%2$I();
comment on trigger record_insert on wedsync_data.%1$I is 'Validates, versions, audits and announces every change.';
create or replace trigger record_update after update on wedsync_data.%1$I
referencing old table as before_rows new table as after_rows for each statement execute function wedsync_internal.%2$I();
comment on trigger record_update on wedsync_data.%1$I is 'Validates, versions, audits and announces every change.';
create or replace trigger record_delete after delete on wedsync_data.%1$I
referencing old table as before_rows for each statement execute function wedsync_internal.%2$I();
comment on trigger record_delete on wedsync_data.%1$I is 'Versions, audits and announces every change.';
$f$, record_name, change_function);
    end if;
    execute format($f$
create or replace trigger direct_lock before insert or update or delete on wedsync_data.%1$I
for each row when (current_user <> 'wedsync_owner') execute function wedsync_internal.direct_lock();
comment on trigger direct_lock on wedsync_data.%1$I is 'The same lock order for direct statements.';
create or replace trigger record_truncate before truncate on wedsync_data.%1$I
for each statement execute function wedsync_internal.list_truncate();
comment on trigger record_truncate on wedsync_data.%1$I is %2$L;
$f$, record_name, case when shape = 'supplier' then 'Announces' else 'Records' end || ' the rows that a TRUNCATE removes.');
end
$generator$;
comment on function wedsync_internal.build_record_triggers(text) is
'Generates the triggers that call <record>_change: for each statement on lists and rows, for each row on suppliers'' records; and those for TRUNCATE and for the lock order of direct statements.';
revoke all on function wedsync_internal.build_record_triggers(text) from public;
