-- drop: function wedsync_internal.visible_keys(jsonb, text, bit)
create or replace function wedsync_internal.without_keys(elements jsonb, hidden_keys text[])
returns jsonb
language sql
immutable
parallel safe
-- names are resolved here, not by the search_path of a caller with functions of its own
begin atomic
    select coalesce(pg_catalog.jsonb_agg(e.v - $2 order by e.position), '[]')
    from pg_catalog.jsonb_array_elements($1) with ordinality as e (v, position);
end;
comment on function wedsync_internal.without_keys(jsonb, text[]) is 'The elements of a list without some of their keys.';
revoke all on function wedsync_internal.without_keys(jsonb, text[]) from public;
grant execute on function wedsync_internal.without_keys(jsonb, text[]) to authenticated, service_role, wedsync_admin;
