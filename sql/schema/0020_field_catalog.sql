create table wedsync_data.field_catalog (
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
    field_group text not null,
    access_level text,
    sensitivity_class text not null,
    merge_kind text not null default 'scalar',
    merge_group text,
    is_writable boolean not null default true,
    is_public boolean not null default false,
    description text not null,
    constraint field_catalog_pkey primary key (right_no),
    constraint field_catalog_path_key unique (path),
    constraint field_catalog_right_no_range check (right_no between 0 and 127),
    constraint field_catalog_storage_known check (storage in ('column', 'json', 'element')),
    constraint field_catalog_json_key_given check ((storage = 'column') = (json_key is null)),
    constraint field_catalog_type_known check (data_type in (
        'text', 'email', 'phone', 'date', 'time', 'time_zone', 'integer', 'money', 'currency', 'boolean', 'text_set', 'color_set', 'text_list'
    )),
    constraint field_catalog_class_known check (sensitivity_class in (
        'public', 'basic', 'contact', 'sensitive', 'couple_private', 'budget'
    )),
    constraint field_catalog_level_known check (access_level in ('basic', 'standard', 'full')),
    constraint field_catalog_denied_has_no_level check ((sensitivity_class in ('couple_private', 'budget')) = (access_level is null)),
    constraint field_catalog_merge_known check (merge_kind in ('scalar', 'set', 'text', 'list'))
);
comment on table wedsync_data.field_catalog is
'One row per leaf of a wedding''s shared record. It drives validation, permission, audit, mapping, merging, export and documentation.';
comment on column wedsync_data.field_catalog.right_no is 'Bit of this leaf in every leaf mask, 0 to 127. Never reused.';
comment on column wedsync_data.field_catalog.path is 'Dotted path in the document of get_core_fields.';
comment on column wedsync_data.field_catalog.aliases is 'Other names accepted in patches, grants and mappings.';
comment on column wedsync_data.field_catalog.column_name is 'Column of wedsync.core_fields.';
comment on column wedsync_data.field_catalog.json_key is 'Key inside a json column, or column of the list table.';
comment on column wedsync_data.field_catalog.storage is 'column, json (a key of a json column) or element (a field of each list element).';
comment on column wedsync_data.field_catalog.data_type is 'Type that values are checked against.';
comment on column wedsync_data.field_catalog.max_length is 'Longest text in characters; for sets the longest entry.';
comment on column wedsync_data.field_catalog.min_value is 'Smallest number.';
comment on column wedsync_data.field_catalog.max_value is 'Largest number.';
comment on column wedsync_data.field_catalog.max_items is 'Most entries of a set or list.';
comment on column wedsync_data.field_catalog.field_group is 'Group name usable in grants.';
comment on column wedsync_data.field_catalog.access_level is 'Lowest of basic, standard, full that includes the leaf; null for classes denied to suppliers.';
comment on column wedsync_data.field_catalog.sensitivity_class is 'budget and couple_private are denied to suppliers before any grant is looked at.';
comment on column wedsync_data.field_catalog.merge_kind is 'How concurrent edits can be merged.';
comment on column wedsync_data.field_catalog.merge_group is 'Leaves that only make sense together.';
comment on column wedsync_data.field_catalog.is_writable is 'False for derived values.';
comment on column wedsync_data.field_catalog.is_public is 'May appear on the wedding website.';
comment on column wedsync_data.field_catalog.description is 'For people and generated documentation.';

create table wedsync_data.field_names (
    name text not null,
    kind text not null,
    path text not null,
    right_no smallint,
    mask bit(128) not null,
    constraint field_names_pkey primary key (name),
    constraint field_names_kind_known check (kind in ('field', 'column', 'list', 'branch', 'group', 'level', 'class'))
);
comment on table wedsync_data.field_names is 'Every name that stands for one or more leaves, with its leaf mask. Derived from field_catalog by trigger; not edited by hand.';
comment on column wedsync_data.field_names.name is 'Path, alias, column, branch, list, group, level (basic, standard, full) or class:<name>.';
comment on column wedsync_data.field_names.kind is 'What the name is.';
comment on column wedsync_data.field_names.path is 'Canonical path or the name itself.';
comment on column wedsync_data.field_names.right_no is 'The leaf, where the name is one leaf.';
comment on column wedsync_data.field_names.mask is 'Leaves that the name stands for.';
