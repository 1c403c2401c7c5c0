create table wedsync_data.form_responses (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    form_id uuid not null,
    supplier_id uuid not null,
    data jsonb not null,
    submitted_by uuid,
    submitted_at timestamptz not null default now(),
    constraint form_responses_pkey primary key (couple_id, id),
    constraint form_responses_form_fkey foreign key (form_id) references wedsync_data.forms (id) on delete cascade,
    constraint form_responses_supplier_fkey foreign key (supplier_id) references wedsync_data.suppliers (id) on delete cascade,
    constraint form_responses_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint form_responses_data_object check (jsonb_typeof(data) = 'object')
);
create index form_responses_by_id on wedsync_data.form_responses (id);
create index form_responses_by_couple on wedsync_data.form_responses (couple_id, supplier_id);
create index form_responses_by_supplier on wedsync_data.form_responses (supplier_id, submitted_at);
create index form_responses_by_form on wedsync_data.form_responses (form_id);
comment on table wedsync_data.form_responses is 'Responses of couples to forms of suppliers.';
comment on column wedsync_data.form_responses.id is 'Response id.';
comment on column wedsync_data.form_responses.form_id is 'The form.';
comment on column wedsync_data.form_responses.supplier_id is 'Its supplier.';
comment on column wedsync_data.form_responses.couple_id is 'The wedding.';
comment on column wedsync_data.form_responses.data is 'Field names and answers.';
comment on column wedsync_data.form_responses.submitted_by is 'Who answered.';
comment on column wedsync_data.form_responses.submitted_at is 'When.';

create table wedsync_data.journey_progress (
    couple_id uuid not null,
    supplier_id uuid not null,
    step text not null,
    status text not null,
    details jsonb not null default '{}',
    updated_by uuid,
    updated_at timestamptz not null default now(),
    constraint journey_progress_pkey primary key (couple_id, supplier_id, step),
    constraint journey_progress_supplier_fkey foreign key (supplier_id) references wedsync_data.suppliers (id) on delete cascade,
    constraint journey_progress_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint journey_progress_step_length check (length(step) between 1 and 100),
    constraint journey_progress_status_known check (status in ('waiting', 'active', 'done', 'skipped')),
    constraint journey_progress_details_object check (jsonb_typeof(details) = 'object')
);
create index journey_progress_by_supplier on wedsync_data.journey_progress (supplier_id, couple_id);
comment on table wedsync_data.journey_progress is 'Progress of a supplier''s journey with a couple, one row per step. Visible only to the supplier.';
comment on column wedsync_data.journey_progress.supplier_id is 'The supplier.';
comment on column wedsync_data.journey_progress.couple_id is 'The wedding.';
comment on column wedsync_data.journey_progress.step is 'Step, 1 to 100 characters.';
comment on column wedsync_data.journey_progress.status is 'waiting, active, done or skipped.';
comment on column wedsync_data.journey_progress.details is 'Additional data of the supplier.';
comment on column wedsync_data.journey_progress.updated_by is 'Who changed it.';
comment on column wedsync_data.journey_progress.updated_at is 'When.';

create table wedsync_data.client_profiles (
    couple_id uuid not null,
    supplier_id uuid not null,
    display_name text,
    status text not null default 'lead',
    notes text,
    updated_by uuid,
    updated_at timestamptz not null default now(),
    constraint client_profiles_pkey primary key (couple_id, supplier_id),
    constraint client_profiles_supplier_fkey foreign key (supplier_id) references wedsync_data.suppliers (id) on delete cascade,
    constraint client_profiles_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint client_profiles_name_length check (length(display_name) <= 200),
    constraint client_profiles_status_known check (status in ('lead', 'booked', 'finished', 'lost')),
    constraint client_profiles_notes_length check (length(notes) <= 10000)
);
create index client_profiles_by_supplier on wedsync_data.client_profiles (supplier_id, couple_id);
comment on table wedsync_data.client_profiles is 'A supplier''s notes about a couple. Visible only to the supplier.';
comment on column wedsync_data.client_profiles.supplier_id is 'The supplier.';
comment on column wedsync_data.client_profiles.couple_id is 'The wedding.';
comment on column wedsync_data.client_profiles.display_name is 'Name that the supplier uses.';
comment on column wedsync_data.client_profiles.status is 'lead, booked, finished or lost.';
comment on column wedsync_data.client_profiles.notes is 'Notes.';
comment on column wedsync_data.client_profiles.updated_by is 'Who changed it.';
comment on column wedsync_data.client_profiles.updated_at is 'When.';
