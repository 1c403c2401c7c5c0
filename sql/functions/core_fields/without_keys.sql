-- drop: function wedsync_internal.visible_keys(jsonb, text, bit)
create or replace function wedsync_internal.without_keys(elements jsonb, hidden_keys text[])
returns jsonb
language plpgsql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    if elements = '[]' then
        return elements;
    end if;
    return (
        select jsonb_agg(e.v - hidden_keys order by e.position)
        from jsonb_array_elements(elements) with ordinality as e (v, position)
    );
end
$$;
comment on function wedsync_internal.without_keys(jsonb, text[]) is 'The elements of a list without some of their keys.';
revoke all on function wedsync_internal.without_keys(jsonb, text[]) from public;
grant execute on function wedsync_internal.without_keys(jsonb, text[]) to authenticated, service_role, wedsync_admin;
