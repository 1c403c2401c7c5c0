create table wedsync_data.wedding_day_overrides (
    couple_id uuid not null,
    operation text not null,
    reason text not null,
    allowed_by uuid,
    allowed_at timestamptz not null default now(),
    valid_until timestamptz not null,
    constraint wedding_day_overrides_pkey primary key (couple_id, operation),
    constraint wedding_day_overrides_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint wedding_day_overrides_operation_known check (operation in ('bulk_replace', 'permission_reset')),
    constraint wedding_day_overrides_reason_length check (length(reason) between 1 and 1000 and reason ~ '\S'),
    constraint wedding_day_overrides_period check (valid_until > allowed_at and valid_until <= allowed_at + interval '1 day')
);
comment on table wedsync_data.wedding_day_overrides is 'Operations that a wedding has allowed although it is a wedding day, for a limited time. allow_on_wedding_day() writes it and audits it.';
comment on column wedsync_data.wedding_day_overrides.couple_id is 'The wedding.';
comment on column wedsync_data.wedding_day_overrides.operation is 'bulk_replace or permission_reset.';
comment on column wedsync_data.wedding_day_overrides.reason is 'Why, 1 to 1000 characters.';
comment on column wedsync_data.wedding_day_overrides.allowed_by is 'Who allowed it; null for a server.';
comment on column wedsync_data.wedding_day_overrides.allowed_at is 'When.';
comment on column wedsync_data.wedding_day_overrides.valid_until is 'Not valid from this moment on; at most a day later.';
