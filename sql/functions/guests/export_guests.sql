create or replace function wedsync.export_guests(couple_id uuid, format text default 'csv', max_rows integer default 20000, skip integer default 0)
returns text
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
-- compiling the plan of a whole list takes longer than running it
set jit = off
as $$
#variable_conflict use_column
declare
    readable bit(128);
    exported text;
begin
    perform wedsync_internal.enforce_rate_limit('guests-export');
    perform wedsync_internal.require_caller();
    perform wedsync_internal.require_given(
        '{couple_id,format,max_rows,skip}', array[export_guests.couple_id is not null, format is not null, max_rows is not null, skip is not null]
    );
    if format <> all ('{csv,vcard}'::text[]) then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "format", "rule": "csv or vcard"}');
    end if;
    if max_rows not between 1 and 20000 or skip not between 0 and 1000000 then
        perform wedsync_internal.fail('invalid_value', pg_catalog.jsonb_build_object(
            'parameter', case when max_rows between 1 and 20000 then 'skip' else 'max_rows' end,
            'rule', case when max_rows between 1 and 20000 then 'between 0 and 1000000' else 'between 1 and 20000' end
        ));
    end if;
    select a.readable into readable from wedsync_internal.caller_access as a where a.couple_id = export_guests.couple_id;
    if readable is null then
        perform wedsync_internal.fail('not_found');
    end if;
    if readable & wedsync_internal.names_mask('{guests.names}') <> wedsync_internal.names_mask('{guests.names}') then
        perform wedsync_internal.fail('fields_not_allowed', '{"unauthorized_fields": ["guests.names"]}');
    end if;
    perform wedsync_internal.log_access(export_guests.couple_id, 'export_guests');
    exported := case format
        when 'csv' then wedsync_internal.guests_csv(export_guests.couple_id, readable, max_rows, skip)
        else wedsync_internal.guests_vcard(export_guests.couple_id, max_rows, skip)
    end;
    return exported;
end
$$;
comment on function wedsync.export_guests(uuid, text, integer, integer) is
'Exports the guests as text: csv, which import_guests reads again, or vcard (version 4, RFC 6350)
Only columns that the caller may read. In CSV, cells that a spreadsheet could take for formulas start with an apostrophe. Ordered by household and name; max_rows and skip page. Needs guests.names. Reads by suppliers are logged.
Errors: not_signed_in and fields_not_allowed (42501), not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.export_guests(uuid, text, integer, integer) from public;
grant execute on function wedsync.export_guests(uuid, text, integer, integer) to authenticated, service_role, wedsync_admin;
