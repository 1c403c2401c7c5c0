create or replace function wedsync_internal.plan_timeline_shift(couple_id uuid, from_item uuid, minutes integer, may_compress boolean)
returns jsonb
language plpgsql
stable
as $$
declare
    pause constant bigint := 60 * wedsync_internal.setting_limit('timeline_break_minutes');
    items wedsync_data.timeline_items[];
    item wedsync_data.timeline_items;
    ids uuid[];
    total integer;
    origin integer;
    starts bigint[];
    ends bigint[];
    -- minutes by which the start and the end of each item move, and by how much the items before it were compressed
    start_moves integer[];
    end_moves integer[];
    squeezed integer[];
    reaches integer[];
    latest bigint;
    move integer;
    squeeze integer;
    -- minutes still to be absorbed where nothing else does
    budget integer := 0;
    left_over integer;
    absorbed integer;
    other integer;
    other_end bigint;
    changes jsonb;
    problems jsonb;
begin
    items := array(
        select i from wedsync_data.timeline_items as i
        where i.couple_id = plan_timeline_shift.couple_id and (i.status <> 'skipped' or i.id = from_item)
        -- of those that start at the same time, only those that depend on the item come after it
        order by i.starts_at, case when from_item = any (i.depends_on) then 2 when i.id = from_item then 1 else 0 end, i.id
    );
    total := cardinality(items);
    for i in 1..total loop
        item := items[i];
        ids[i] := item.id;
        starts[i] := ceil(extract(epoch from item.starts_at));
        ends[i] := starts[i] + 60 * coalesce(item.duration_minutes, 0);
        if item.id = from_item then
            origin := i;
        end if;
    end loop;
    -- first with buffers only; if they do not absorb the whole delay, again with items that may be compressed
    for pass in 1..2 loop
        start_moves := array_fill(0, array[total]);
        end_moves := array_fill(0, array[total]);
        squeezed := array_fill(0, array[total]);
        problems := '[]';
        left_over := 0;
        for i in origin..total loop
            squeeze := 0;
            item := items[i];
            if i = origin then
                move := minutes;
            else
                -- what precedes an item directly: it has ended by then, and nothing begins between the two
                select max(starts[j]) into latest from generate_series(1, i - 1) as j where ends[j] <= starts[i];
                move := null;
                for other in
                    select j from generate_series(1, i - 1) as j
                    where ends[j] <= starts[i] and (ends[j] > latest or starts[j] = latest or ids[j] = any (item.depends_on))
                        or ids[j] = any (item.depends_on)
                    order by j
                loop
                    other_end := ends[other] + 60 * end_moves[other];
                    -- a long pause, or only a dependency: the item moves no further than it must
                    absorbed := case
                        when (ends[other] > latest or starts[other] = latest) and starts[i] - ends[other] between 0 and pause then end_moves[other]
                        when starts[i] >= ends[other] then greatest(0, ceil((other_end - starts[i]) / 60.0))::integer
                        when end_moves[other] > 0 then end_moves[other]
                        else 0
                    end;
                    if move is null or absorbed > move then
                        move := absorbed;
                        squeeze := squeezed[other];
                    end if;
                end loop;
                move := coalesce(move, 0);
            end if;
            continue when move = 0;
            if item.rigidity = 'fixed' or item.is_locked or item.status in ('running', 'done') then
                if move > 0 then
                    -- does anything really reach into it?
                    reaches := array(
                        select j from generate_series(1, i - 1) as j
                        where end_moves[j] > 0 and ends[j] <= starts[i] and ends[j] + 60 * end_moves[j] > starts[i] order by ends[j] + 60 * end_moves[j] desc, j
                    );
                    if reaches <> '{}' then
                        absorbed := ceil((ends[reaches[1]] + 60 * end_moves[reaches[1]] - starts[i]) / 60.0);
                        left_over := greatest(left_over, absorbed);
                        problems := problems || pg_catalog.jsonb_build_object(
                            'kind', 'reaches_fixed_item', 'item_id', item.id, 'other_id', ids[reaches[1]], 'minutes', absorbed
                        );
                    end if;
                end if;
                continue;
            end if;
            absorbed := case
                when item.rigidity = 'buffer' and move < 0 then move
                when item.rigidity = 'buffer' then least(move, item.duration_minutes - coalesce(item.min_minutes, 0))
                when item.rigidity = 'compressible' and pass = 2 and move > 0
                    then greatest(0, least(move, item.duration_minutes - item.min_minutes, budget - squeeze))
                else 0
            end;
            start_moves[i] := move;
            end_moves[i] := move - absorbed;
            squeezed[i] := squeeze + case when item.rigidity = 'compressible' then absorbed else 0 end;
            -- where a delay ends without an item after it, it was not absorbed either
            if end_moves[i] > 0 and not exists (
                select from generate_series(i + 1, total) as j where starts[j] >= ends[i] and starts[j] - ends[i] <= pause
            ) then
                left_over := greatest(left_over, end_moves[i]);
            end if;
        end loop;
        exit when pass = 2 or left_over = 0 or not may_compress;
        budget := left_over;
    end loop;
    -- an item that starts earlier may reach into what comes before it
    if minutes < 0 and start_moves[origin] < 0 then
        select problems || coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
            'kind', 'starts_before_end', 'item_id', from_item, 'other_id', ids[j], 'minutes', ceil((ends[j] - starts[origin] - 60 * start_moves[origin]) / 60.0)
        ) order by j), '[]') into problems
        from generate_series(1, origin - 1) as j
        where ends[j] <= starts[origin] and ends[j] > starts[origin] + 60 * start_moves[origin];
    end if;
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
        'item_id', i.id, 'title', i.title,
        'kind', case when end_moves[i.n] = start_moves[i.n] then 'moved' when i.rigidity = 'buffer' then 'absorbed' else 'compressed' end,
        'starts_at', i.starts_at, 'ends_at', i.ends_at,
        'new_starts_at', i.starts_at + make_interval(mins => start_moves[i.n]), 'new_ends_at', i.ends_at + make_interval(mins => end_moves[i.n]),
        'moved_minutes', start_moves[i.n], 'new_duration_minutes', i.duration_minutes + end_moves[i.n] - start_moves[i.n]
    ) order by i.n), '[]') into changes
    from (select u.id, u.title, u.rigidity, u.starts_at, u.ends_at, u.duration_minutes, u.ordinality as n from unnest(items) with ordinality as u) as i
    where start_moves[i.n] <> 0 or end_moves[i.n] <> 0;
    return pg_catalog.jsonb_build_object(
        'changes', changes, 'problems', problems, 'left_over_minutes', left_over,
        'needs_approval', exists (select from pg_catalog.jsonb_array_elements(changes) as c (v) where c.v ->> 'kind' = 'compressed')
    );
end
$$;
comment on function wedsync_internal.plan_timeline_shift(uuid, uuid, integer, boolean) is
'Works out what a delay of one timeline item, or an early start, does to those after it, without changing anything
The delay passes from an item to those that directly follow it; gaps of up to timeline_break_minutes stay as they are, longer ones absorb it. Buffers absorb the delay first, then, if allowed, compressible items shrink by what is left over; items that are fixed, locked, running or done stay. Starting earlier moves what follows as far as everything before it allows, and buffers grow. Returns {changes, problems, left_over_minutes, needs_approval}.';
revoke all on function wedsync_internal.plan_timeline_shift(uuid, uuid, integer, boolean) from public;
