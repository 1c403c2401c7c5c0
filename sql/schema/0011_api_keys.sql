create table wedsync_data.api_keys (
    id uuid not null default gen_random_uuid(),
    user_id uuid not null,
    name text not null,
    key_hash bytea not null,
    created_at timestamptz not null default now(),
    valid_until timestamptz not null default 'infinity',
    revoked_at timestamptz,
    last_used_on date,
    constraint api_keys_pkey primary key (id),
    constraint api_keys_hash_key unique (key_hash),
    constraint api_keys_name_length check (length(name) between 1 and 100 and name ~ '\S')
);
create index api_keys_by_user on wedsync_data.api_keys (user_id);
comment on table wedsync_data.api_keys is 'Keys with which a server acts as one user through PostgREST (header x-api-key). Only hashes are stored.';
comment on column wedsync_data.api_keys.id is 'Key id.';
comment on column wedsync_data.api_keys.user_id is 'The user that the key acts as.';
comment on column wedsync_data.api_keys.name is 'Name, 1 to 100 characters.';
comment on column wedsync_data.api_keys.key_hash is 'SHA-256 of the key. The key has 244 random bits, so a plain hash is enough.';
comment on column wedsync_data.api_keys.created_at is 'When created.';
comment on column wedsync_data.api_keys.valid_until is 'Not valid from this moment on.';
comment on column wedsync_data.api_keys.revoked_at is 'When revoked.';
comment on column wedsync_data.api_keys.last_used_on is 'Day of the last use in a request that may write.';
