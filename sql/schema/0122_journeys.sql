create table wedsync_data.journeys (
    id uuid not null default gen_random_uuid(),
    supplier_id uuid not null,
    name text not null,
    is_active boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint journeys_pkey primary key (id),
    constraint journeys_supplier_fkey foreign key (supplier_id) references wedsync_data.suppliers (id) on delete cascade,
    constraint journeys_name_length check (length(name) between 1 and 200 and name ~ '\S')
);
create index journeys_by_supplier on wedsync_data.journeys (supplier_id);
comment on table wedsync_data.journeys is 'A supplier''s automated journeys: steps that happen by themselves for the couples enrolled. Visible only to the supplier.';
comment on column wedsync_data.journeys.id is 'Journey id.';
comment on column wedsync_data.journeys.supplier_id is 'Whose journey.';
comment on column wedsync_data.journeys.name is 'Name, 1 to 200 characters.';
comment on column wedsync_data.journeys.is_active is 'Whether its steps happen.';
comment on column wedsync_data.journeys.created_at is 'When created.';
comment on column wedsync_data.journeys.updated_at is 'When last changed.';

create table wedsync_data.journey_steps (
    journey_id uuid not null,
    step text not null,
    title text not null,
    "position" integer not null default 0,
    condition jsonb not null,
    action jsonb not null,
    constraint journey_steps_pkey primary key (journey_id, step),
    constraint journey_steps_journey_fkey foreign key (journey_id) references wedsync_data.journeys (id) on delete cascade,
    constraint journey_steps_step_length check (length(step) between 1 and 100),
    constraint journey_steps_title_length check (length(title) between 1 and 200),
    constraint journey_steps_condition_object check (jsonb_typeof(condition) = 'object'),
    constraint journey_steps_action_object check (jsonb_typeof(action) = 'object')
);
comment on table wedsync_data.journey_steps is 'Steps of a journey: when they happen, and what is done then.';
comment on column wedsync_data.journey_steps.journey_id is 'The journey.';
comment on column wedsync_data.journey_steps.step is 'Key, 1 to 100 characters, as in journey_progress.';
comment on column wedsync_data.journey_steps.title is 'Displayed text, 1 to 200 characters.';
comment on column wedsync_data.journey_steps."position" is 'Order among the steps.';
comment on column wedsync_data.journey_steps.condition is 'When it happens: an object, as set_journey_step takes it.';
comment on column wedsync_data.journey_steps.action is 'What is done: an object, as set_journey_step takes it.';

create table wedsync_data.journey_enrolments (
    couple_id uuid not null,
    journey_id uuid not null,
    supplier_id uuid not null,
    started_by uuid,
    started_at timestamptz not null default now(),
    started_seq bigint not null,
    ended_at timestamptz,
    constraint journey_enrolments_pkey primary key (couple_id, journey_id),
    constraint journey_enrolments_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint journey_enrolments_journey_fkey foreign key (journey_id) references wedsync_data.journeys (id) on delete cascade,
    constraint journey_enrolments_supplier_fkey foreign key (supplier_id) references wedsync_data.suppliers (id) on delete cascade
);
create index journey_enrolments_by_journey on wedsync_data.journey_enrolments (journey_id, couple_id);
create index journey_enrolments_by_supplier on wedsync_data.journey_enrolments (supplier_id, couple_id);
comment on table wedsync_data.journey_enrolments is 'Couples in a supplier''s journeys. Visible only to the supplier.';
comment on column wedsync_data.journey_enrolments.couple_id is 'The wedding.';
comment on column wedsync_data.journey_enrolments.journey_id is 'The journey.';
comment on column wedsync_data.journey_enrolments.supplier_id is 'Whose journey.';
comment on column wedsync_data.journey_enrolments.started_by is 'Who enrolled the couple.';
comment on column wedsync_data.journey_enrolments.started_at is 'When.';
comment on column wedsync_data.journey_enrolments.started_seq is 'Events after this number count.';
comment on column wedsync_data.journey_enrolments.ended_at is 'When it was stopped; null while it goes on.';

create table wedsync_data.journey_runs (
    couple_id uuid not null,
    journey_id uuid not null,
    step text not null,
    seq bigint,
    due_at timestamptz not null default clock_timestamp(),
    ran_at timestamptz,
    outcome text,
    constraint journey_runs_pkey primary key (couple_id, journey_id, step),
    constraint journey_runs_enrolment_fkey foreign key (couple_id, journey_id) references wedsync_data.journey_enrolments (couple_id, journey_id) on delete cascade,
    constraint journey_runs_outcome_known check (outcome in ('done', 'stopped', 'no_access', 'no_room')),
    constraint journey_runs_outcome_given check ((ran_at is null) = (outcome is null))
);
create index journey_runs_due on wedsync_data.journey_runs (due_at) where ran_at is null;
comment on table wedsync_data.journey_runs is 'Steps of journeys that have happened, or are about to: one row for each couple and step, so that each happens once.';
comment on column wedsync_data.journey_runs.couple_id is 'The wedding.';
comment on column wedsync_data.journey_runs.journey_id is 'The journey.';
comment on column wedsync_data.journey_runs.step is 'The step.';
comment on column wedsync_data.journey_runs.seq is 'Number of the event behind it; null for dates and starts.';
comment on column wedsync_data.journey_runs.due_at is 'When its condition was found to hold.';
comment on column wedsync_data.journey_runs.ran_at is 'When its action was done; null until then.';
comment on column wedsync_data.journey_runs.outcome is 'done; stopped: journey, step or enrolment had ended; no_access: the supplier had lost its access; no_room: journey_steps_per_wedding was reached.';

insert into wedsync_data.event_readers (name, position) values ('advance_journeys', pg_current_snapshot());
insert into wedsync_data.scheduled_jobs (name, every, description) values
('advance_journeys', interval '1 second', 'Does the steps of journeys whose events have happened'),
('due_journey_steps', interval '1 minute', 'Does the steps of journeys whose date has come');
insert into wedsync_data.settings (name, value, description) values
('journeys_per_supplier', '100', 'Most journeys of a supplier'),
('steps_per_journey', '100', 'Most steps of a journey');
insert into wedsync_data.notification_kinds (kind, audience, priority, channels, rights, placeholders, reaches_contacts, description) values
('journey_step', '{}', 'normal', '{email,push,webhook}', '{}', '{journey,step,message}', false, 'A step of a supplier''s journey has come');
insert into wedsync_data.notification_templates (kind, language, subject, body) values
('journey_step', 'en', '{journey}: {step}', '{message}'),
('journey_step', 'de', '{journey}: {step}', '{message}'),
('journey_step', 'es', '{journey}: {step}', '{message}');
