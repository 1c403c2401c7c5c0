create or replace function wedsync_internal.rule_steps(rule jsonb)
returns jsonb
language sql
immutable
parallel safe
return case jsonb_typeof(rule)
    when 'array' then rule
    when 'object' then case
        when rule = '{}' then '[]'
        when jsonb_typeof(rule -> 'chain') = 'array' then rule -> 'chain'
        else jsonb_build_array(rule)
    end
end;
comment on function wedsync_internal.rule_steps(jsonb) is
'A transformation rule as an array of steps: {}, one step, {"chain": [steps]} or [steps]. Null when it is neither.';
revoke all on function wedsync_internal.rule_steps(jsonb) from public;
