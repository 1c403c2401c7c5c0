create or replace view wedsync.api_keys
with (security_barrier = true, security_invoker = false) as
select k.id, k.name, k.created_at, k.valid_until, k.revoked_at, k.last_used_on
from wedsync_data.api_keys as k
where k.user_id = (select wedsync_internal.current_user_id());
comment on view wedsync.api_keys is 'The caller''s API keys, without the keys themselves.';
comment on column wedsync.api_keys.id is 'Key id.';
comment on column wedsync.api_keys.name is 'Name given.';
comment on column wedsync.api_keys.created_at is 'When created.';
comment on column wedsync.api_keys.valid_until is 'Not valid from this moment on.';
comment on column wedsync.api_keys.revoked_at is 'When revoked.';
comment on column wedsync.api_keys.last_used_on is 'Day of the last use in a request that may write.';
revoke all on wedsync.api_keys from public;
grant select on wedsync.api_keys to authenticated;
