create or replace function wedsync_internal.rebuild_records(changed text[])
returns void
language plpgsql
volatile
as $$
declare
    built text;
begin
    for built in
        select r.record_name
        from wedsync_data.record_catalog as r
        where (r.record_name = any (changed) or exists (
            select from wedsync_data.record_catalog as l where l.record_name = any (changed) and l.shown_in = r.record_name
        ))
            -- a new record is built when all that it needs is there
            and pg_catalog.to_regprocedure(format('wedsync_internal.%I()', r.record_name || '_change')) is not null
        order by r.position desc
    loop
        perform wedsync_internal.build_record(built);
    end loop;
    if exists (select from wedsync_data.record_catalog as r where r.record_name = any (changed) and r.shape = 'list') then
        perform wedsync_internal.build_lists();
    end if;
    perform wedsync_internal.build_wedding_functions();
end
$$;
comment on function wedsync_internal.rebuild_records(text[]) is
'Regenerates what follows from the catalogue for these records, if already built, for the documents that show them, and for all records of a wedding. Called when the catalogue changes.';
revoke all on function wedsync_internal.rebuild_records(text[]) from public;
