create or replace function wedsync_internal.check_grantable(names text[], for_supplier boolean)
returns void
language plpgsql
stable
as $$
declare
    problems jsonb;
begin
    if cardinality(names) > 128 then
        perform wedsync_internal.fail('too_large', '{"parameter": "fields"}');
    end if;
    select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('path', left(w.name, 200), 'rule', p.rule) order by w.name) into problems
    from (select distinct u.name from unnest(names) as u (name)) as w
    left join wedsync_data.field_names as n on n.name = w.name and n.kind <> 'class'
    cross join lateral (
        select case
            when w.name is null then 'required'
            when n.name is null then 'unknown_field'
            when for_supplier and n.mask & ~ wedsync_internal.names_mask('{class:budget,class:couple_private}') = repeat('0', 128)::bit(128)
                then 'never_for_suppliers'
        end
    ) as p (rule)
    where p.rule is not null;
    if problems is not null then
        perform wedsync_internal.fail('invalid_fields', pg_catalog.jsonb_build_object('problems', problems));
    end if;
end
$$;
comment on function wedsync_internal.check_grantable(text[], boolean) is
'Rejects unknown field names, and for suppliers names that cover only budget or private fields.';
revoke all on function wedsync_internal.check_grantable(text[], boolean) from public;
