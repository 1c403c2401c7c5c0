create or replace function wedsync_internal.build_list(record_name text)
returns void
language plpgsql
volatile
as $generator$
declare
    list wedsync_data.record_catalog;
    place record;
begin
    select r.* into list from wedsync_data.record_catalog as r where r.record_name = build_list.record_name;
    -- the position is recorded with the first field, so that history can restore the order
    select c.right_no into place from wedsync_data.field_catalog as c where c.table_name = list.record_name order by c.json_key <> 'name', c.right_no limit 1;
    execute format($f$
create or replace function wedsync_internal.%1$I()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $body$
declare
    change_type constant text := case tg_op when 'INSERT' then 'create' when 'UPDATE' then 'update' else 'delete' end;
    weddings uuid[];
    wedding uuid;
    befores wedsync_data.%2$I[];
    afters wedsync_data.%2$I[];
    before wedsync_data.%2$I;
    after wedsync_data.%2$I;
    element uuid;
    changes wedsync_internal.field_change[];
    problems jsonb := '[]'::jsonb;
    rule text;
    version_before integer;
    is_rekeyed boolean;
    elements jsonb;
    done record;
begin
    if tg_op = 'UPDATE' then
        if exists (
            select from before_rows as b where not exists (select from after_rows as a where a.couple_id = b.couple_id and a.id = b.id)
        ) then
            perform wedsync_internal.fail('invalid_value', '{"parameter": "id", "rule": "the id and wedding of an element cannot be changed"}');
        end if;
    end if;
    if tg_op = 'DELETE' then
        weddings := array(select distinct b.couple_id from before_rows as b order by 1);
    else
        weddings := array(select distinct a.couple_id from after_rows as a order by 1);
    end if;
    foreach wedding in array weddings loop
        -- lock the wedding before reading the list, so that the newest state is announced and stored last
        perform wedsync_internal.lock_wedding(wedding);
        select k.version into version_before from wedsync_data.wedding_clocks as k where k.couple_id = wedding;
        changes := '{}'::wedsync_internal.field_change[];
        is_rekeyed := false;
        if tg_op = 'UPDATE' then
            -- new keys that do not change the order are not an edit: they are recorded for the history, but nobody is notified
            select array_agg(e.id order by e.order_key collate "C") = array_agg(e.id order by coalesce(b.order_key, e.order_key) collate "C")
            into is_rekeyed
            from wedsync_data.%2$I as e
            left join before_rows as b on b.couple_id = e.couple_id and b.id = e.id
            where e.couple_id = wedding;
            befores := array(
                select b from before_rows as b join after_rows as a on a.couple_id = b.couple_id and a.id = b.id
                where a.couple_id = wedding and a.version_number > version_before order by a.order_key collate "C"
            );
        elsif tg_op = 'DELETE' then
            befores := array(select b from before_rows as b where b.couple_id = wedding order by b.order_key collate "C");
        end if;
        if tg_op <> 'DELETE' then
            afters := array(
                select a from after_rows as a where a.couple_id = wedding and a.version_number > version_before order by a.order_key collate "C"
            );
        end if;
        for i in 1..greatest(cardinality(befores), cardinality(afters)) loop
            before := befores[i];
            after := afters[i];
            element := coalesce(after.id, before.id);
            if before.order_key is distinct from after.order_key then
                changes := array_append(changes, row(
                    %2$L, case when tg_op = 'UPDATE' and is_rekeyed then 'rekey' else change_type end, %3$s, %4$L || element || '/order_key', element,
                    to_jsonb(before.order_key), to_jsonb(after.order_key)
                )::wedsync_internal.field_change);
            end if;
            -- creating or removing an element affects all of its fields, so that everyone who can see any of them is notified
%5$s        end loop;
        if problems <> '[]' then
            perform wedsync_internal.fail('invalid_fields', pg_catalog.jsonb_build_object('problems', problems));
        end if;
        if changes = '{}' then
            continue;
        end if;
        if exists (select from unnest(changes) as c where c.change_type <> 'rekey') then
            elements := wedsync_internal.list_document(%2$L, wedding, repeat('1', 128)::bit(128));
            done := wedsync_internal.append_change(
                wedding, 'durable', changes, array[row(
                    %2$L, tg_op, %6$L, null, null, null, null,
                    (select to_jsonb(f) from wedsync_data.%7$I as f where f.couple_id = wedding) || pg_catalog.jsonb_build_object(%2$L, elements),
                    null, null, null
                )::wedsync_internal.change_event]
            );
            perform wedsync_internal.refresh_list(wedding, %2$L, elements, done.changed_at, done.actor_id);
        else
            perform wedsync_internal.append_change(wedding, 'durable', changes, null);
        end if;
    end loop;
    return null;
end
$body$$f$,
        list.record_name || '_change', list.record_name, place.right_no, list.path || '/', wedsync_internal.build_change_lines(list.record_name),
        list.event_type, list.shown_in
    );
    execute format($f$
comment on function wedsync_internal.%1$I() is 'Validates, versions, audits and announces changes of %2$I, one audit row per field, one version and one event per statement. Generated by build_list().';
revoke all on function wedsync_internal.%1$I() from public;
create or replace trigger keep_version before insert or update on wedsync_data.%2$I
for each row execute function wedsync_internal.keep_version();
comment on trigger keep_version on wedsync_data.%2$I is 'Sets the version of the change in every changed row.';
$f$, list.record_name || '_change', list.record_name);
    perform wedsync_internal.build_record_triggers(list.record_name);
    perform wedsync_internal.build_record_access(list.record_name);
end
$generator$;
comment on function wedsync_internal.build_list(text) is 'Generates the change trigger, policies and grants of a list.';
revoke all on function wedsync_internal.build_list(text) from public;
