create or replace function wedsync_internal.validate_core_fields(op text, old_record wedsync_data.core_fields, new_record wedsync_data.core_fields)
returns jsonb
language plpgsql
stable
as $$
declare
    problems jsonb := '[]'::jsonb;
    rule text;
begin
    if new_record.wedding_date is distinct from old_record.wedding_date then
        rule := wedsync_internal.wedding_date_problem(new_record.wedding_date);
        if rule is not null then
            problems := problems || pg_catalog.jsonb_build_object('path', 'wedding.date', 'rule', rule);
        end if;
    end if;
    if op = 'UPDATE' and coalesce(new_record.partner1_name, '') !~ '\S' and coalesce(new_record.partner2_name, '') !~ '\S' then
        if (new_record.partner1_name, new_record.partner2_name) is distinct from (old_record.partner1_name, old_record.partner2_name) and exists (
            select from wedsync_data.grants as g
            where g.couple_id = new_record.couple_id and g.grantee_kind = 'supplier' and g.state = 'approved'
        ) then
            if new_record.partner1_name is distinct from old_record.partner1_name then
                problems := problems || '{"path": "couple.partner1.name", "rule": "a_partner_name_is_needed_while_sharing"}'::jsonb;
            end if;
            if new_record.partner2_name is distinct from old_record.partner2_name then
                problems := problems || '{"path": "couple.partner2.name", "rule": "a_partner_name_is_needed_while_sharing"}'::jsonb;
            end if;
        end if;
    end if;
    return problems;
end
$$;
comment on function wedsync_internal.validate_core_fields(text, wedsync_data.core_fields, wedsync_data.core_fields) is
'Hook of the record engine: rules across several fields, in addition to those of the catalogue. Returns an array of {path, rule}.
The wedding date is checked only when it changes, so that past weddings stay editable; the first partner''s name is required while suppliers have access.';
revoke all on function wedsync_internal.validate_core_fields(text, wedsync_data.core_fields, wedsync_data.core_fields) from public;
