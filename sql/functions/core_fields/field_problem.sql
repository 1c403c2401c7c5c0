create or replace function wedsync_internal.field_problem(field wedsync_data.field_catalog, value jsonb)
returns text
language sql
stable
return wedsync_internal.value_problem(($1).data_type, ($1).max_length, ($1).min_value, ($1).max_value, ($1).max_items, $2);
comment on function wedsync_internal.field_problem(wedsync_data.field_catalog, jsonb) is 'Rule of the catalogue that a value violates, or null; see value_problem.';
revoke all on function wedsync_internal.field_problem(wedsync_data.field_catalog, jsonb) from public;
