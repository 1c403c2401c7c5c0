create or replace function wedsync_internal.pattern_problem(subject uuid, group_id bigint)
returns text
language plpgsql
stable
as $$
declare
    more integer;
    most integer;
begin
    select wedsync_internal.count_patterns(g.bindings) into more from wedsync_data.subscription_groups as g where g.id = group_id;
    if more = 0 or subject is null then
        return null;
    end if;
    select (s.value #>> '{}')::integer into most from wedsync_data.settings as s where s.name = 'patterns_per_user';
    if more + (
        select coalesce(sum(wedsync_internal.count_patterns(g.bindings)), 0)
        from wedsync_data.subscriptions as s
        join wedsync_data.subscription_groups as g on g.id = s.group_id
        where s.user_id = subject and s.active
    ) > most then
        return 'the filters of a user''s open channels may have at most ' || most || ' patterns (match, imatch)';
    end if;
    return null;
end
$$;
comment on function wedsync_internal.pattern_problem(uuid, bigint) is
'The reason why a user may not join another group with these patterns, or null. Patterns slow down every change for everybody.';
revoke all on function wedsync_internal.pattern_problem(uuid, bigint) from public;
