-- drop: function wedsync.event_history(uuid, bigint, integer)
create or replace function wedsync.event_history(
    couple_id uuid, after_seq bigint default null, max_rows integer default 500, since timestamptz default null
)
returns table (
    seq bigint, event_type text, table_name text, op text, paths text[], changes jsonb, record jsonb,
    actor_id uuid, actor_type text, supplier_id uuid, created_at timestamptz
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
-- a custom plan has a slightly lower cost estimate, but planning takes longer than reading a page of the log
set plan_cache_mode = force_generic_plan
as $$
declare
    readable bit(128);
    first_after bigint := after_seq;
    mask wedsync_data.visibility_masks;
    reads_by_role boolean;
    role_read_records constant text[] := wedsync_internal.role_read_records();
    supplier_ids uuid[];
begin
    perform wedsync_internal.enforce_rate_limit('core-fields-read');
    perform wedsync_internal.require_given('{couple_id}', array[couple_id is not null]);
    readable := wedsync_internal.authorize_history(couple_id, 'event_history');
    if max_rows is null or max_rows not between 1 and 5000 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "max_rows", "rule": "between 1 and 5000"}');
    end if;
    if num_nonnulls(after_seq, since) <> 1 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "after_seq", "rule": "either this or since is required, not both"}');
    end if;
    if after_seq < 0 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "after_seq", "rule": "not negative"}');
    end if;
    if since is not null then
        first_after := wedsync_internal.seq_before(couple_id, since);
    end if;
    -- 0 requests everything; any other number is where the caller continues
    if after_seq > 0 and wedsync_internal.is_trimmed(couple_id, after_seq) then
        perform wedsync_internal.fail('history_trimmed');
    end if;
    mask := wedsync_internal.visibility(readable);
    reads_by_role := wedsync_internal.is_service() or wedsync_internal.reads_by_role(array[wedsync_internal.current_user_id()], couple_id);
    supplier_ids := wedsync_internal.caller_supplier_ids();
    return query
    select
        e.seq, e.event_type, e.table_name, e.op, v.paths,
        case when e.path_prefix is null then wedsync_internal.visible_changes(e.changes, v.paths) else wedsync_internal.row_values(e, v.paths) end,
        case
            when e.class <> 'durable' then e.record
            -- without knowing what to hide, no row is shown
            when mask.masked_columns ? p.view_name then wedsync_internal.mask_record(e.record, mask.masked_columns -> p.view_name, mask.masked_keys -> p.view_name)
        end,
        e.actor_id, e.actor_type, e.supplier_id, e.created_at
    from wedsync_data.events as e
    cross join lateral (select wedsync_internal.published_view(e.table_name) as view_name) as p
    cross join lateral (
        select case
            when e.class = 'access' then case when wedsync_internal.sees_sharing(readable) then e.paths end
            when e.class = 'supplier' then case
                when e.table_name = any (role_read_records) and (reads_by_role or e.supplier_id = any (supplier_ids)) then e.paths
            end
            else (
                select array_agg(concat(e.path_prefix, e.paths[i]) order by i) from generate_subscripts(e.right_nos, 1) as i where get_bit(readable, e.right_nos[i]) = 1
            )
        end as paths
    ) as v
    where e.couple_id = event_history.couple_id and e.seq > first_after and v.paths is not null
    order by e.seq
    limit max_rows;
end
$$;
comment on function wedsync.event_history(uuid, bigint, integer, timestamptz) is
'Events of a wedding after a sequence number, or since a time, that the caller may see, in order
Pass after_seq or since; to get the next page, pass after_seq. max_rows is 1 to 5000. Missing numbers belong to events that the caller may not see. The events right after a number from 1 on must still be retained; after_seq 0 starts with the oldest retained event. Errors: not_signed_in (42501), not_found (PT404), history_trimmed (PT410), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.event_history(uuid, bigint, integer, timestamptz) from public;
grant execute on function wedsync.event_history(uuid, bigint, integer, timestamptz) to authenticated, service_role;
