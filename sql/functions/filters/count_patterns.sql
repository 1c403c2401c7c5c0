create or replace function wedsync_internal.count_patterns(bindings jsonb)
returns integer
language sql
immutable
parallel safe
return pg_catalog.jsonb_array_length(pg_catalog.jsonb_path_query_array(bindings, '$[*].conditions[*] ? (@.op == "match" || @.op == "imatch")'));
comment on function wedsync_internal.count_patterns(jsonb) is 'How many regular expressions the bindings of an audience hold.';
revoke all on function wedsync_internal.count_patterns(jsonb) from public;
