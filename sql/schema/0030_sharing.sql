create table wedsync_data.connections (
    couple_id uuid not null,
    supplier_id uuid not null,
    auto_sync_enabled boolean not null default true,
    notification_preferences jsonb not null default '{"updates": true, "changes": true}',
    requested_by uuid,
    requested_at timestamptz not null default now(),
    request_message text,
    approved_by uuid,
    approved_at timestamptz,
    closed_by uuid,
    closed_at timestamptz,
    closed_reason text,
    refused_at timestamptz,
    last_accessed_at timestamptz,
    request_version integer not null default 0,
    shares_automatically boolean not null default false,
    constraint connections_pkey primary key (couple_id, supplier_id),
    constraint connections_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint connections_supplier_fkey foreign key (supplier_id) references wedsync_data.suppliers (id) on delete cascade,
    constraint connections_notification_keys check (
        jsonb_typeof(notification_preferences) = 'object' and notification_preferences - '{updates,changes}'::text[] = '{}'
    ),
    constraint connections_message_length check (length(request_message) <= 1000),
    constraint connections_reason_length check (length(closed_reason) <= 1000)
) with (fillfactor = 80);
create index connections_by_supplier on wedsync_data.connections (supplier_id, couple_id);
comment on table wedsync_data.connections is 'Settings of each pair of a couple and a supplier. The supplier''s rights, and the state of its access, are in grants.';
comment on column wedsync_data.connections.couple_id is 'The wedding.';
comment on column wedsync_data.connections.supplier_id is 'The supplier.';
comment on column wedsync_data.connections.auto_sync_enabled is 'Whether changes are announced to the supplier as they happen.';
comment on column wedsync_data.connections.notification_preferences is 'Object of booleans: updates, changes.';
comment on column wedsync_data.connections.requested_by is 'Who first requested access: a member of the supplier or of the wedding.';
comment on column wedsync_data.connections.requested_at is 'When access was last requested.';
comment on column wedsync_data.connections.request_message is 'The supplier''s message to the couple.';
comment on column wedsync_data.connections.approved_by is 'Who last approved; null if approved by preferences.';
comment on column wedsync_data.connections.approved_at is 'When access was last approved.';
comment on column wedsync_data.connections.closed_by is 'Who last rejected or revoked.';
comment on column wedsync_data.connections.closed_at is 'When.';
comment on column wedsync_data.connections.closed_reason is 'Reason given by the couple.';
comment on column wedsync_data.connections.refused_at is 'When access was last rejected or revoked, in whole or in part. Kept when access is granted again, so that earlier invitations do not restore the rest.';
comment on column wedsync_data.connections.last_accessed_at is 'Last read by the supplier, to the minute.';
comment on column wedsync_data.connections.request_version is 'Incremented whenever the supplier requests more; an approval of the whole request names it.';
comment on column wedsync_data.connections.shares_automatically is 'Whether the couple''s preference auto_share_basic applies: true once the supplier has accepted an invitation, false after any rejection or revocation.';

create table wedsync_data.unanswered_requests (
    supplier_id uuid not null,
    couple_id uuid not null,
    readable_fields text[] not null,
    writable_fields text[] not null default '{}',
    request_version integer not null default 1,
    requested_at timestamptz not null default now(),
    constraint unanswered_requests_pkey primary key (couple_id, supplier_id),
    constraint unanswered_requests_supplier_fkey foreign key (supplier_id) references wedsync_data.suppliers (id) on delete cascade
);
create index unanswered_requests_by_supplier on wedsync_data.unanswered_requests (supplier_id, couple_id);
comment on table wedsync_data.unanswered_requests is 'Requests for weddings that do not exist or were deleted. Suppliers see them as pending, like any other, so that requests do not reveal which ids are weddings.';
comment on column wedsync_data.unanswered_requests.supplier_id is 'The requesting supplier.';
comment on column wedsync_data.unanswered_requests.couple_id is 'The requested id, which no wedding has.';
comment on column wedsync_data.unanswered_requests.readable_fields is 'Requested names.';
comment on column wedsync_data.unanswered_requests.writable_fields is 'Names requested for writing, a subset of readable_fields.';
comment on column wedsync_data.unanswered_requests.request_version is 'As in connections.';
comment on column wedsync_data.unanswered_requests.requested_at is 'When last requested.';

