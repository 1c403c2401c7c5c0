-- requires: architecture/fail, forms/rule_problem, resilience/json_problem
create or replace function wedsync_internal.check_mapping()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    problem constant text := coalesce(
        wedsync_internal.json_problem(new.transformation_rule, 16384) ->> 'rule', wedsync_internal.rule_problem(new.transformation_rule)
    );
begin
    if tg_op = 'UPDATE' then
        new.updated_at := now();
    end if;
    if not exists (
        select from wedsync_data.field_names as n where n.name = new.core_field_path and n.kind in ('leaf', 'list', 'branch')
    ) then
        perform wedsync_internal.fail('invalid_fields', pg_catalog.jsonb_build_object('problems', pg_catalog.jsonb_build_array(
            pg_catalog.jsonb_build_object('path', 'core_field_path', 'rule', 'path_of_the_field_catalogue')
        )));
    end if;
    if problem is not null then
        perform wedsync_internal.fail('invalid_fields', pg_catalog.jsonb_build_object('problems', pg_catalog.jsonb_build_array(
            pg_catalog.jsonb_build_object('path', 'transformation_rule', 'rule', problem)
        )));
    end if;
    return new;
end
$$;
comment on function wedsync_internal.check_mapping() is 'A mapping names a known field and a rule of the closed set.';
revoke all on function wedsync_internal.check_mapping() from public;

create or replace trigger check_mapping
before insert or update on wedsync_data.core_field_mappings
for each row execute function wedsync_internal.check_mapping();
comment on trigger check_mapping on wedsync_data.core_field_mappings is 'A mapping names a known field and a rule of the closed set.';
