create or replace function wedsync_internal.published_view(table_name text)
returns text
language sql
immutable
parallel safe
as $$
    select case when $1 in ('key_moments', 'wedding_party', 'family_vips') then 'core_fields' else $1 end
$$;
comment on function wedsync_internal.published_view(text) is 'The view in which clients see the rows of a table: list elements are part of the record of their wedding.';
revoke all on function wedsync_internal.published_view(text) from public;
