create or replace function wedsync.supplier(wedsync.core_fields_audit)
returns setof wedsync.suppliers
language sql
stable
rows 1
begin atomic
    select s.* from wedsync.suppliers as s where s.id = ($1).supplier_id;
end;
comment on function wedsync.supplier(wedsync.core_fields_audit) is
'The supplier for which a change was made, for PostgREST to embed: select=*,supplier(business_name)';
revoke all on function wedsync.supplier(wedsync.core_fields_audit) from public;
grant execute on function wedsync.supplier(wedsync.core_fields_audit) to authenticated, service_role, wedsync_admin;
