create or replace function wedsync_internal.is_https_address(url text)
returns boolean
language sql
immutable
parallel safe
return url ~ '^https://([A-Za-z0-9-]+\.)*[A-Za-z0-9-]+(:[0-9]{1,5})?([/?][A-Za-z0-9._~:/?@!$&''()*+,;=%-]*)?$';
comment on function wedsync_internal.is_https_address(text) is 'Whether a text is an https address without user name, password and fragment. Nothing is fetched from it.';
revoke all on function wedsync_internal.is_https_address(text) from public;
