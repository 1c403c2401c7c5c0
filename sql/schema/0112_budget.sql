create table wedsync_data.budget_settings (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    version_number integer not null default 1,
    last_updated_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    approval_limit numeric(14, 2),
    constraint budget_settings_pkey primary key (couple_id, id),
    constraint budget_settings_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade
);
comment on table wedsync_data.budget_settings is 'How a wedding plans its budget, at most one row. Visible to the couple and to whom it grants the budget.';
comment on column wedsync_data.budget_settings.approval_limit is 'From this amount on, what others than partners plan needs a partner''s approval; null for no limit, 0 for every amount.';

create table wedsync_data.budget_lines (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    version_number integer not null default 1,
    last_updated_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    category text not null default 'other',
    title text not null,
    estimated numeric(14, 2),
    contracted numeric(14, 2),
    due_on date,
    payer text,
    vendor text,
    is_on_budget boolean not null default true,
    position integer not null default 0,
    notes text,
    constraint budget_lines_pkey primary key (couple_id, id),
    constraint budget_lines_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint budget_lines_category_known check (category in ('venue_catering', 'photo_video', 'flowers_decor', 'music', 'attire_beauty', 'stationery', 'cake', 'transport', 'rings', 'favours', 'officiant', 'planner', 'tips', 'contingency', 'other'))
);
comment on table wedsync_data.budget_lines is 'What the couple spends on. Never visible to suppliers.';
comment on column wedsync_data.budget_lines.category is 'One of: venue_catering, photo_video, flowers_decor, music, attire_beauty, stationery, cake, transport, rings, favours, officiant, planner, tips, contingency, other.';
comment on column wedsync_data.budget_lines.title is 'What it is for.';
comment on column wedsync_data.budget_lines.estimated is 'Expected amount.';
comment on column wedsync_data.budget_lines.contracted is 'Agreed amount.';
comment on column wedsync_data.budget_lines.due_on is 'When the last part is due.';
comment on column wedsync_data.budget_lines.payer is 'Who pays.';
comment on column wedsync_data.budget_lines.vendor is 'Whom it is paid to.';
comment on column wedsync_data.budget_lines.is_on_budget is 'Whether it counts towards the budget; false for what others pay.';
comment on column wedsync_data.budget_lines.position is 'Order among the lines.';
comment on column wedsync_data.budget_lines.notes is 'Notes.';

create table wedsync_data.budget_payments (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    version_number integer not null default 1,
    last_updated_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    line_id uuid not null,
    amount numeric(14, 2) not null,
    due_on date,
    paid_on date,
    payer text,
    method text,
    reference text,
    notes text,
    constraint budget_payments_pkey primary key (couple_id, id),
    constraint budget_payments_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint budget_payments_line_fkey foreign key (couple_id, line_id) references wedsync_data.budget_lines (couple_id, id) on delete cascade,
    constraint budget_payments_reference_key unique (couple_id, line_id, reference)
);
comment on table wedsync_data.budget_payments is 'Payments of budget lines. Never visible to suppliers.';
comment on column wedsync_data.budget_payments.line_id is 'The budget line.';
comment on column wedsync_data.budget_payments.amount is 'Amount; negative for a refund.';
comment on column wedsync_data.budget_payments.due_on is 'When it is due.';
comment on column wedsync_data.budget_payments.paid_on is 'When it was paid; null while it is not.';
comment on column wedsync_data.budget_payments.payer is 'Who pays.';
comment on column wedsync_data.budget_payments.method is 'How, such as transfer or card.';
comment on column wedsync_data.budget_payments.reference is 'Reference of the payment; unique within a line.';
comment on column wedsync_data.budget_payments.notes is 'Notes.';

