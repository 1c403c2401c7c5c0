create or replace function wedsync_internal.changed_field_names(right_nos smallint[])
returns text
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select 'Changed: ' || string_agg(n.name, ', ' order by n.right_no)
    from (
        -- the text after a semicolon explains the field
        select split_part(c.description, ';', 1) as name, min(c.right_no) as right_no
        from wedsync_data.field_catalog as c where c.right_no = any ($1) group by 1
    ) as n
$$;
comment on function wedsync_internal.changed_field_names(smallint[]) is 'Returns the message of a notification about changed fields: their names in the field catalogue, without values.';
revoke all on function wedsync_internal.changed_field_names(smallint[]) from public;
grant execute on function wedsync_internal.changed_field_names(smallint[]) to authenticated, service_role, wedsync_admin;
