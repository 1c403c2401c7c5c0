create or replace function wedsync_internal.json_of_body(body bytea)
returns jsonb
language plpgsql
immutable
as $$
declare
    value jsonb;
begin
    value := convert_from(body, 'UTF8')::jsonb;
    -- PostgreSQL writes blanks and all digits of a number, so its text may be longer than the body
    if pg_catalog.jsonb_typeof(value) <> 'object' or wedsync_internal.json_problem(value, greatest(4 * octet_length(body), 65536)) is not null then
        return null;
    end if;
    return value;
exception
    -- no UTF-8, no JSON, or nested too deeply: the sender is told so
    when data_exception or character_not_in_repertoire or statement_too_complex then
        return null;
end
$$;
comment on function wedsync_internal.json_of_body(bytea) is 'The JSON object in a body; null if it is anything else, or holds text or numbers that the database cannot keep.';
revoke all on function wedsync_internal.json_of_body(bytea) from public;
