create or replace function wedsync_internal.is_web_address(address text)
returns boolean
language sql
immutable
parallel safe
return address ~ '^https://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?([/?#][!#-;=?-\[\]_a-z~|]*)?$';
comment on function wedsync_internal.is_web_address(text) is
'Whether a text is an address that begins with https:// and can stand on a page: no sign-in data, no spaces, no quotation marks or angle brackets. Null for null.';
revoke all on function wedsync_internal.is_web_address(text) from public;
