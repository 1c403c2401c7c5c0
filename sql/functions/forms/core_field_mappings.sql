create or replace view wedsync.core_field_mappings
with (security_barrier = true, security_invoker = true) as
select m.id, m.form_id, m.form_field_name, m.core_field_path, m.transformation_rule, m.auto_populate, m.created_at, m.updated_at
from wedsync_data.core_field_mappings as m;
comment on view wedsync.core_field_mappings is 'From which core field a form field is filled
Suppliers can insert, update and delete those of their own forms.';
comment on column wedsync.core_field_mappings.id is 'Mapping id.';
comment on column wedsync.core_field_mappings.form_id is 'The form.';
comment on column wedsync.core_field_mappings.form_field_name is 'The form''s field.';
comment on column wedsync.core_field_mappings.core_field_path is 'Path, alias, column, list or object of the field catalogue.';
comment on column wedsync.core_field_mappings.transformation_rule is 'Object with op, or array of such objects applied in turn.';
comment on column wedsync.core_field_mappings.auto_populate is 'False disables the mapping.';
comment on column wedsync.core_field_mappings.created_at is 'When created.';
comment on column wedsync.core_field_mappings.updated_at is 'When last changed.';
revoke all on wedsync.core_field_mappings from public;
grant select, delete on wedsync.core_field_mappings to authenticated, service_role;
grant insert (id, form_id, form_field_name, core_field_path, transformation_rule, auto_populate),
update (form_field_name, core_field_path, transformation_rule, auto_populate) on wedsync.core_field_mappings to authenticated, service_role;
