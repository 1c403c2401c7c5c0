create or replace view wedsync.field_catalog
with (security_barrier = true, security_invoker = false) as
select
    c.path, c.aliases, c.column_name, c.data_type, c.max_length, c.min_value, c.max_value, c.max_items,
    c.field_group, c.access_level, c.sensitivity_class, c.is_writable, c.is_public, c.description
from wedsync_data.field_catalog as c;
comment on view wedsync.field_catalog is 'All fields of a wedding: names, type, limits, group and class.';
comment on column wedsync.field_catalog.path is 'Dotted path.';
comment on column wedsync.field_catalog.aliases is 'Other names.';
comment on column wedsync.field_catalog.column_name is 'Column of core_fields.';
comment on column wedsync.field_catalog.data_type is 'Type.';
comment on column wedsync.field_catalog.max_length is 'Maximum length in characters.';
comment on column wedsync.field_catalog.min_value is 'Minimum of a number.';
comment on column wedsync.field_catalog.max_value is 'Maximum of a number.';
comment on column wedsync.field_catalog.max_items is 'Maximum number of entries.';
comment on column wedsync.field_catalog.field_group is 'Group, which can be named in grants.';
comment on column wedsync.field_catalog.access_level is 'Lowest level that includes it; null if suppliers can never have it.';
comment on column wedsync.field_catalog.sensitivity_class is 'Class.';
comment on column wedsync.field_catalog.is_writable is 'False for derived values.';
comment on column wedsync.field_catalog.is_public is 'May appear on the website.';
comment on column wedsync.field_catalog.description is 'Description.';
revoke all on wedsync.field_catalog from public;
grant select on wedsync.field_catalog to authenticated, service_role, wedsync_admin;
