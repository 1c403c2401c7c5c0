create or replace view wedsync.forms
with (security_barrier = true, security_invoker = true) as
select f.id, f.supplier_id, f.name, f.description, f.created_at, f.updated_at
from wedsync_data.forms as f;
comment on view wedsync.forms is 'Forms of the caller''s suppliers, and of suppliers connected to the caller''s wedding
Suppliers can insert, update and delete their own.';
comment on column wedsync.forms.id is 'Form id.';
comment on column wedsync.forms.supplier_id is 'Whose form.';
comment on column wedsync.forms.name is 'Name, 1 to 200 characters.';
comment on column wedsync.forms.description is 'Description.';
comment on column wedsync.forms.created_at is 'When created.';
comment on column wedsync.forms.updated_at is 'When last changed.';
revoke all on wedsync.forms from public;
grant select, delete on wedsync.forms to authenticated, service_role;
grant insert (id, supplier_id, name, description), update (name, description) on wedsync.forms to authenticated, service_role;
