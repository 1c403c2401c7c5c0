create or replace function wedsync_internal.new_token(prefix text)
returns text
language sql
volatile
-- 244 random bits, so that a plain hash is enough to store it
return prefix || replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
comment on function wedsync_internal.new_token(text) is 'A random secret for a bearer, with a prefix that tells what it is for: 64 hexadecimal digits after it. Store its SHA-256 only.';
revoke all on function wedsync_internal.new_token(text) from public;
