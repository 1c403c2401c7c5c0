create or replace function wedsync_internal.subject_problem()
returns jsonb
language sql
stable
parallel safe
return case
    when wedsync_internal.current_user_id() is null and nullif(current_setting('request.jwt.claims', true), '')::jsonb ? 'sub'
        then '{"claim": "sub", "rule": "the sub claim must be a uuid"}'::jsonb
end;
comment on function wedsync_internal.subject_problem() is
'Describes what is wrong with the sub of the verified claims, as the detail of an error; null if it is a uuid or missing.';
revoke all on function wedsync_internal.subject_problem() from public;
