create table wedsync_data.record_catalog (
    record_name text not null,
    shape text not null,
    position smallint not null,
    path text,
    shown_in text,
    event_type text not null,
    topic text,
    is_audited boolean not null,
    is_announced boolean not null default true,
    is_exported boolean not null default true,
    purge_keys text[] not null default '{}',
    reader_roles text[] not null default '{}',
    derives_from text[] not null default '{}',
    validates text[] not null default '{}',
    write_endpoint text not null default 'core-fields-write',
    max_rows integer,
    write_hint text,
    description text not null,
    constraint record_catalog_pkey primary key (record_name),
    constraint record_catalog_position_key unique (position),
    constraint record_catalog_shape_known check (shape in ('document', 'list', 'rows', 'supplier')),
    constraint record_catalog_path_given check ((path is not null) = (shape in ('list', 'rows'))),
    constraint record_catalog_shown_in_given check ((shown_in is not null) = (shape = 'list')),
    constraint record_catalog_max_rows_given check ((max_rows > 0) is not distinct from case when shape = 'rows' then true end),
    constraint record_catalog_shown_in_fkey foreign key (shown_in) references wedsync_data.record_catalog (record_name)
);
create index record_catalog_by_shown_in on wedsync_data.record_catalog (shown_in);
comment on table wedsync_data.record_catalog is
'One row per table that holds a wedding''s facts. build_record() generates its view, triggers, policies and grants from this row and the rows of field_catalog; the contributors'' guide has the steps for a new one.';
comment on column wedsync_data.record_catalog.record_name is 'Name of the table in wedsync_data, and of its view in wedsync.';
comment on column wedsync_data.record_catalog.shape is 'document: one row per wedding; list: ordered elements, shown as an array in a document; rows: rows of their own, each field under a right; supplier: a supplier''s own records about a wedding.';
comment on column wedsync_data.record_catalog.position is 'Order in which records are generated and processed.';
comment on column wedsync_data.record_catalog.path is 'Prefix of the paths of its fields, for lists and rows.';
comment on column wedsync_data.record_catalog.shown_in is 'Document in which a list is shown, under a column with the name of the list.';
comment on column wedsync_data.record_catalog.event_type is 'Type of the events of its changes.';
comment on column wedsync_data.record_catalog.topic is 'Channel of its events without prefix; null for the channel of the wedding.';
comment on column wedsync_data.record_catalog.is_audited is 'Whether every changed field is recorded in audit_log.';
comment on column wedsync_data.record_catalog.is_announced is 'Whether changes create events.';
comment on column wedsync_data.record_catalog.is_exported is 'Whether exports of the wedding include it.';
comment on column wedsync_data.record_catalog.purge_keys is 'Columns that are announced when the wedding is deleted.';
comment on column wedsync_data.record_catalog.reader_roles is 'Roles at the wedding that can also read a supplier''s records.';
comment on column wedsync_data.record_catalog.derives_from is 'Columns whose change calls the hook derive_<record>(op, old, new); for rows empty means every change.';
comment on column wedsync_data.record_catalog.validates is 'Columns whose change calls the hook validate_<record>(op, old, new); for rows empty means every change.';
comment on column wedsync_data.record_catalog.write_endpoint is 'Limit in rate_limits for statements of callers on a view of rows.';
comment on column wedsync_data.record_catalog.max_rows is 'Most rows of a wedding, for shape rows.';
comment on column wedsync_data.record_catalog.write_hint is 'What to call where the view does not support an operation; null for shape rows, which have their own function for deletions.';
comment on column wedsync_data.record_catalog.description is 'Comment on the view; the first line describes a row.';

create table wedsync_data.record_columns (
    record_name text not null,
    column_name text not null,
    position smallint not null,
    document_path text,
    expression text,
    whole_expression text,
    description text,
    constraint record_columns_pkey primary key (record_name, column_name),
    constraint record_columns_record_fkey foreign key (record_name) references wedsync_data.record_catalog (record_name)
);
comment on table wedsync_data.record_columns is
'Columns of a document''s view that are not fields: keys, versions and computed values. A row without an expression changes the position of a field''s column.';
comment on column wedsync_data.record_columns.record_name is 'The document.';
comment on column wedsync_data.record_columns.column_name is 'Column of its view.';
comment on column wedsync_data.record_columns.position is 'Position among the columns; that of a field is ten times its right.';
comment on column wedsync_data.record_columns.document_path is 'Path in the nested document; null if it is not included.';
comment on column wedsync_data.record_columns.expression is 'SQL over the aliases of the view: r (reach, with last_accessed_at of the caller''s suppliers), m (visibility_masks), f (the row), k (wedding_clocks), l (record_lists), n (the newest visible right). The name of a right in braces is replaced by its number.';
comment on column wedsync_data.record_columns.whole_expression is 'The same for callers who may see everything, without r, m and n.';
comment on column wedsync_data.record_columns.description is 'Comment on the column.';

create table wedsync_data.rights (
    right_no smallint not null,
    name text not null,
    constraint rights_pkey primary key (right_no),
    constraint rights_name_key unique (name),
    constraint rights_right_no_range check (right_no between 0 and 127)
);
comment on table wedsync_data.rights is 'The bits of all rights masks, with their names. A right covers one or more fields.';
comment on column wedsync_data.rights.right_no is 'Bit number in all masks, 0 to 127. Never reused.';
comment on column wedsync_data.rights.name is 'Name; the path of the field if it covers only one.';

