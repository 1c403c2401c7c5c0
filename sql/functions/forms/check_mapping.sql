create or replace function wedsync_internal.check_mapping()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    problems jsonb;
begin
    perform wedsync_internal.require_own_form(new.form_id);
    if tg_op = 'UPDATE' then
        new.updated_at := now();
    end if;
    select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('path', p.path, 'rule', p.rule, 'given', p.given)) into problems
    from (values
        ('form_field_name', null, case when not exists (
            select from wedsync_data.form_fields as f where f.form_id = new.form_id and f.name = new.form_field_name
        ) then 'known_form_field' end),
        ('core_field_path', new.core_field_path::text, case when not exists (
            select from wedsync_data.field_names as n where n.name = new.core_field_path and n.kind in ('field', 'list', 'branch')
        ) then 'path_of_the_field_catalogue' end),
        ('transformation_rule', null, case
            when new.transformation_rule is null then 'object_or_array_of_objects'
            else coalesce(wedsync_internal.json_problem(new.transformation_rule, 16384) ->> 'rule', wedsync_internal.rule_problem(new.transformation_rule))
        end),
        ('auto_populate', null, case when new.auto_populate is null then 'true_or_false' end)
    ) as p (path, given, rule)
    where p.rule is not null;
    if problems is not null then
        perform wedsync_internal.fail('invalid_fields', pg_catalog.jsonb_build_object('problems', problems));
    end if;
    return new;
end
$$;
comment on function wedsync_internal.check_mapping() is 'A mapping names a field of the form, a known field of weddings and a rule of the closed set.';
revoke all on function wedsync_internal.check_mapping() from public;

create or replace trigger check_mapping
before insert or update on wedsync_data.core_field_mappings
for each row execute function wedsync_internal.check_mapping();
comment on trigger check_mapping on wedsync_data.core_field_mappings is 'A mapping names a field of the form, a known field of weddings and a rule of the closed set.';
