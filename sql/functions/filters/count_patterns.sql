create or replace function wedsync_internal.count_patterns(bindings jsonb)
returns integer
language sql
immutable
parallel safe
return pg_catalog.jsonb_array_length(pg_catalog.jsonb_path_query_array(bindings, '$[*].conditions[*] ? (@.op == "match" || @.op == "imatch")'));
comment on function wedsync_internal.count_patterns(jsonb) is 'Number of regular expressions in the bindings of a group.';
revoke all on function wedsync_internal.count_patterns(jsonb) from public;