create table wedsync_data.budget_contributions (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    version_number integer not null default 1,
    last_updated_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    contributor text not null,
    amount numeric(14, 2) not null,
    line_id uuid,
    pledged_on date,
    received_on date,
    notes text,
    constraint budget_contributions_pkey primary key (couple_id, id),
    constraint budget_contributions_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint budget_contributions_line_fkey foreign key (couple_id, line_id) references wedsync_data.budget_lines (couple_id, id) on delete set null (line_id)
);
create index budget_contributions_by_line on wedsync_data.budget_contributions (couple_id, line_id);
comment on table wedsync_data.budget_contributions is 'What family and friends give towards the wedding, with a right of its own. Never visible to suppliers.';
comment on column wedsync_data.budget_contributions.contributor is 'Who gives.';
comment on column wedsync_data.budget_contributions.amount is 'Amount.';
comment on column wedsync_data.budget_contributions.line_id is 'What it is for; null for anything.';
comment on column wedsync_data.budget_contributions.pledged_on is 'When it was promised.';
comment on column wedsync_data.budget_contributions.received_on is 'When it came; null while it has not.';
comment on column wedsync_data.budget_contributions.notes is 'Notes.';

create table wedsync_data.budget_approvals (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    version_number integer not null default 1,
    last_updated_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    line_id uuid,
    category text,
    title text not null,
    estimated numeric(14, 2),
    contracted numeric(14, 2),
    estimated_before numeric(14, 2),
    contracted_before numeric(14, 2),
    reason text,
    status text not null default 'requested',
    requested_by uuid,
    decided_by uuid,
    decided_at timestamptz,
    comment text,
    constraint budget_approvals_pkey primary key (couple_id, id),
    constraint budget_approvals_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint budget_approvals_line_fkey foreign key (couple_id, line_id) references wedsync_data.budget_lines (couple_id, id) on delete set null (line_id),
    constraint budget_approvals_status_known check (status in ('requested', 'approved', 'rejected', 'withdrawn')),
    constraint budget_approvals_category_known check (category in ('venue_catering', 'photo_video', 'flowers_decor', 'music', 'attire_beauty', 'stationery', 'cake', 'transport', 'rings', 'favours', 'officiant', 'planner', 'tips', 'contingency', 'other'))
);
create index budget_approvals_by_line on wedsync_data.budget_approvals (couple_id, line_id);
comment on table wedsync_data.budget_approvals is 'Requested changes of the budget that need a partners approval. Never visible to suppliers.';
comment on column wedsync_data.budget_approvals.line_id is 'The budget line; null for a new one, and once the line is deleted.';
comment on column wedsync_data.budget_approvals.category is 'Requested category, for a new line.';
comment on column wedsync_data.budget_approvals.title is 'What it is for.';
comment on column wedsync_data.budget_approvals.estimated is 'Requested estimate.';
comment on column wedsync_data.budget_approvals.contracted is 'Requested agreed amount.';
comment on column wedsync_data.budget_approvals.estimated_before is 'Estimate when it was requested.';
comment on column wedsync_data.budget_approvals.contracted_before is 'Agreed amount when it was requested.';
comment on column wedsync_data.budget_approvals.reason is 'Why.';
comment on column wedsync_data.budget_approvals.status is 'requested, approved, rejected or withdrawn.';
comment on column wedsync_data.budget_approvals.requested_by is 'Who requested it.';
comment on column wedsync_data.budget_approvals.decided_by is 'Who decided.';
comment on column wedsync_data.budget_approvals.decided_at is 'When.';
comment on column wedsync_data.budget_approvals.comment is 'What the partner said.';

insert into wedsync_data.rights (right_no, name) values
(65, 'budget.lines'),
(66, 'budget.payments'),
(67, 'budget.contributions');

