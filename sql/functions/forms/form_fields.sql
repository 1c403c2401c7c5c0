create or replace view wedsync.form_fields
with (security_barrier = true, security_invoker = true) as
select f.form_id, f.name, f.label, f.field_type, f.is_required, f."position"
from wedsync_data.form_fields as f;
comment on view wedsync.form_fields is 'Fields of forms within the caller''s reach
Suppliers can insert, update and delete those of their own forms.';
comment on column wedsync.form_fields.form_id is 'The form.';
comment on column wedsync.form_fields.name is 'Key of the value, at most 100 characters.';
comment on column wedsync.form_fields.label is 'Displayed text.';
comment on column wedsync.form_fields.field_type is 'text, number, date, time, boolean, list or object.';
comment on column wedsync.form_fields.is_required is 'Reported as a problem if it is not filled.';
comment on column wedsync.form_fields."position" is 'Order on the form.';
revoke all on wedsync.form_fields from public;
grant select, insert, update, delete on wedsync.form_fields to authenticated, service_role;
