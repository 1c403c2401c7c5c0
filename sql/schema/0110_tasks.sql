create table wedsync_data.helper_contacts (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    version_number integer not null default 1,
    last_updated_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    name text not null,
    email text,
    phone text,
    language text,
    constraint helper_contacts_pkey primary key (couple_id, id),
    constraint helper_contacts_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade
);
comment on table wedsync_data.helper_contacts is 'People who help without a login, such as an aunt: tasks reach them by link.';
comment on column wedsync_data.helper_contacts.name is 'Name.';
comment on column wedsync_data.helper_contacts.email is 'E-mail address.';
comment on column wedsync_data.helper_contacts.phone is 'Phone.';
comment on column wedsync_data.helper_contacts.language is 'Language of messages, as a BCP 47 tag such as en or pt-BR.';

create table wedsync_data.tasks (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    version_number integer not null default 1,
    last_updated_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    title text not null,
    notes text,
    due_on date,
    due_at timestamptz,
    time_zone text,
    priority text not null default 'normal',
    "position" integer not null default 0,
    status text not null default 'open',
    assignee_user uuid,
    assignee_supplier uuid,
    assignee_contact uuid,
    assigned_by uuid,
    answered_at timestamptz,
    answer_note text,
    completed_at timestamptz,
    constraint tasks_pkey primary key (couple_id, id),
    constraint tasks_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint tasks_contact_fkey foreign key (couple_id, assignee_contact) references wedsync_data.helper_contacts (couple_id, id)
        on delete set null (assignee_contact),
    constraint tasks_status_known check (status in ('open', 'accepted', 'declined', 'done', 'cancelled')),
    constraint tasks_one_assignee check (num_nonnulls(assignee_user, assignee_supplier, assignee_contact) <= 1)
);
create index tasks_by_contact on wedsync_data.tasks (couple_id, assignee_contact);
create index tasks_by_user on wedsync_data.tasks (assignee_user);
create index tasks_by_supplier on wedsync_data.tasks (assignee_supplier);
comment on table wedsync_data.tasks is 'What has to be done before the wedding, and by whom.';
comment on column wedsync_data.tasks.title is 'What is to be done.';
comment on column wedsync_data.tasks.notes is 'Details, which the assignee sees as well.';
comment on column wedsync_data.tasks.due_on is 'Day on which it is due, in time_zone; follows due_at if that is set.';
comment on column wedsync_data.tasks.due_at is 'Moment at which it is due; null if it is due in the course of due_on. Setting only due_on clears it.';
comment on column wedsync_data.tasks.time_zone is 'IANA zone of due_on; that of the wedding unless given.';
comment on column wedsync_data.tasks.priority is 'low, normal or high.';
comment on column wedsync_data.tasks."position" is 'Order among the tasks.';
comment on column wedsync_data.tasks.status is 'open, accepted, declined, done or cancelled. Changed by assign_task, accept_task, decline_task, complete_task, reopen_task and cancel_task.';
comment on column wedsync_data.tasks.assignee_user is 'Member of the wedding who does it.';
comment on column wedsync_data.tasks.assignee_supplier is 'Supplier who does it.';
comment on column wedsync_data.tasks.assignee_contact is 'Helper without a login who does it.';
comment on column wedsync_data.tasks.assigned_by is 'User who assigned it.';
comment on column wedsync_data.tasks.answered_at is 'When the assignee accepted or declined.';
comment on column wedsync_data.tasks.answer_note is 'What the assignee wrote with the answer.';
comment on column wedsync_data.tasks.completed_at is 'When it was done.';

create table wedsync_data.task_reminder_policies (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    version_number integer not null default 1,
    last_updated_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    minutes_before integer not null,
    priority text,
    is_active boolean not null default true,
    constraint task_reminder_policies_pkey primary key (couple_id, id),
    constraint task_reminder_policies_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade
);
comment on table wedsync_data.task_reminder_policies is 'When a wedding reminds of its tasks. A wedding without a row uses task_reminder_defaults.';
comment on column wedsync_data.task_reminder_policies.minutes_before is 'Minutes before the task is due; whole days keep the time of day across a change of the clocks.';
comment on column wedsync_data.task_reminder_policies.priority is 'Only tasks of this priority; null for all.';
comment on column wedsync_data.task_reminder_policies.is_active is 'False disables it. A wedding whose policies are all disabled sends no reminders.';

create table wedsync_data.task_reminder_defaults (
    minutes_before integer not null,
    constraint task_reminder_defaults_pkey primary key (minutes_before),
    constraint task_reminder_defaults_range check (minutes_before between 0 and 525600)
);
comment on table wedsync_data.task_reminder_defaults is 'When weddings without policies of their own remind of a task. Administrators can change the rows; changes apply to tasks whose due date is set afterwards.';
comment on column wedsync_data.task_reminder_defaults.minutes_before is 'Minutes before the task is due.';
insert into wedsync_data.task_reminder_defaults (minutes_before) values (10080), (1440);

