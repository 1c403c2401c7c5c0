create or replace function wedsync_internal.reads_are_logged(view_name text)
returns boolean
language plpgsql
stable
as $$
begin
    -- apart, because an expression with a subquery is executed as a statement
    if view_name in ('core_fields', 'core_fields_audit') then
        return true;
    end if;
    return exists (select from wedsync_data.record_catalog as r where r.record_name = view_name and r.shape in ('document', 'rows'));
end
$$;
comment on function wedsync_internal.reads_are_logged(text) is 'Whether suppliers'' reads of a view of schema wedsync are in the access log.';
revoke all on function wedsync_internal.reads_are_logged(text) from public;