insert into wedsync_data.record_catalog (record_name, shape, position, path, event_type, is_audited, purge_keys, write_endpoint, max_rows, description) values
('budget_settings', 'rows', 120, 'budget.settings', 'budget_change', true, '{id,couple_id}', 'budget-write', 1, 'Settings of the budget, at most one row of a wedding.'),
('budget_lines', 'rows', 121, 'budget.lines', 'budget_change', true, '{id,couple_id}', 'budget-write', 2000, 'What the couple spends on, by category.'),
('budget_payments', 'rows', 122, 'budget.payments', 'budget_change', true, '{id,couple_id}', 'budget-write', 10000, 'Payments of budget lines, planned and done.'),
('budget_contributions', 'rows', 123, 'budget.contributions', 'budget_change', true, '{id,couple_id}', 'budget-write', 1000, 'What others give towards the wedding.'),
('budget_approvals', 'rows', 124, 'budget.approvals', 'budget_change', true, '{id,couple_id}', 'budget-write', 5000, 'Requested changes of the budget
Written by request_budget_approval, decide_budget_approval and withdraw_budget_approval.');

insert into wedsync_data.field_catalog (
    table_name, right_no, path, column_name, data_type, max_length, min_value, max_value, allowed_values,
    field_group, access_level, sensitivity_class, is_writable, personal_data, description
) values
('budget_settings', 65, 'budget.settings.approvalLimit', 'approval_limit', 'money', null, 0, 999999999999, null, 'budget', null, 'budget', true, 'none', 'Budget: amount from which on a partner has to approve'),
('budget_lines', 65, 'budget.lines.category', 'category', 'text', 30, null, null, '{venue_catering,photo_video,flowers_decor,music,attire_beauty,stationery,cake,transport,rings,favours,officiant,planner,tips,contingency,other}', 'budget', null, 'budget', true, 'none', 'Budget line: category'),
('budget_lines', 65, 'budget.lines.title', 'title', 'text', 200, null, null, null, 'budget', null, 'budget', true, 'free_text', 'Budget line: what it is for'),
('budget_lines', 65, 'budget.lines.estimated', 'estimated', 'money', null, 0, 999999999999, null, 'budget', null, 'budget', true, 'money', 'Budget line: expected amount'),
('budget_lines', 65, 'budget.lines.contracted', 'contracted', 'money', null, 0, 999999999999, null, 'budget', null, 'budget', true, 'money', 'Budget line: agreed amount'),
('budget_lines', 65, 'budget.lines.dueOn', 'due_on', 'date', null, null, null, null, 'budget', null, 'budget', true, 'none', 'Budget line: when the last part is due'),
('budget_lines', 65, 'budget.lines.payer', 'payer', 'text', 200, null, null, null, 'budget', null, 'budget', true, 'name', 'Budget line: who pays'),
('budget_lines', 65, 'budget.lines.vendor', 'vendor', 'text', 200, null, null, null, 'budget', null, 'budget', true, 'name', 'Budget line: whom it is paid to'),
('budget_lines', 65, 'budget.lines.isOnBudget', 'is_on_budget', 'boolean', null, null, null, null, 'budget', null, 'budget', true, 'none', 'Budget line: whether it counts towards the budget'),
('budget_lines', 65, 'budget.lines.position', 'position', 'integer', null, -1000000, 1000000, null, 'budget', null, 'budget', true, 'none', 'Budget line: order'),
('budget_lines', 65, 'budget.lines.notes', 'notes', 'text', 5000, null, null, null, 'budget', null, 'budget', true, 'free_text', 'Budget line: notes'),
('budget_payments', 66, 'budget.payments.lineId', 'line_id', 'uuid', null, null, null, null, 'budget', null, 'budget', true, 'none', 'Payment: budget line'),
('budget_payments', 66, 'budget.payments.amount', 'amount', 'money', null, -999999999999, 999999999999, null, 'budget', null, 'budget', true, 'money', 'Payment: amount, negative for a refund'),
('budget_payments', 66, 'budget.payments.dueOn', 'due_on', 'date', null, null, null, null, 'budget', null, 'budget', true, 'none', 'Payment: when it is due'),
('budget_payments', 66, 'budget.payments.paidOn', 'paid_on', 'date', null, null, null, null, 'budget', null, 'budget', true, 'none', 'Payment: when it was paid'),
('budget_payments', 66, 'budget.payments.payer', 'payer', 'text', 200, null, null, null, 'budget', null, 'budget', true, 'name', 'Payment: who pays'),
('budget_payments', 66, 'budget.payments.method', 'method', 'text', 50, null, null, null, 'budget', null, 'budget', true, 'none', 'Payment: how'),
('budget_payments', 66, 'budget.payments.reference', 'reference', 'text', 100, null, null, null, 'budget', null, 'budget', true, 'free_text', 'Payment: reference'),
('budget_payments', 66, 'budget.payments.notes', 'notes', 'text', 2000, null, null, null, 'budget', null, 'budget', true, 'free_text', 'Payment: notes'),
('budget_contributions', 67, 'budget.contributions.contributor', 'contributor', 'text', 200, null, null, null, 'budget', null, 'budget', true, 'name', 'Contribution: who gives'),
('budget_contributions', 67, 'budget.contributions.amount', 'amount', 'money', null, 0, 999999999999, null, 'budget', null, 'budget', true, 'money', 'Contribution: amount'),
('budget_contributions', 67, 'budget.contributions.lineId', 'line_id', 'uuid', null, null, null, null, 'budget', null, 'budget', true, 'none', 'Contribution: what it is for'),
('budget_contributions', 67, 'budget.contributions.pledgedOn', 'pledged_on', 'date', null, null, null, null, 'budget', null, 'budget', true, 'none', 'Contribution: when it was promised'),
('budget_contributions', 67, 'budget.contributions.receivedOn', 'received_on', 'date', null, null, null, null, 'budget', null, 'budget', true, 'none', 'Contribution: when it came'),
('budget_contributions', 67, 'budget.contributions.notes', 'notes', 'text', 2000, null, null, null, 'budget', null, 'budget', true, 'free_text', 'Contribution: notes'),
('budget_approvals', 65, 'budget.approvals.lineId', 'line_id', 'uuid', null, null, null, null, 'budget', null, 'budget', false, 'none', 'Approval: budget line'),
('budget_approvals', 65, 'budget.approvals.category', 'category', 'text', 30, null, null, '{venue_catering,photo_video,flowers_decor,music,attire_beauty,stationery,cake,transport,rings,favours,officiant,planner,tips,contingency,other}', 'budget', null, 'budget', false, 'none', 'Approval: category of a new line'),
('budget_approvals', 65, 'budget.approvals.title', 'title', 'text', 200, null, null, null, 'budget', null, 'budget', false, 'free_text', 'Approval: what it is for'),
('budget_approvals', 65, 'budget.approvals.estimated', 'estimated', 'money', null, 0, 999999999999, null, 'budget', null, 'budget', false, 'money', 'Approval: requested estimate'),
('budget_approvals', 65, 'budget.approvals.contracted', 'contracted', 'money', null, 0, 999999999999, null, 'budget', null, 'budget', false, 'money', 'Approval: requested agreed amount'),
('budget_approvals', 65, 'budget.approvals.estimatedBefore', 'estimated_before', 'money', null, null, null, null, 'budget', null, 'budget', false, 'money', 'Approval: estimate before'),
('budget_approvals', 65, 'budget.approvals.contractedBefore', 'contracted_before', 'money', null, null, null, null, 'budget', null, 'budget', false, 'money', 'Approval: agreed amount before'),
('budget_approvals', 65, 'budget.approvals.reason', 'reason', 'text', 2000, null, null, null, 'budget', null, 'budget', true, 'free_text', 'Approval: why'),
('budget_approvals', 65, 'budget.approvals.status', 'status', 'text', 10, null, null, '{requested,approved,rejected,withdrawn}', 'budget', null, 'budget', false, 'none', 'Approval: requested, approved, rejected or withdrawn'),
('budget_approvals', 65, 'budget.approvals.requestedBy', 'requested_by', 'uuid', null, null, null, null, 'budget', null, 'budget', false, 'none', 'Approval: who requested it'),
('budget_approvals', 65, 'budget.approvals.decidedBy', 'decided_by', 'uuid', null, null, null, null, 'budget', null, 'budget', false, 'none', 'Approval: who decided'),
('budget_approvals', 65, 'budget.approvals.decidedAt', 'decided_at', 'timestamp', null, null, null, null, 'budget', null, 'budget', false, 'none', 'Approval: when'),
('budget_approvals', 65, 'budget.approvals.comment', 'comment', 'text', 2000, null, null, null, 'budget', null, 'budget', false, 'free_text', 'Approval: what the partner said');

insert into wedsync_data.rate_limits (endpoint, max_requests, per_seconds, description) values
('budget-write', 120, 60, 'Changing the budget and its approvals'),
('budget-summary', 60, 60, 'Summaries of the budget');

insert into wedsync_internal.error_rules (name, meaning) values
('approval_needed', 'This amount needs a partner''s approval. Call request_budget_approval.'),
('partners_only', 'Only a partner of the wedding can set this.');
