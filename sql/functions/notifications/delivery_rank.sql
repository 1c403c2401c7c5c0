create or replace function wedsync_internal.delivery_rank(priority text, is_wedding_day boolean)
returns smallint
language sql
immutable
parallel safe
return (array_position('{high,normal,low}'::text[], priority) - 1 + case when is_wedding_day then 0 else 3 end)::smallint;
comment on function wedsync_internal.delivery_rank(text, boolean) is 'Order of sending: everything of a wedding day first, then by priority.';
revoke all on function wedsync_internal.delivery_rank(text, boolean) from public;
