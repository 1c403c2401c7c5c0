create or replace function wedsync_internal.supplier_record_change()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    before jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
    after jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
    couple constant uuid := (coalesce(after, before) ->> 'couple_id')::uuid;
    supplier constant uuid := (coalesce(after, before) ->> 'supplier_id')::uuid;
    actor record;
    position bigint;
    at timestamptz;
begin
    if tg_op = 'UPDATE' and before = after then
        return null;
    end if;
    actor := wedsync_internal.current_actor(couple);
    update wedsync_data.wedding_clocks as k
    set seq = k.seq + 1, changed_at = greatest(t.now, k.changed_at + interval '1 microsecond')
    from (select pg_catalog.clock_timestamp() as now) as t
    where k.couple_id = couple
    returning k.seq, k.changed_at into position, at;
    if not wedsync_internal.has_partition('events', at) then
        perform wedsync_internal.make_partition('events', at);
    end if;
    insert into wedsync_data.events (
        couple_id, seq, topic, event_type, table_name, op, paths, changes, record, old_record, actor_id, actor_type, supplier_id, class, created_at
    ) values (
        couple, position, tg_table_name, tg_table_name || '_changed', tg_table_name, tg_op, array[tg_table_name], coalesce(after, before), coalesce(after, before),
        case when tg_op = 'UPDATE' then before end, actor.actor_id, actor.actor_type, supplier, 'supplier', at
    );
    perform wedsync_internal.ring_doorbell();
    return null;
end
$$;
comment on function wedsync_internal.supplier_record_change() is 'Announces changes of a supplier''s own records, in the sequence of the wedding they belong to.';
revoke all on function wedsync_internal.supplier_record_change() from public;

create or replace trigger supplier_record_change
after insert or update or delete on wedsync_data.form_responses
for each row execute function wedsync_internal.supplier_record_change();
comment on trigger supplier_record_change on wedsync_data.form_responses is 'Announces every change.';

create or replace trigger supplier_record_change
after insert or update or delete on wedsync_data.journey_progress
for each row execute function wedsync_internal.supplier_record_change();
comment on trigger supplier_record_change on wedsync_data.journey_progress is 'Announces every change.';

create or replace trigger supplier_record_change
after insert or update or delete on wedsync_data.client_profiles
for each row execute function wedsync_internal.supplier_record_change();
comment on trigger supplier_record_change on wedsync_data.client_profiles is 'Announces every change.';
