alter table wedsync_data.forms enable row level security;
alter table wedsync_data.forms force row level security;
drop policy if exists owner_all on wedsync_data.forms;
create policy owner_all on wedsync_data.forms to wedsync_owner using (true) with check (true);
comment on policy owner_all on wedsync_data.forms is 'The pack''s own functions.';
drop policy if exists server_all on wedsync_data.forms;
create policy server_all on wedsync_data.forms to service_role, wedsync_admin using (true) with check (true);
comment on policy server_all on wedsync_data.forms is 'Trusted server roles, subject to their grants.';
revoke all on wedsync_data.forms from public, anon, authenticated, service_role, wedsync_admin, wedsync_worker;
grant select on wedsync_data.forms to service_role, wedsync_admin;
grant insert, update, delete on wedsync_data.forms to service_role, wedsync_admin;
alter table wedsync_data.form_fields enable row level security;
alter table wedsync_data.form_fields force row level security;
drop policy if exists owner_all on wedsync_data.form_fields;
create policy owner_all on wedsync_data.form_fields to wedsync_owner using (true) with check (true);
comment on policy owner_all on wedsync_data.form_fields is 'The pack''s own functions.';
drop policy if exists server_all on wedsync_data.form_fields;
create policy server_all on wedsync_data.form_fields to service_role, wedsync_admin using (true) with check (true);
comment on policy server_all on wedsync_data.form_fields is 'Trusted server roles, subject to their grants.';
revoke all on wedsync_data.form_fields from public, anon, authenticated, service_role, wedsync_admin, wedsync_worker;
grant select on wedsync_data.form_fields to service_role, wedsync_admin;
grant insert, update, delete on wedsync_data.form_fields to service_role, wedsync_admin;
alter table wedsync_data.core_field_mappings enable row level security;
alter table wedsync_data.core_field_mappings force row level security;
drop policy if exists owner_all on wedsync_data.core_field_mappings;
create policy owner_all on wedsync_data.core_field_mappings to wedsync_owner using (true) with check (true);
comment on policy owner_all on wedsync_data.core_field_mappings is 'The pack''s own functions.';
drop policy if exists server_all on wedsync_data.core_field_mappings;
create policy server_all on wedsync_data.core_field_mappings to service_role, wedsync_admin using (true) with check (true);
comment on policy server_all on wedsync_data.core_field_mappings is 'Trusted server roles, subject to their grants.';
revoke all on wedsync_data.core_field_mappings from public, anon, authenticated, service_role, wedsync_admin, wedsync_worker;
grant select on wedsync_data.core_field_mappings to service_role, wedsync_admin;
grant insert, update, delete on wedsync_data.core_field_mappings to service_role, wedsync_admin;
alter table wedsync_data.form_populations enable row level security;
alter table wedsync_data.form_populations force row level security;
drop policy if exists owner_all on wedsync_data.form_populations;
create policy owner_all on wedsync_data.form_populations to wedsync_owner using (true) with check (true);
comment on policy owner_all on wedsync_data.form_populations is 'The pack''s own functions.';
drop policy if exists server_all on wedsync_data.form_populations;
create policy server_all on wedsync_data.form_populations to service_role, wedsync_admin using (true) with check (true);
comment on policy server_all on wedsync_data.form_populations is 'Trusted server roles, subject to their grants.';
revoke all on wedsync_data.form_populations from public, anon, authenticated, service_role, wedsync_admin, wedsync_worker;
grant select on wedsync_data.form_populations to service_role, wedsync_admin;

-- The views forms, form_fields and core_field_mappings run with the caller's rights, so these policies decide.
grant select, insert, update, delete on wedsync_data.forms, wedsync_data.form_fields, wedsync_data.core_field_mappings to authenticated;

