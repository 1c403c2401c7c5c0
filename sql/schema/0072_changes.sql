create type wedsync_internal.field_change as (
    table_name text,
    change_type text,
    right_no smallint,
    path text,
    element_id uuid,
    old_value jsonb,
    new_value jsonb
);
comment on type wedsync_internal.field_change is 'A changed field, as an argument of append_change; it becomes a row of audit_log.';
comment on column wedsync_internal.field_change.table_name is 'Table that changed.';
comment on column wedsync_internal.field_change.change_type is 'As in audit_log.';
comment on column wedsync_internal.field_change.right_no is 'Right that determines who can see the change; null for changes of access, membership and settings.';
comment on column wedsync_internal.field_change.path is 'Path of the field, with the row''s id if a wedding has several rows.';
comment on column wedsync_internal.field_change.element_id is 'Id of that row.';
comment on column wedsync_internal.field_change.old_value is 'Value before.';
comment on column wedsync_internal.field_change.new_value is 'Value after.';

create type wedsync_internal.change_event as (
    table_name text,
    op text,
    event_type text,
    topic text,
    right_nos smallint[],
    paths text[],
    changes jsonb,
    record jsonb,
    old_record jsonb,
    supplier_id uuid,
    recipients uuid[]
);
comment on type wedsync_internal.change_event is 'An event, as an argument of append_change; it becomes a row of events.';
comment on column wedsync_internal.change_event.table_name is 'Table that changed.';
comment on column wedsync_internal.change_event.op is 'INSERT, UPDATE, DELETE or TRUNCATE.';
comment on column wedsync_internal.change_event.event_type is 'Name of the event.';
comment on column wedsync_internal.change_event.topic is 'Channel without prefix; null for the channel of the wedding.';
comment on column wedsync_internal.change_event.right_nos is 'Rights of the changed fields; null to take rights, paths and values from the accompanying changes.';
comment on column wedsync_internal.change_event.paths is 'Paths of the changed fields.';
comment on column wedsync_internal.change_event.changes is 'Paths and new values.';
comment on column wedsync_internal.change_event.record is 'Row after the change; before it for DELETE.';
comment on column wedsync_internal.change_event.old_record is 'Old values of the changed columns.';
comment on column wedsync_internal.change_event.supplier_id is 'Supplier whose record changed; null for the one for which the actor acted.';
comment on column wedsync_internal.change_event.recipients is 'As in events: the recipients if rights can no longer be looked up.';

create type wedsync_internal.row_events as (
    table_name text,
    op text,
    event_type text,
    topic text,
    right_nos smallint[],
    path_prefix text,
    paths text[]
);
comment on type wedsync_internal.row_events is 'What the events of rows of a record that a statement creates or deletes have in common, as an argument of append_change; each row becomes a row of events.';
comment on column wedsync_internal.row_events.table_name is 'Record.';
comment on column wedsync_internal.row_events.op is 'INSERT or DELETE.';
comment on column wedsync_internal.row_events.event_type is 'Name of the events.';
comment on column wedsync_internal.row_events.topic is 'Channel without prefix; null for the channel of the wedding.';
comment on column wedsync_internal.row_events.right_nos is 'Rights of the fields.';
comment on column wedsync_internal.row_events.path_prefix is 'Path of the record with a slash; the id of the row follows.';
comment on column wedsync_internal.row_events.paths is 'Columns of the fields.';

create type wedsync_internal.planned_field as (
    name text,
    field wedsync_data.field_catalog,
    element_id uuid,
    value jsonb,
    rule text
);
comment on type wedsync_internal.planned_field is 'One value of a patch, taken apart by apply_patch.';
comment on column wedsync_internal.planned_field.name is 'As the caller wrote it.';
comment on column wedsync_internal.planned_field.field is 'The field that it names.';
comment on column wedsync_internal.planned_field.element_id is 'Element of a list.';
comment on column wedsync_internal.planned_field.value is 'Value given; the path of the list where an element is named and nothing else.';
comment on column wedsync_internal.planned_field.rule is 'Why it could not be placed; null where it could.';

create unlogged table wedsync_data.unappended_rows (
    transaction_id xid8 not null default pg_current_xact_id(),
    record_name text not null,
    couple_id uuid not null,
    id uuid not null,
    before text,
    constraint unappended_rows_pkey primary key (transaction_id, record_name, couple_id, id)
);
comment on table wedsync_data.unappended_rows is
'Rows that a running statement on a view of rows has written; they are appended as one change when it ends, so that no other transaction ever sees a row here.';
comment on column wedsync_data.unappended_rows.transaction_id is 'The transaction.';
comment on column wedsync_data.unappended_rows.record_name is 'Record.';
comment on column wedsync_data.unappended_rows.couple_id is 'Wedding of the row.';
comment on column wedsync_data.unappended_rows.id is 'Id of the row.';
comment on column wedsync_data.unappended_rows.before is 'The row as it was before the statement; null if the statement has inserted it.';
