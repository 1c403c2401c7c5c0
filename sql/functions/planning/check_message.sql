create or replace function wedsync_internal.check_message(subject text, body text, priority text)
returns void
language plpgsql
stable
as $$
begin
    if body !~ '\S' or length(body) > 10000 or body ~ '[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]' then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "body", "rule": "1 to 10000 characters, none of them control characters"}');
    end if;
    if length(subject) > 200 or subject ~ '[\x01-\x1f\x7f]' then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "subject", "rule": "one line of at most 200 characters"}');
    end if;
    if priority is null or priority not in ('low', 'normal', 'high') then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "priority", "rule": "low, normal or high"}');
    end if;
end
$$;
comment on function wedsync_internal.check_message(text, text, text) is 'Raises invalid_value for a subject, text or priority that a message cannot have.';
revoke all on function wedsync_internal.check_message(text, text, text) from public;
