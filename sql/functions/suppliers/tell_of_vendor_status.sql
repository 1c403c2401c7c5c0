create or replace function wedsync_internal.tell_of_vendor_status()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    changed wedsync_data.vendor_assignments;
begin
    if tg_op = 'INSERT' then
        for changed in select a.* from after_rows as a where a.status <> 'idea' order by a.couple_id, a.id loop
            perform wedsync_internal.notify_of_vendor_status(changed);
        end loop;
    else
        for changed in
            select a.*
            from after_rows as a
            join before_rows as b on b.couple_id = a.couple_id and b.id = a.id
            where a.status <> b.status order by a.couple_id, a.id
        loop
            perform wedsync_internal.notify_of_vendor_status(changed);
        end loop;
    end if;
    return null;
end
$$;
comment on function wedsync_internal.tell_of_vendor_status() is 'Notifies partners and planners when a vendor is shortlisted, booked and so on.';
revoke all on function wedsync_internal.tell_of_vendor_status() from public;

create or replace trigger status_of_inserted after insert on wedsync_data.vendor_assignments
referencing new table as after_rows for each statement execute function wedsync_internal.tell_of_vendor_status();
comment on trigger status_of_inserted on wedsync_data.vendor_assignments is 'Notifies of new vendors beyond ideas.';
create or replace trigger status_of_updated after update on wedsync_data.vendor_assignments
referencing old table as before_rows new table as after_rows for each statement execute function wedsync_internal.tell_of_vendor_status();
comment on trigger status_of_updated on wedsync_data.vendor_assignments is 'Notifies when the status of a vendor changes.';
