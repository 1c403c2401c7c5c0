create or replace function wedsync.request_budget_approval(
    couple_id uuid, line_id uuid default null, estimated numeric default null, contracted numeric default null, reason text default null,
    title text default null, category text default null
)
returns uuid
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    access record;
    line wedsync_data.budget_lines;
    made wedsync_data.budget_approvals;
    problems jsonb;
begin
    perform wedsync_internal.enforce_rate_limit('budget-write');
    perform wedsync_internal.require_given('{couple_id}', array[request_budget_approval.couple_id is not null]);
    access := wedsync_internal.open_budget(request_budget_approval.couple_id);
    if not wedsync_internal.covers_right(access.writable, 'budget.lines') then
        perform wedsync_internal.fail('fields_not_allowed', '{"unauthorized_fields": ["budget.approvals.status"]}');
    end if;
    if line_id is not null then
        select l.* into line from wedsync_data.budget_lines as l
        where l.couple_id = request_budget_approval.couple_id and l.id = request_budget_approval.line_id;
        if line.id is null then
            perform wedsync_internal.fail('not_found');
        end if;
        if title is not null or category is not null then
            perform wedsync_internal.fail('invalid_value', '{"parameter": "title", "rule": "title and category are for a new line, without line_id"}');
        end if;
    end if;
    if estimated is null and contracted is null then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "estimated", "rule": "estimated or contracted must be given"}');
    end if;
    -- before they are stored, where numeric (14, 2) would round amounts, or overflow
    select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('path', f.path, 'rule', p.rule) order by f.path) into problems
    from (values
        ('estimated', to_jsonb(request_budget_approval.estimated)), ('contracted', to_jsonb(request_budget_approval.contracted)),
        ('category', to_jsonb(request_budget_approval.category))
    ) as a (column_name, value)
    join wedsync_data.field_catalog as f on f.table_name = 'budget_approvals' and f.column_name = a.column_name
    cross join lateral (
        select case
            when a.value #>> '{}' <> all (f.allowed_values) then 'one_of_' || array_to_string(f.allowed_values, '_')
            else wedsync_internal.value_problem(f.data_type, f.max_length, f.min_value, f.max_value, f.max_items, a.value)
        end
    ) as p (rule)
    where p.rule is not null;
    if problems is not null then
        perform wedsync_internal.fail('invalid_fields', pg_catalog.jsonb_build_object('problems', problems));
    end if;
    if line_id is null and coalesce(title, '') !~ '\S' then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "title", "rule": "required for a new line"}');
    end if;
    if (select count(*) from wedsync_data.budget_approvals as a where a.couple_id = request_budget_approval.couple_id) >= (
        select r.max_rows from wedsync_data.record_catalog as r where r.record_name = 'budget_approvals'
    ) then
        perform wedsync_internal.fail('cap_reached', '{"setting": "record_catalog.max_rows of budget_approvals"}');
    end if;
    insert into wedsync_data.budget_approvals as a (
        couple_id, line_id, category, title, estimated, contracted, estimated_before, contracted_before, reason, requested_by
    )
    values (
        request_budget_approval.couple_id, line.id, case when line.id is null then coalesce(request_budget_approval.category, 'other') end,
        coalesce(line.title, request_budget_approval.title), request_budget_approval.estimated, request_budget_approval.contracted, line.estimated,
        line.contracted, request_budget_approval.reason, wedsync_internal.current_user_id()
    )
    returning a.* into made;
    perform wedsync_internal.notify(
        made.couple_id, 'budget_approval_requested',
        pg_catalog.jsonb_build_object('approval_id', made.id, 'line', made.title, 'amount', coalesce(made.contracted, made.estimated)::text), null,
        'approval ' || made.id
    );
    return made.id;
end
$$;
comment on function wedsync.request_budget_approval(uuid, uuid, numeric, numeric, text, text, text) is
'Requests that a partner approves amounts of a budget line, or a new line; returns the id of the request
line_id names the line; without it, title and category (by default other) are those of a new one. One of estimated and contracted is required. The partners are told. Needs the right to write budget.lines. Errors: not_signed_in and fields_not_allowed (42501), not_found (PT404), invalid_fields (PT422), invalid_value (22023), cap_reached (PT409), rate_limited (429).';
revoke all on function wedsync.request_budget_approval(uuid, uuid, numeric, numeric, text, text, text) from public;
grant execute on function wedsync.request_budget_approval(uuid, uuid, numeric, numeric, text, text, text) to authenticated, service_role, wedsync_admin;
