create or replace function wedsync_internal.build_record(record_name text)
returns void
language plpgsql
volatile
as $$
declare
    shape text;
begin
    select r.shape into shape from wedsync_data.record_catalog as r where r.record_name = build_record.record_name;
    case shape
        when 'document' then perform wedsync_internal.build_document(record_name);
        when 'list' then perform wedsync_internal.build_list(record_name);
        when 'rows' then perform wedsync_internal.build_rows(record_name);
        when 'supplier' then perform wedsync_internal.build_supplier_record(record_name);
    end case;
end
$$;
comment on function wedsync_internal.build_record(text) is
'Generates everything for a record from the catalogue: its view, triggers, functions, policies and grants. Run for each record when a migration applies its file; running it again changes nothing.';
revoke all on function wedsync_internal.build_record(text) from public;
