create or replace function wedsync_internal.compare_values(field text, operand text, kind text)
returns integer
language plpgsql
stable
as $$
begin
    if field is null or operand is null then
        return null;
    end if;
    case kind
        when 'number' then
            return sign(field::numeric - operand::numeric)::integer;
        when 'time' then
            return case when field::timestamptz = operand::timestamptz then 0 when field::timestamptz < operand::timestamptz then -1 else 1 end;
        when 'clock' then
            return case when field::time = operand::time then 0 when field::time < operand::time then -1 else 1 end;
        when 'uuid' then
            return case when lower(field) = lower(operand) then 0 when lower(field) < lower(operand) then -1 else 1 end;
        else
            return case when field = operand then 0 when field < operand then -1 else 1 end;
    end case;
end
$$;
comment on function wedsync_internal.compare_values(text, text, text) is '-1, 0 or 1; null if either is null. kind is number, time (a timestamp), clock (a time of day), uuid or text; values were checked when the filter was accepted.';
revoke all on function wedsync_internal.compare_values(text, text, text) from public;
