create or replace function wedsync_internal.json_problem(value jsonb, max_bytes integer)
returns jsonb
language plpgsql
immutable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    -- decompressed: a value of a few bytes on disk can be large
    plain constant jsonb := value #> '{}';
    -- no value within the limit as text takes five times as much when stored, so this rejects nothing that the check of the text would allow
    stored_limit constant bigint := max_bytes::bigint * 5;
    numbers jsonb;
    is_outside boolean;
    places integer;
    least_text bigint;
begin
    if value is null then
        return null;
    end if;
    if pg_column_size(plain) > stored_limit then
        return pg_catalog.jsonb_build_object('rule', 'at most ' || stored_limit || ' bytes as stored', 'kind', 'size', 'limit', stored_limit);
    end if;
    if pg_catalog.jsonb_path_exists(plain, 'strict $.**{32} ? (@.type() == "object" || @.type() == "array")') then
        return '{"rule": "at most 32 nested objects and arrays", "kind": "depth", "limit": 32}';
    end if;
    -- a number of a few bytes can have 147,000 characters: its range is checked before it is converted to text
    -- (and not by a set of jsonb_path_query, whose time grows with the square of what it finds)
    numbers := pg_catalog.jsonb_path_query_array(plain, 'strict $.** ? (@.type() == "number")');
    if numbers <> '[]' then
        select bool_or(abs(n.v) > 1.7976931348623157e308), max(scale(n.v)), sum(scale(n.v) + case when abs(n.v) < 1e16 then 1 when abs(n.v) < 1e100 then 17 else 101 end)
        into is_outside, places, least_text
        from (select e.v::numeric as v from pg_catalog.jsonb_array_elements(numbers) as e (v)) as n;
    end if;
    if is_outside then
        return '{"rule": "numbers from -1.7976931348623157e308 to 1.7976931348623157e308", "kind": "number", "limit": "1.7976931348623157e308"}';
    end if;
    if places > 340 then
        return '{"rule": "numbers with at most 340 decimal places", "kind": "number", "limit": 340}';
    end if;
    if least_text > max_bytes or octet_length(plain::text) > max_bytes then
        return pg_catalog.jsonb_build_object('rule', 'at most ' || max_bytes || ' bytes as text', 'kind', 'size', 'limit', max_bytes);
    end if;
    return null;
end
$$;
comment on function wedsync_internal.json_problem(jsonb, integer) is
'Describes what is wrong with JSON from a caller: null if nothing is, otherwise {rule, kind, limit}, where rule is for people and kind is size, depth or number. Checks bytes as text and as stored, depth, and the range of numbers, which is that of double precision, so that every client can read them. The work is bounded: only values that are small as text are converted to text.';
revoke all on function wedsync_internal.json_problem(jsonb, integer) from public;