create table wedsync_data.grants (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    grantee_kind text not null,
    grantee_id uuid not null,
    field_name text not null,
    can_read boolean not null,
    can_write boolean not null,
    state text not null default 'pending',
    valid_from timestamptz not null default now(),
    valid_until timestamptz not null default 'infinity',
    readable bit(128) not null,
    writable bit(128) not null,
    decided_by uuid,
    decided_at timestamptz,
    created_at timestamptz not null default clock_timestamp(),
    constraint grants_pkey primary key (couple_id, id),
    constraint grants_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint grants_grantee_kind_known check (grantee_kind in ('supplier', 'member')),
    constraint grants_state_known check (state in ('pending', 'approved', 'rejected', 'revoked')),
    constraint grants_write_includes_read check (can_read or not can_write),
    constraint grants_period check (valid_until > valid_from)
);
create unique index grants_one_open on wedsync_data.grants (couple_id, grantee_id, field_name, state) where state in ('pending', 'approved');
create index grants_by_grantee on wedsync_data.grants (grantee_id, couple_id) where state = 'approved';
create index grants_waiting_by_grantee on wedsync_data.grants (grantee_id, couple_id) where state = 'pending';
comment on table wedsync_data.grants is 'What suppliers, and members beyond their role''s defaults, may read and write: the only source of their rights. One row per requested name.';
comment on column wedsync_data.grants.couple_id is 'The wedding.';
comment on column wedsync_data.grants.id is 'Grant id.';
comment on column wedsync_data.grants.grantee_kind is 'supplier or member.';
comment on column wedsync_data.grants.grantee_id is 'Supplier id or user id.';
comment on column wedsync_data.grants.field_name is 'Field name, group, level or path, as granted.';
comment on column wedsync_data.grants.can_read is 'Whether reading is granted.';
comment on column wedsync_data.grants.can_write is 'Whether writing is granted, which implies reading.';
comment on column wedsync_data.grants.state is 'pending, approved, rejected or revoked.';
comment on column wedsync_data.grants.valid_from is 'Not valid before.';
comment on column wedsync_data.grants.valid_until is 'Not valid from this moment on.';
comment on column wedsync_data.grants.readable is 'Mask of fields readable through this row, without denied classes; computed by trigger.';
comment on column wedsync_data.grants.writable is 'Mask of fields writable through this row; computed by trigger.';
comment on column wedsync_data.grants.decided_by is 'Who approved, rejected or revoked; null if approved by preferences.';
comment on column wedsync_data.grants.decided_at is 'When.';
comment on column wedsync_data.grants.created_at is 'When requested or granted; also orders the grants of one transaction.';

create table wedsync_data.record_lists (
    couple_id uuid not null,
    key_moments jsonb not null default '[]',
    wedding_party jsonb not null default '[]',
    family_vips jsonb not null default '[]',
    connected_vendors jsonb not null default '[]',
    field_permissions jsonb not null default '{}',
    vendors_until timestamptz not null default 'infinity',
    lists_changed_at timestamptz not null default '-infinity',
    lists_changed_by uuid,
    constraint record_lists_pkey primary key (couple_id),
    constraint record_lists_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade
) with (fillfactor = 70, toast_tuple_target = 8160);
comment on table wedsync_data.record_lists is 'The lists of a wedding''s record in the form in which they are read, so that reading a record needs no aggregation. Derived by trigger from the list tables and the grants; do not edit.';
comment on column wedsync_data.record_lists.couple_id is 'The wedding.';
comment on column wedsync_data.record_lists.key_moments is 'Array of objects, in order, with all keys.';
comment on column wedsync_data.record_lists.wedding_party is 'Array of objects, in order, with all keys.';
comment on column wedsync_data.record_lists.family_vips is 'Array of objects, in order, with all keys.';
comment on column wedsync_data.record_lists.connected_vendors is 'Suppliers with access in force.';
comment on column wedsync_data.record_lists.field_permissions is 'Supplier id to granted field names.';
comment on column wedsync_data.record_lists.lists_changed_at is 'When an element of a list last changed.';
comment on column wedsync_data.record_lists.lists_changed_by is 'User who made that change; null for the system.';
comment on column wedsync_data.record_lists.vendors_until is 'When a grant next becomes valid or expires: from then on the suppliers stored here are out of date.';
