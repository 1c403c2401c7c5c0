create or replace function wedsync.budget_summary(couple_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    readable bit(128);
    sees_payments boolean;
begin
    perform wedsync_internal.enforce_rate_limit('budget-summary');
    perform wedsync_internal.require_given('{couple_id}', array[couple_id is not null]);
    perform wedsync_internal.require_caller();
    select a.readable into readable from wedsync_internal.caller_access as a where a.couple_id = budget_summary.couple_id;
    -- for those who may not read it there is no budget
    if not wedsync_internal.covers_right(readable, 'budget.lines') then
        perform wedsync_internal.fail('not_found');
    end if;
    sees_payments := wedsync_internal.covers_right(readable, 'budget.payments');
    return (
        with lines as (
            select
                l.category, l.is_on_budget, coalesce(l.estimated, 0) as estimated, coalesce(l.contracted, 0) as contracted,
                coalesce(l.contracted, l.estimated, 0) as expected, p.paid, p.overdue
            from wedsync_data.budget_lines as l
            cross join lateral (
                select
                    coalesce(sum(p.amount) filter (where p.paid_on is not null), 0) as paid,
                    coalesce(sum(p.amount) filter (where p.paid_on is null and p.due_on < (now() at time zone wedsync_internal.wedding_time_zone(l.couple_id))::date), 0)
                        as overdue
                from wedsync_data.budget_payments as p
                where p.couple_id = l.couple_id and p.line_id = l.id
            ) as p
            where l.couple_id = budget_summary.couple_id
        ), sums as (
            select
                l.category,
                pg_catalog.jsonb_build_object(
                    'lines', count(*), 'estimated', sum(l.estimated) filter (where l.is_on_budget), 'contracted', sum(l.contracted) filter (where l.is_on_budget),
                    'expected', sum(l.expected) filter (where l.is_on_budget), 'off_budget', sum(l.expected) filter (where not l.is_on_budget)
                ) || case when sees_payments then pg_catalog.jsonb_build_object(
                    'paid', sum(l.paid), 'outstanding', sum(l.expected - l.paid), 'overdue', sum(l.overdue)
                ) else '{}' end as figures
            from lines as l
            group by grouping sets ((l.category), ())
        )
        select coalesce((
            select pg_catalog.jsonb_object_agg(
                n.key, case when wedsync_internal.covers_right(readable, n.field) then wedsync_internal.core_fields_value(f, r.right_no) end
            )
            from (values ('budget', 'budget.total'), ('currency', 'budget.currency')) as n (key, field)
            join wedsync_data.rights as r on r.name = n.field
        ), '{}') || pg_catalog.jsonb_build_object(
            'total', (select s.figures from sums as s where s.category is null),
            'categories', (select coalesce(pg_catalog.jsonb_object_agg(s.category, s.figures), '{}') from sums as s where s.category is not null),
            'contributions', case when wedsync_internal.covers_right(readable, 'budget.contributions') then (
                select pg_catalog.jsonb_build_object(
                    'promised', coalesce(sum(c.amount), 0), 'received', coalesce(sum(c.amount) filter (where c.received_on is not null), 0)
                )
                from wedsync_data.budget_contributions as c
                where c.couple_id = budget_summary.couple_id
            ) end,
            'approvals_waiting', (
                select count(*) from wedsync_data.budget_approvals as a where a.couple_id = budget_summary.couple_id and a.status = 'requested'
            )
        )
        from wedsync_data.core_fields as f
        where f.couple_id = budget_summary.couple_id
    );
end
$$;
comment on function wedsync.budget_summary(uuid) is
'Totals of a wedding''s budget, in all and by category
Returns {budget, currency, total, categories: {<category>: …}, contributions: {promised, received}, approvals_waiting}; total and each category have lines, estimated, contracted, expected (agreed, otherwise estimated), off_budget, and paid, outstanding, overdue for those who may read payments. What the caller may not read is null or left out. For members who may read the budget; suppliers never may. Errors: not_signed_in (42501), not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.budget_summary(uuid) from public;
grant execute on function wedsync.budget_summary(uuid) to authenticated, service_role, wedsync_admin;