drop policy if exists read_reachable_forms on wedsync_data.forms;
create policy read_reachable_forms on wedsync_data.forms for select to authenticated using (
    supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[])
    or supplier_id = any ((select wedsync_internal.caller_connected_supplier_ids())::uuid[])
);
comment on policy read_reachable_forms on wedsync_data.forms is 'Members of the supplier, and couples connected to it, can see its forms.';
drop policy if exists supplier_inserts_forms on wedsync_data.forms;
create policy supplier_inserts_forms on wedsync_data.forms for insert to authenticated
with check (supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[]));
comment on policy supplier_inserts_forms on wedsync_data.forms is 'Members of the supplier can insert forms.';
drop policy if exists supplier_updates_forms on wedsync_data.forms;
create policy supplier_updates_forms on wedsync_data.forms for update to authenticated
using (supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[]))
with check (supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[]));
comment on policy supplier_updates_forms on wedsync_data.forms is 'Members of the supplier can update its forms.';
drop policy if exists supplier_deletes_forms on wedsync_data.forms;
create policy supplier_deletes_forms on wedsync_data.forms for delete to authenticated
using (supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[]));
comment on policy supplier_deletes_forms on wedsync_data.forms is 'Members of the supplier can delete its forms.';

drop policy if exists read_reachable_forms on wedsync_data.form_fields;
create policy read_reachable_forms on wedsync_data.form_fields for select to authenticated
using (form_id in (select f.id from wedsync_data.forms as f));
comment on policy read_reachable_forms on wedsync_data.form_fields is 'Visible if the form is visible.';
drop policy if exists supplier_inserts on wedsync_data.form_fields;
create policy supplier_inserts on wedsync_data.form_fields for insert to authenticated
with check (form_id in (select f.id from wedsync_data.forms as f where f.supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[])));
comment on policy supplier_inserts on wedsync_data.form_fields is 'Only for forms of the caller''s suppliers.';
drop policy if exists supplier_updates on wedsync_data.form_fields;
create policy supplier_updates on wedsync_data.form_fields for update to authenticated
using (form_id in (select f.id from wedsync_data.forms as f where f.supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[])))
with check (form_id in (select f.id from wedsync_data.forms as f where f.supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[])));
comment on policy supplier_updates on wedsync_data.form_fields is 'Only for forms of the caller''s suppliers.';
drop policy if exists supplier_deletes on wedsync_data.form_fields;
create policy supplier_deletes on wedsync_data.form_fields for delete to authenticated
using (form_id in (select f.id from wedsync_data.forms as f where f.supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[])));
comment on policy supplier_deletes on wedsync_data.form_fields is 'Only for forms of the caller''s suppliers.';

drop policy if exists read_reachable_forms on wedsync_data.core_field_mappings;
create policy read_reachable_forms on wedsync_data.core_field_mappings for select to authenticated
using (form_id in (select f.id from wedsync_data.forms as f));
comment on policy read_reachable_forms on wedsync_data.core_field_mappings is 'Visible if the form is visible.';
drop policy if exists supplier_inserts on wedsync_data.core_field_mappings;
create policy supplier_inserts on wedsync_data.core_field_mappings for insert to authenticated
with check (form_id in (select f.id from wedsync_data.forms as f where f.supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[])));
comment on policy supplier_inserts on wedsync_data.core_field_mappings is 'Only for forms of the caller''s suppliers.';
drop policy if exists supplier_updates on wedsync_data.core_field_mappings;
create policy supplier_updates on wedsync_data.core_field_mappings for update to authenticated
using (form_id in (select f.id from wedsync_data.forms as f where f.supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[])))
with check (form_id in (select f.id from wedsync_data.forms as f where f.supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[])));
comment on policy supplier_updates on wedsync_data.core_field_mappings is 'Only for forms of the caller''s suppliers.';
drop policy if exists supplier_deletes on wedsync_data.core_field_mappings;
create policy supplier_deletes on wedsync_data.core_field_mappings for delete to authenticated
using (form_id in (select f.id from wedsync_data.forms as f where f.supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[])));
comment on policy supplier_deletes on wedsync_data.core_field_mappings is 'Only for forms of the caller''s suppliers.';
