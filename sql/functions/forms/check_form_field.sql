create or replace function wedsync_internal.check_form_field()
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
    select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('path', p.path, 'rule', p.rule)) into problems
    from (values
        ('name', case when coalesce(new.name, '') = '' then 'required' when length(new.name) > 100 then 'at_most_100_characters' end),
        ('label', case when length(new.label) > 300 then 'at_most_300_characters' end),
        ('field_type', case when new.field_type in ('text', 'number', 'date', 'time', 'boolean', 'list', 'object') then null else 'known_type' end),
        ('is_required', case when new.is_required is null then 'true_or_false' end),
        ('position', case when new."position" is null then 'whole_number' end)
    ) as p (path, rule)
    where p.rule is not null;
    if problems is not null then
        perform wedsync_internal.fail('invalid_fields', pg_catalog.jsonb_build_object('problems', problems));
    end if;
    return new;
end
$$;
comment on function wedsync_internal.check_form_field() is
'Checks that a field belongs to a form of the caller''s supplier and has a name and a known type, and raises errors of the catalogue.';
revoke all on function wedsync_internal.check_form_field() from public;

create or replace trigger check_form_field
before insert or update on wedsync_data.form_fields
for each row execute function wedsync_internal.check_form_field();
comment on trigger check_form_field on wedsync_data.form_fields is 'Raises errors of the catalogue for invalid values.';
