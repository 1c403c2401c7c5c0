create or replace function wedsync_internal.require_given(names text[], given boolean[])
returns void
language plpgsql
stable
as $$
declare
    missing constant text := (
        select g.name from unnest(names, given) with ordinality as g (name, is_given, position) where not g.is_given order by g.position limit 1
    );
begin
    if missing is not null then
        perform wedsync_internal.fail('invalid_value', pg_catalog.jsonb_build_object('parameter', missing, 'rule', 'required'));
    end if;
end
$$;
comment on function wedsync_internal.require_given(text[], boolean[]) is
'Raises invalid_value with the name of the first parameter that is null. Public functions call it first, so that null is handled in the same way everywhere.';
revoke all on function wedsync_internal.require_given(text[], boolean[]) from public;
