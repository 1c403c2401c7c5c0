create or replace function wedsync.shift_timeline(
    couple_id uuid, from_item uuid, minutes integer, mode text default 'preview', may_compress boolean default true, note text default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    access record;
    item record;
    may_write boolean;
    plan jsonb;
    proposal uuid;
begin
    perform wedsync_internal.enforce_rate_limit('planning-write');
    perform wedsync_internal.require_given('{couple_id,from_item,minutes}', array[couple_id is not null, from_item is not null, minutes is not null]);
    perform wedsync_internal.require_caller();
    if minutes = 0 or minutes not between -10080 and 10080 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "minutes", "rule": "between -10080 and 10080, not 0"}');
    end if;
    if coalesce(mode, '') not in ('preview', 'propose', 'apply') then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "mode", "rule": "preview, propose or apply"}');
    end if;
    if length(note) > 1000 or note ~ '[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]' then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "note", "rule": "at most 1000 characters, without control characters"}');
    end if;
    access := wedsync_internal.open_rows(couple_id);
    may_write := wedsync_internal.covers_right(access.writable, 'timeline.items');
    select i.title, i.supplier_ids, i.rigidity = 'fixed' or i.is_locked or i.status in ('running', 'done', 'skipped') as is_fixed into item
    from wedsync.my_timeline as i where i.couple_id = shift_timeline.couple_id and i.id = from_item;
    if item.title is null then
        perform wedsync_internal.fail('not_found');
    end if;
    if not may_write and (mode = 'apply' or mode = 'propose' and not exists (
        -- those who take part in the item may say that it is late
        select from wedsync_internal.caller_access as a where a.couple_id = shift_timeline.couple_id and a.supplier_ids && item.supplier_ids
    )) then
        perform wedsync_internal.fail('fields_not_allowed', '{"unauthorized_fields": ["timeline.items.starts_at"]}');
    end if;
    if item.is_fixed then
        perform wedsync_internal.fail(
            'state_conflict', '{"rule": "the item is fixed, locked, running, done or skipped"}', 'Shift the next item, or change this one with UPDATE.'
        );
    end if;
    plan := wedsync_internal.plan_timeline_shift(couple_id, from_item, minutes, coalesce(may_compress, true));
    if mode = 'apply' then
        if plan -> 'needs_approval' = 'true' then
            perform wedsync_internal.fail(
                'state_conflict', '{"rule": "compressible items shrink only after approval"}',
                'Call it with mode propose, or with may_compress false, which moves them at full length.'
            );
        end if;
        perform wedsync_internal.apply_timeline_changes(couple_id, plan -> 'changes');
    elsif mode = 'propose' then
        insert into wedsync_data.timeline_proposals (couple_id, from_item, minutes, changes, note, proposed_by)
        values (
            shift_timeline.couple_id, shift_timeline.from_item, shift_timeline.minutes,
            pg_catalog.jsonb_build_object('may_compress', coalesce(may_compress, true), 'changes', plan -> 'changes'),
            nullif(shift_timeline.note, ''), wedsync_internal.current_user_id()
        )
        returning id into proposal;
        perform wedsync_internal.notify(
            couple_id, 'timeline_change_proposed',
            pg_catalog.jsonb_build_object('item', item.title, 'minutes', minutes, 'proposal_id', proposal, 'item_id', from_item),
            null, 'timeline ' || proposal
        );
    end if;
    -- only what the caller can see
    return pg_catalog.jsonb_build_object(
        'mode', mode, 'needs_approval', plan -> 'needs_approval', 'left_over_minutes', plan -> 'left_over_minutes', 'proposal_id', proposal,
        'changes', coalesce((
            select pg_catalog.jsonb_agg(c.v order by c.n) from pg_catalog.jsonb_array_elements(plan -> 'changes') with ordinality as c (v, n)
            where exists (
                select from wedsync.my_timeline as i where i.couple_id = shift_timeline.couple_id and i.id = (c.v ->> 'item_id')::uuid
            )
        ), '[]'),
        'problems', coalesce((
            select pg_catalog.jsonb_agg(c.v order by c.n) from pg_catalog.jsonb_array_elements(plan -> 'problems') with ordinality as c (v, n)
            where 2 = (
                select count(*) from wedsync.my_timeline as i
                where i.couple_id = shift_timeline.couple_id and i.id in ((c.v ->> 'item_id')::uuid, (c.v ->> 'other_id')::uuid)
            )
        ), '[]')
    );
end
$$;
comment on function wedsync.shift_timeline(uuid, uuid, integer, text, boolean, text) is
'Shifts a timeline item by some minutes, negative for earlier, and what follows it
mode: preview changes nothing; propose stores a proposal, which decide_timeline_shift approves or rejects; apply does it at once. Buffers absorb a delay first, and compressible items shrink only after approval: apply refuses that unless may_compress is false. Items that are fixed, locked, running or done never move. Gaps stay as they are, unless they are longer than the setting timeline_break_minutes. Returns {mode, changes, problems, left_over_minutes, needs_approval, proposal_id}: changes of the items that the caller can see, each {item_id, title, kind, starts_at, ends_at, new_starts_at, new_ends_at, moved_minutes, new_duration_minutes} with kind moved, absorbed or compressed; problems where something would reach into a fixed item or begin before the end of another. Needs the right to write timeline items; suppliers may propose shifts of items that they take part in. Errors: not_signed_in and fields_not_allowed (42501), not_found (PT404), state_conflict (PT409), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.shift_timeline(uuid, uuid, integer, text, boolean, text) from public;
grant execute on function wedsync.shift_timeline(uuid, uuid, integer, text, boolean, text) to authenticated, service_role, wedsync_admin;
