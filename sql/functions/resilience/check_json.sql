create or replace function wedsync_internal.check_json(value jsonb, parameter text, max_bytes integer)
returns void
language plpgsql
stable
as $$
declare
    problem constant jsonb := wedsync_internal.json_problem(value, max_bytes);
begin
    if problem is not null then
        perform wedsync_internal.fail(
            case problem ->> 'kind' when 'size' then 'too_large' else 'invalid_value' end,
            pg_catalog.jsonb_build_object('parameter', parameter, 'rule', problem -> 'rule', 'limit', problem -> 'limit')
        );
    end if;
end
$$;
comment on function wedsync_internal.check_json(jsonb, text, integer) is
'Rejects JSON of a caller for which json_problem returns a problem: too_large (413) for its size, invalid_value (400) for its depth or numbers; the detail names parameter, rule and limit. Null is accepted.';
revoke all on function wedsync_internal.check_json(jsonb, text, integer) from public;
