alter table wedsync_internal.error_catalog force row level security;
drop policy if exists owner_all on wedsync_internal.error_catalog;
create policy owner_all on wedsync_internal.error_catalog to wedsync_owner using (true) with check (true);
comment on policy owner_all on wedsync_internal.error_catalog is 'The pack''s own functions.';
alter table wedsync_internal.error_rules force row level security;
drop policy if exists owner_all on wedsync_internal.error_rules;
create policy owner_all on wedsync_internal.error_rules to wedsync_owner using (true) with check (true);
comment on policy owner_all on wedsync_internal.error_rules is 'The pack''s own functions.';
