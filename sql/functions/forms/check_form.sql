create or replace function wedsync_internal.check_form()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    problems jsonb;
begin
    if current_setting('role') = 'authenticated' and not coalesce(new.supplier_id = any (wedsync_internal.caller_supplier_ids()), false) then
        perform wedsync_internal.fail('not_found', '{"parameter": "supplier_id", "rule": "one of your suppliers"}');
    end if;
    select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('path', p.path, 'rule', p.rule)) into problems
    from (values
        ('supplier_id', case when new.supplier_id is null then 'required' end),
        ('name', case when coalesce(new.name, '') !~ '\S' then 'not_blank' when length(new.name) > 200 then 'at_most_200_characters' end),
        ('description', case when length(new.description) > 2000 then 'at_most_2000_characters' end)
    ) as p (path, rule)
    where p.rule is not null;
    if problems is not null then
        perform wedsync_internal.fail('invalid_fields', pg_catalog.jsonb_build_object('problems', problems));
    end if;
    return new;
end
$$;
comment on function wedsync_internal.check_form() is
'Checks that a form belongs to one of the caller''s suppliers and has a name, and raises errors of the catalogue before row security and constraints raise PostgreSQL''s.';
revoke all on function wedsync_internal.check_form() from public;

create or replace trigger check_form
before insert or update on wedsync_data.forms
for each row execute function wedsync_internal.check_form();
comment on trigger check_form on wedsync_data.forms is 'Raises errors of the catalogue for invalid values.';