create table wedsync_data.task_reminders (
    couple_id uuid not null,
    task_id uuid not null,
    minutes_before integer not null,
    remind_at timestamptz not null,
    sent_at timestamptz,
    is_skipped boolean not null default false,
    constraint task_reminders_pkey primary key (couple_id, task_id, minutes_before),
    constraint task_reminders_task_fkey foreign key (couple_id, task_id) references wedsync_data.tasks (couple_id, id) on delete cascade
);
create index task_reminders_due on wedsync_data.task_reminders (remind_at) where sent_at is null;
comment on table wedsync_data.task_reminders is 'Reminders of tasks, derived from due dates and policies. Sent by the scheduled job due_task_reminders, each once.';
comment on column wedsync_data.task_reminders.couple_id is 'The wedding.';
comment on column wedsync_data.task_reminders.task_id is 'The task.';
comment on column wedsync_data.task_reminders.minutes_before is 'Minutes before the task is due.';
comment on column wedsync_data.task_reminders.remind_at is 'When to remind.';
comment on column wedsync_data.task_reminders.sent_at is 'When the reminder was sent or skipped; null before.';
comment on column wedsync_data.task_reminders.is_skipped is 'Not sent, because a later reminder of the same task was due as well.';

create table wedsync_data.task_links (
    couple_id uuid not null,
    token_hash bytea not null,
    task_id uuid not null,
    contact_id uuid not null,
    created_by uuid,
    created_at timestamptz not null default now(),
    valid_until timestamptz not null,
    revoked_at timestamptz,
    constraint task_links_pkey primary key (couple_id, token_hash),
    constraint task_links_task_fkey foreign key (couple_id, task_id) references wedsync_data.tasks (couple_id, id) on delete cascade,
    constraint task_links_contact_fkey foreign key (couple_id, contact_id) references wedsync_data.helper_contacts (couple_id, id) on delete cascade
);
create index task_links_by_hash on wedsync_data.task_links (token_hash);
create index task_links_by_task on wedsync_data.task_links (couple_id, task_id);
create index task_links_by_contact on wedsync_data.task_links (couple_id, contact_id);
comment on table wedsync_data.task_links is 'Links with which a helper without a login sees and answers one task. Only hashes of tokens are stored.';
comment on column wedsync_data.task_links.couple_id is 'The wedding.';
comment on column wedsync_data.task_links.token_hash is 'SHA-256 of the token. It has 244 random bits, so a plain hash is enough.';
comment on column wedsync_data.task_links.task_id is 'The task.';
comment on column wedsync_data.task_links.contact_id is 'The helper. The link works only while the task is assigned to this helper.';
comment on column wedsync_data.task_links.created_by is 'Who created it.';
comment on column wedsync_data.task_links.created_at is 'When.';
comment on column wedsync_data.task_links.valid_until is 'Not valid from this moment on.';
comment on column wedsync_data.task_links.revoked_at is 'When it was revoked.';

