create table wedsync_data.audit_log (
    couple_id uuid not null,
    chain_no bigint not null,
    id bigint not null,
    table_name text not null,
    change_type text not null,
    right_no smallint,
    path text not null,
    element_id uuid,
    old_value jsonb,
    new_value jsonb,
    actor_id uuid,
    actor_type text not null,
    supplier_id uuid,
    reason text,
    ip_address inet,
    user_agent text,
    version_before integer not null,
    version_after integer not null,
    changed_at timestamptz not null,
    salt uuid,
    digest bytea not null,
    chain_hash bytea not null,
    constraint audit_log_pkey primary key (couple_id, chain_no, id, changed_at)
) partition by range (changed_at);
create index audit_log_by_element on wedsync_data.audit_log (couple_id, element_id) where element_id is not null;
comment on table wedsync_data.audit_log is 'One row per changed field, append-only, hash-chained per wedding and per supplier. Monthly partitions. Every column is covered by the chain; salt and the columns that its digest covers may be erased, with a record of the erasure in the chain.';
comment on column wedsync_data.audit_log.couple_id is 'The wedding, or the supplier for changes of the supplier itself. No foreign key: the trail outlives the record.';
comment on column wedsync_data.audit_log.chain_no is 'Link of the wedding''s chain, in commit order; the rows of one change share it.';
comment on column wedsync_data.audit_log.id is 'Audit id, unique in its chain: chain_no * 1000000 plus the position of the row in its link, which starts at an arbitrary number.';
comment on column wedsync_data.audit_log.table_name is 'Table that changed.';
comment on column wedsync_data.audit_log.change_type is 'create, update, delete or truncate; rekey: the order key of an element changed without changing the order; erase: the rows named in new_value were redacted.';
comment on column wedsync_data.audit_log.right_no is 'Right of the changed field, which determines who can see the row; null for changes of access, membership and settings.';
comment on column wedsync_data.audit_log.path is 'Path of the field, with the element id for list elements.';
comment on column wedsync_data.audit_log.element_id is 'List element.';
comment on column wedsync_data.audit_log.old_value is 'Value before.';
comment on column wedsync_data.audit_log.new_value is 'Value after.';
comment on column wedsync_data.audit_log.actor_id is 'The sub claim; null for the system.';
comment on column wedsync_data.audit_log.actor_type is 'In what capacity the actor acted.';
comment on column wedsync_data.audit_log.supplier_id is 'Supplier for which the actor acted.';
comment on column wedsync_data.audit_log.reason is 'Reason given with the change.';
comment on column wedsync_data.audit_log.ip_address is 'Client address from the gateway''s headers, else the connection''s.';
comment on column wedsync_data.audit_log.user_agent is 'User agent, at most 512 characters.';
comment on column wedsync_data.audit_log.version_before is 'Version of the record before the change.';
comment on column wedsync_data.audit_log.version_after is 'Version after; the same for changes of access and membership.';
comment on column wedsync_data.audit_log.changed_at is 'Strictly increasing within a wedding.';
comment on column wedsync_data.audit_log.salt is 'Protects the digest against guessing; removed with the values on erasure.';
comment on column wedsync_data.audit_log.digest is 'SHA-256 of salt, values, reason, address and agent. Survives erasure, so that the chain can still be verified.';
comment on column wedsync_data.audit_log.chain_hash is 'SHA-256 of the previous link and this one.';

create table wedsync_data.audit_anchors (
    couple_id uuid not null,
    chain_no bigint not null,
    chain_hash bytea not null,
    recorded_at timestamptz not null default now(),
    constraint audit_anchors_pkey primary key (couple_id, chain_no)
);
comment on table wedsync_data.audit_anchors is 'Recorded ends of audit chains. A chain that ends before its last anchor was truncated. Copy anchors outside the database to protect against its owner.';
comment on column wedsync_data.audit_anchors.couple_id is 'The wedding.';
comment on column wedsync_data.audit_anchors.chain_no is 'Link.';
comment on column wedsync_data.audit_anchors.chain_hash is 'Its hash.';
comment on column wedsync_data.audit_anchors.recorded_at is 'When recorded.';

create table wedsync_data.access_log (
    couple_id uuid not null,
    id bigint generated always as identity,
    accessed_at timestamptz not null default clock_timestamp(),
    supplier_id uuid not null,
    user_id uuid not null,
    action text not null,
    readable bit(128) not null,
    ip_address inet,
    user_agent text,
    constraint access_log_pkey primary key (couple_id, id, accessed_at)
) partition by range (accessed_at);
comment on table wedsync_data.access_log is 'Every read of a wedding by a supplier through a read function. Monthly partitions.';
comment on column wedsync_data.access_log.id is 'Order of writing.';
comment on column wedsync_data.access_log.accessed_at is 'When.';
comment on column wedsync_data.access_log.couple_id is 'Whose data.';
comment on column wedsync_data.access_log.supplier_id is 'For which supplier.';
comment on column wedsync_data.access_log.user_id is 'Who.';
comment on column wedsync_data.access_log.action is 'Function used.';
comment on column wedsync_data.access_log.readable is 'Mask of fields that could be read.';
comment on column wedsync_data.access_log.ip_address is 'Client address.';
comment on column wedsync_data.access_log.user_agent is 'User agent.';

create unlogged table wedsync_data.unlogged_reads (
    transaction_id xid8 not null default pg_current_xact_id(),
    constraint unlogged_reads_pkey primary key (transaction_id)
);
comment on table wedsync_data.unlogged_reads is
'Running transactions with reads that are logged when they commit; no other transaction ever sees a row here.';
comment on column wedsync_data.unlogged_reads.transaction_id is 'The transaction.';