create table wedsync_data.field_catalog (
    table_name text not null,
    right_no smallint not null,
    path text not null,
    aliases text[] not null default '{}',
    column_name text not null,
    json_key text,
    storage text not null default 'column',
    data_type text not null,
    max_length integer,
    min_value numeric,
    max_value numeric,
    max_items integer,
    allowed_values text[],
    field_group text not null,
    access_level text,
    sensitivity_class text not null,
    merge_kind text not null default 'scalar',
    merge_group text,
    is_writable boolean not null default true,
    is_public boolean not null default false,
    personal_data text not null default 'none',
    description text not null,
    constraint field_catalog_pkey primary key (path),
    constraint field_catalog_column_key unique (table_name, column_name, json_key),
    constraint field_catalog_table_fkey foreign key (table_name) references wedsync_data.record_catalog (record_name),
    constraint field_catalog_right_fkey foreign key (right_no) references wedsync_data.rights (right_no),
    constraint field_catalog_personal_data_known check (personal_data in ('none', 'name', 'contact', 'location', 'health', 'money', 'free_text')),
    constraint field_catalog_storage_known check (storage in ('column', 'json', 'element')),
    constraint field_catalog_json_key_given check ((storage = 'column') = (json_key is null)),
    constraint field_catalog_type_known check (data_type in (
        'text', 'email', 'phone', 'date', 'time', 'time_zone', 'integer', 'money', 'currency', 'boolean', 'text_set', 'color_set', 'text_list',
        'timestamp', 'uuid', 'json'
    )),
    constraint field_catalog_class_known check (sensitivity_class in (
        'public', 'basic', 'contact', 'sensitive', 'couple_private', 'budget'
    )),
    constraint field_catalog_level_known check (access_level in ('basic', 'standard', 'full')),
    constraint field_catalog_denied_has_no_level check ((sensitivity_class in ('couple_private', 'budget')) = (access_level is null)),
    constraint field_catalog_merge_known check (merge_kind in ('scalar', 'set', 'text', 'list'))
);
create index field_catalog_by_right on wedsync_data.field_catalog (right_no);
comment on table wedsync_data.field_catalog is
'One row per field of the records in record_catalog. Validation, rights, audit, mapping, merging, export, masked views and documentation follow from it.';
comment on column wedsync_data.field_catalog.table_name is 'Record that the field belongs to.';
comment on column wedsync_data.field_catalog.right_no is 'Right that covers the field: its bit in all masks. Fields may share a right.';
comment on column wedsync_data.field_catalog.path is 'Dotted path in the document of get_core_fields.';
comment on column wedsync_data.field_catalog.aliases is 'Other names accepted in patches, grants and mappings.';
comment on column wedsync_data.field_catalog.column_name is 'Column of the view; of the document that shows it, for elements of lists.';
comment on column wedsync_data.field_catalog.json_key is 'Key inside a json column, or column of the list''s table.';
comment on column wedsync_data.field_catalog.storage is 'column, json (a key of a json column) or element (a field of each list element).';
comment on column wedsync_data.field_catalog.data_type is 'Type of valid values.';
comment on column wedsync_data.field_catalog.max_length is 'Maximum length in characters; for sets, of an entry; for json, in bytes.';
comment on column wedsync_data.field_catalog.min_value is 'Minimum of a number.';
comment on column wedsync_data.field_catalog.max_value is 'Maximum of a number.';
comment on column wedsync_data.field_catalog.max_items is 'Maximum number of entries of a set or list.';
comment on column wedsync_data.field_catalog.allowed_values is 'For fields of rows: the only values; null for any.';
comment on column wedsync_data.field_catalog.field_group is 'Group, which can be named in grants.';
comment on column wedsync_data.field_catalog.access_level is 'Lowest of basic, standard and full that includes the field; null for classes denied to suppliers.';
comment on column wedsync_data.field_catalog.sensitivity_class is 'budget and couple_private are denied to suppliers regardless of grants.';
comment on column wedsync_data.field_catalog.merge_kind is 'How concurrent edits can be merged.';
comment on column wedsync_data.field_catalog.merge_group is 'Fields that only make sense together.';
comment on column wedsync_data.field_catalog.is_writable is 'False for derived values.';
comment on column wedsync_data.field_catalog.is_public is 'May appear on the wedding website.';
comment on column wedsync_data.field_catalog.personal_data is 'Kind of personal data, for exports and erasure.';
comment on column wedsync_data.field_catalog.description is 'Description, also used in the documentation.';

create table wedsync_data.field_names (
    name text not null,
    kind text not null,
    path text not null,
    right_no smallint,
    mask bit(128) not null,
    constraint field_names_pkey primary key (name),
    constraint field_names_kind_known check (kind in ('field', 'column', 'list', 'branch', 'rows', 'row_field', 'group', 'level', 'class'))
);
comment on table wedsync_data.field_names is 'All names of fields and groups of fields, with their masks. Derived from field_catalog by trigger; do not edit.';
comment on column wedsync_data.field_names.name is 'Path, alias, column, object, list, record of rows, group, level (basic, standard, full) or class:<name>.';
comment on column wedsync_data.field_names.kind is 'Kind of name. Patches and mappings take field, list and branch; grants take all but class.';
comment on column wedsync_data.field_names.path is 'Canonical path or the name itself.';
comment on column wedsync_data.field_names.right_no is 'The right, if the name is a single field.';
comment on column wedsync_data.field_names.mask is 'Rights of the fields that the name covers.';
