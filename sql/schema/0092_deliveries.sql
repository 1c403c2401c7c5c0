create table wedsync_data.deliveries (
    id uuid not null default gen_random_uuid(),
    couple_id uuid,
    notification_id uuid,
    channel text not null,
    kind text not null,
    supplier_id uuid,
    user_id uuid,
    contact_id uuid,
    target_id uuid,
    needs bit(128) not null default repeat('0', 128)::bit(128),
    data jsonb,
    priority text not null default 'normal',
    rank smallint not null,
    state text not null default 'waiting',
    due_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz not null,
    attempts smallint not null default 0,
    leased_by uuid,
    lease_until timestamptz,
    last_error text,
    created_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    constraint deliveries_pkey primary key (id),
    constraint deliveries_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint deliveries_channel_known check (channel in ('email', 'sms', 'push', 'webhook', 'log')),
    constraint deliveries_priority_known check (priority in ('low', 'normal', 'high')),
    constraint deliveries_rank_range check (rank between 0 and 5),
    constraint deliveries_state_known check (state in ('waiting', 'sending', 'delivered', 'dead', 'expired', 'cancelled')),
    constraint deliveries_lease_given check ((lease_until is not null) = (state = 'sending') and (leased_by is not null) = (state = 'sending')),
    constraint deliveries_finish_given check ((finished_at is null) = (state in ('waiting', 'sending'))),
    constraint deliveries_error_length check (length(last_error) <= 500)
) with (fillfactor = 70);
create index deliveries_due on wedsync_data.deliveries (channel, rank, due_at) where state = 'waiting';
create index deliveries_leased on wedsync_data.deliveries (lease_until) where state = 'sending';
create unique index deliveries_once on wedsync_data.deliveries (target_id, notification_id) where target_id is not null;
create index deliveries_by_couple on wedsync_data.deliveries (couple_id);
-- rows are written in this order, so that a small index is enough to find old ones
create index deliveries_by_age on wedsync_data.deliveries using brin (created_at);
comment on table wedsync_data.deliveries is 'Queue of what is sent outside the application. Claimed by workers, by wedding day, priority and time.';
comment on column wedsync_data.deliveries.id is 'Delivery id; the idempotency key at the receiver, the same for every attempt.';
comment on column wedsync_data.deliveries.couple_id is 'The wedding; null for notifications of the operator.';
comment on column wedsync_data.deliveries.notification_id is 'The notification; null for notifications of the operator, and for codes.';
comment on column wedsync_data.deliveries.channel is 'Channel.';
comment on column wedsync_data.deliveries.kind is 'Kind of the notification.';
comment on column wedsync_data.deliveries.supplier_id is 'The recipient, if it is a supplier.';
comment on column wedsync_data.deliveries.user_id is 'The recipient, if it is a user.';
comment on column wedsync_data.deliveries.contact_id is 'The recipient, if it is a helper without a login.';
comment on column wedsync_data.deliveries.target_id is 'Device or endpoint, if the channel has these.';
comment on column wedsync_data.deliveries.needs is 'Rights that the recipient must still have when it is sent.';
comment on column wedsync_data.deliveries.data is 'Values of the texts where there is no notification; deleted with the end of the delivery.';
comment on column wedsync_data.deliveries.priority is 'low, normal or high.';
comment on column wedsync_data.deliveries.rank is 'Order of sending: 0 to 2 on wedding days, 3 to 5 on others, by priority.';
comment on column wedsync_data.deliveries.state is 'waiting; sending, with a lease; delivered; dead, after too many failures; expired; cancelled, if the recipient may not or cannot receive it.';
comment on column wedsync_data.deliveries.due_at is 'Not sent before.';
comment on column wedsync_data.deliveries.expires_at is 'Given up then.';
comment on column wedsync_data.deliveries.attempts is 'Attempts begun.';
comment on column wedsync_data.deliveries.leased_by is 'Worker that is sending it.';
comment on column wedsync_data.deliveries.lease_until is 'Then another worker may send it.';
comment on column wedsync_data.deliveries.last_error is 'Reason of the last failure: a word of the worker, never an answer of the other side.';
comment on column wedsync_data.deliveries.created_at is 'When written.';
comment on column wedsync_data.deliveries.finished_at is 'When it reached its final state.';

insert into wedsync_data.settings (name, value, description) values
('helper_messages_per_day', '200', 'Most e-mails and texts that a wedding can send to helpers without a login in 24 hours; their addresses are not verified'),
('delivery_lease_seconds', '60', 'Seconds after which the deliveries of a worker that has died are sent by another one'),
('deliveries_kept_days', '30', 'Days for which finished deliveries are kept');
