create or replace function wedsync_internal.build_value_check(field wedsync_data.field_catalog, value text)
returns text
language sql
stable
return case when ($1).allowed_values is null then '' else format(
    'case when %1$s #>> ''{}'' <> all (%2$L::text[]) then %3$L else ', $2, ($1).allowed_values, 'one_of_' || array_to_string(($1).allowed_values, '_')
) end || format(
    'wedsync_internal.value_problem(%L, %s, %s, %s, %s, %s)', ($1).data_type, coalesce(($1).max_length::text, 'null'),
    coalesce(($1).min_value::text, 'null'), coalesce(($1).max_value::text, 'null'), coalesce(($1).max_items::text, 'null'), $2
) || case when ($1).allowed_values is null then '' else ' end' end;
comment on function wedsync_internal.build_value_check(wedsync_data.field_catalog, text) is
'The call that returns the rule of the catalogue that a value violates, with the limits of the field as constants. value is an expression of type jsonb.';
revoke all on function wedsync_internal.build_value_check(wedsync_data.field_catalog, text) from public;