insert into wedsync_data.rights (right_no, name) values
(60, 'tasks'),
(63, 'helpers.contact');
insert into wedsync_data.record_catalog (record_name, shape, position, path, event_type, is_audited, purge_keys, write_endpoint, max_rows, description) values
('tasks', 'rows', 110, 'tasks', 'task_completion', true, '{id,couple_id}', 'planning-write', 2000, 'Tasks of the weddings whose tasks the caller can read
my_tasks lists those that are assigned to the caller.'),
('helper_contacts', 'rows', 111, 'helpers', 'helper_contacts_changed', true, '{id,couple_id}', 'planning-write', 500, 'Helpers without a login, to whom tasks can be assigned.'),
('task_reminder_policies', 'rows', 112, 'taskReminders', 'task_reminders_changed', true, '{id,couple_id}', 'planning-write', 20,
'When a wedding reminds of its tasks
A wedding without a row is reminded as administrators have set in task_reminder_defaults: 7 days and 1 day before.');
insert into wedsync_data.field_catalog (
    table_name, right_no, path, column_name, data_type, max_length, min_value, max_value, max_items,
    field_group, access_level, sensitivity_class, is_writable, personal_data, description
) values
('tasks', 60, 'tasks.title', 'title', 'text', 200, null, null, null, 'tasks', 'full', 'basic', true, 'free_text', 'Task: what is to be done'),
('tasks', 60, 'tasks.notes', 'notes', 'text', 5000, null, null, null, 'tasks', 'full', 'basic', true, 'free_text', 'Task: details'),
('tasks', 60, 'tasks.due_on', 'due_on', 'date', null, null, null, null, 'tasks', 'full', 'basic', true, 'none', 'Task: day on which it is due'),
('tasks', 60, 'tasks.due_at', 'due_at', 'timestamp', null, null, null, null, 'tasks', 'full', 'basic', true, 'none', 'Task: moment at which it is due'),
('tasks', 60, 'tasks.time_zone', 'time_zone', 'time_zone', 64, null, null, null, 'tasks', 'full', 'basic', true, 'none', 'Task: time zone of the day'),
('tasks', 60, 'tasks.priority', 'priority', 'text', 10, null, null, null, 'tasks', 'full', 'basic', true, 'none', 'Task: low, normal or high'),
('tasks', 60, 'tasks.position', 'position', 'integer', null, -1000000, 1000000, null, 'tasks', 'full', 'basic', true, 'none', 'Task: order'),
('tasks', 60, 'tasks.assignee_user', 'assignee_user', 'uuid', null, null, null, null, 'tasks', 'full', 'basic', false, 'none', 'Task: member who does it'),
('tasks', 60, 'tasks.assignee_supplier', 'assignee_supplier', 'uuid', null, null, null, null, 'tasks', 'full', 'basic', false, 'none', 'Task: supplier who does it'),
('tasks', 60, 'tasks.assignee_contact', 'assignee_contact', 'uuid', null, null, null, null, 'tasks', 'full', 'basic', false, 'none', 'Task: helper without a login who does it'),
('tasks', 60, 'tasks.assigned_by', 'assigned_by', 'uuid', null, null, null, null, 'tasks', 'full', 'basic', false, 'none', 'Task: who assigned it'),
('tasks', 60, 'tasks.answered_at', 'answered_at', 'timestamp', null, null, null, null, 'tasks', 'full', 'basic', false, 'none', 'Task: when it was accepted or declined'),
('tasks', 60, 'tasks.answer_note', 'answer_note', 'text', 1000, null, null, null, 'tasks', 'full', 'basic', false, 'free_text', 'Task: what the assignee wrote'),
('tasks', 60, 'tasks.completed_at', 'completed_at', 'timestamp', null, null, null, null, 'tasks', 'full', 'basic', false, 'none', 'Task: when it was done'),
('helper_contacts', 60, 'helpers.name', 'name', 'text', 200, null, null, null, 'tasks', 'full', 'basic', true, 'name', 'Helper: name'),
('helper_contacts', 63, 'helpers.email', 'email', 'email', 255, null, null, null, 'tasks', 'full', 'contact', true, 'contact', 'Helper: e-mail address'),
('helper_contacts', 63, 'helpers.phone', 'phone', 'phone', 40, null, null, null, 'tasks', 'full', 'contact', true, 'contact', 'Helper: phone'),
('helper_contacts', 63, 'helpers.language', 'language', 'text', 35, null, null, null, 'tasks', 'full', 'contact', true, 'none', 'Helper: language of messages'),
('task_reminder_policies', 60, 'taskReminders.minutes_before', 'minutes_before', 'integer', null, 0, 525600, null, 'tasks', 'full', 'basic', true, 'none', 'Reminders: minutes before the task is due'),
('task_reminder_policies', 60, 'taskReminders.priority', 'priority', 'text', 10, null, null, null, 'tasks', 'full', 'basic', true, 'none', 'Reminders: only tasks of this priority'),
('task_reminder_policies', 60, 'taskReminders.is_active', 'is_active', 'boolean', null, null, null, null, 'tasks', 'full', 'basic', true, 'none', 'Reminders: whether they are sent');
insert into wedsync_data.field_catalog (
    table_name, right_no, path, column_name, data_type, max_length, allowed_values, field_group, access_level, sensitivity_class, is_writable, personal_data, description
) values
('tasks', 60, 'tasks.status', 'status', 'text', 10, '{open,accepted,declined,done,cancelled}', 'tasks', 'full', 'basic', false, 'none', 'Task: open, accepted, declined, done or cancelled');

insert into wedsync_data.rate_limits (endpoint, max_requests, per_seconds, description) values
('planning-write', 120, 60, 'Statements on tasks, helpers, reminders, the timeline, milestones and templates, functions that change them, and marking messages as read'),
('planning-lists', 100, 60, 'Listing own tasks, problems of the timeline, readers of a message, progress of milestones, filling in templates'),
('task-link', 30, 60, 'Viewing and answering a task by link, per link');
insert into wedsync_data.settings (name, value, description) values
('task_link_days', '30', 'Days that a link to a task is valid by default'),
('task_link_url', 'null', 'Address of a task in the application, such as "https://app.example.org/task#{token}", which messages to helpers then contain; null until an administrator sets it'),
('task_reminder_hour', '9', 'Hour of the local day from which reminders of tasks without a time are counted');
insert into wedsync_data.scheduled_jobs (name, every, description) values
('due_task_reminders', interval '1 minute', 'Sends the reminders of tasks that are due');
insert into wedsync_internal.error_rules (name, meaning) values
('low_normal_or_high', 'Must be low, normal or high.'),
('one_assignee', 'A task has one assignee: a user, a supplier or a helper.'),
('language_tag', 'Must be a language tag, such as en or pt-BR.');
