create table wedsync_data.forms (
    id uuid not null default gen_random_uuid(),
    supplier_id uuid not null,
    name text not null,
    description text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint forms_pkey primary key (id),
    constraint forms_supplier_fkey foreign key (supplier_id) references wedsync_data.suppliers (id) on delete cascade,
    constraint forms_name_length check (length(name) between 1 and 200 and name ~ '\S'),
    constraint forms_description_length check (length(description) <= 2000)
);
create index forms_by_supplier on wedsync_data.forms (supplier_id);
comment on table wedsync_data.forms is 'A supplier''s questionnaires.';
comment on column wedsync_data.forms.id is 'Form id.';
comment on column wedsync_data.forms.supplier_id is 'Owner of the form; it is filled only with fields that this supplier may read.';
comment on column wedsync_data.forms.name is 'Name, 1 to 200 characters.';
comment on column wedsync_data.forms.description is 'Description.';
comment on column wedsync_data.forms.created_at is 'When created.';
comment on column wedsync_data.forms.updated_at is 'When last changed.';

create table wedsync_data.form_fields (
    form_id uuid not null,
    name text not null,
    label text,
    field_type text not null default 'text',
    is_required boolean not null default false,
    "position" integer not null default 0,
    constraint form_fields_pkey primary key (form_id, name),
    constraint form_fields_form_fkey foreign key (form_id) references wedsync_data.forms (id) on delete cascade,
    constraint form_fields_name_length check (length(name) between 1 and 100),
    constraint form_fields_label_length check (length(label) <= 300),
    constraint form_fields_type_known check (field_type in ('text', 'number', 'date', 'time', 'boolean', 'list', 'object'))
);
comment on table wedsync_data.form_fields is 'Fields of a form.';
comment on column wedsync_data.form_fields.form_id is 'The form.';
comment on column wedsync_data.form_fields.name is 'Key of the value in populated data, at most 100 characters.';
comment on column wedsync_data.form_fields.label is 'Displayed text.';
comment on column wedsync_data.form_fields.field_type is 'Kind of input.';
comment on column wedsync_data.form_fields.is_required is 'Reported as a problem if it is not filled.';
comment on column wedsync_data.form_fields."position" is 'Order on the form.';

create table wedsync_data.core_field_mappings (
    id uuid not null default gen_random_uuid(),
    form_id uuid not null,
    form_field_name varchar(100) not null,
    core_field_path varchar(200) not null,
    transformation_rule jsonb not null default '{}',
    auto_populate boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint core_field_mappings_pkey primary key (id),
    constraint core_field_mappings_one_per_field unique (form_id, form_field_name),
    constraint core_field_mappings_field_fkey foreign key (form_id, form_field_name)
        references wedsync_data.form_fields (form_id, name) on delete cascade on update cascade
);
comment on table wedsync_data.core_field_mappings is 'The core field that fills a form field, and how its value is transformed.';
comment on column wedsync_data.core_field_mappings.id is 'Mapping id.';
comment on column wedsync_data.core_field_mappings.form_id is 'The form.';
comment on column wedsync_data.core_field_mappings.form_field_name is 'The form''s field.';
comment on column wedsync_data.core_field_mappings.core_field_path is 'Any name of the field catalogue: path, alias, column, list or object path.';
comment on column wedsync_data.core_field_mappings.transformation_rule is 'Object with an op, or array of such objects applied in turn. See docs.';
comment on column wedsync_data.core_field_mappings.auto_populate is 'False disables the mapping.';
comment on column wedsync_data.core_field_mappings.created_at is 'When created.';
comment on column wedsync_data.core_field_mappings.updated_at is 'When last changed.';

create table wedsync_data.form_populations (
    couple_id uuid not null,
    form_id uuid not null,
    populations bigint not null default 1,
    populated_count integer not null,
    problem_count integer not null,
    populated_by uuid,
    populated_at timestamptz not null default now(),
    constraint form_populations_pkey primary key (couple_id, form_id),
    constraint form_populations_form_fkey foreign key (form_id) references wedsync_data.forms (id) on delete cascade,
    constraint form_populations_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint form_populations_counts_not_negative check (populations > 0 and populated_count >= 0 and problem_count >= 0)
) with (fillfactor = 70);
create index form_populations_by_form on wedsync_data.form_populations (form_id, couple_id);
comment on table wedsync_data.form_populations is 'How often a form was filled for a wedding, and how many entries were filled automatically: one row per wedding and form.';
comment on column wedsync_data.form_populations.form_id is 'The form.';
comment on column wedsync_data.form_populations.couple_id is 'The wedding.';
comment on column wedsync_data.form_populations.populations is 'How often.';
comment on column wedsync_data.form_populations.populated_count is 'Most fields filled at once.';
comment on column wedsync_data.form_populations.problem_count is 'Fields reported with a problem the last time.';
comment on column wedsync_data.form_populations.populated_by is 'Who requested it last.';
comment on column wedsync_data.form_populations.populated_at is 'When last.';
