-- proves: F000-54, F001-01, F002-06, F002-13, F004-03
-- Through random changes of fields and of rights, an audience hears exactly what its people could read at that moment.
begin;
select plan(3);
select tap.wedding('emma');
select setseed(0.42);
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id(m.name), m.role), 'service_role')
from (values ('fred', 'family'), ('frank', 'friend')) as m (name, role);
select tap.supplier(s.name) from (values ('chef'), ('baker'), ('dj')) as s (name);
-- they are connected, and read nothing yet
select tap.call('emma', format('select wedsync.grant_access(%L, %L, ''{basic}'')', tap.couple('emma'), tap.firm(s.name)))
from (values ('chef'), ('baker'), ('dj')) as s (name);
create temporary table ears on commit drop as
select w.who, tap.listen(w.who, c.topic) as joined, c.topic
from (values ('emma'), ('fred'), ('frank'), ('chef'), ('baker'), ('dj')) as w (who),
    (values ('core_fields_' || tap.couple('emma')), ('core-fields')) as c (topic);
create temporary table leaves on commit drop as
select c.right_no, c.path, c.column_name, c as leaf from wedsync_data.field_catalog as c
where tap.is_core(c.table_name) and c.storage <> 'element' and c.is_writable and c.path not like 'wedding.guestCount.%'
    and c.data_type not in ('boolean', 'currency', 'time_zone', 'time', 'date', 'color_set');
create temporary table log (step integer, what text, who text, topic text, problem text) on commit drop;
create temporary table heard_total (n bigint) on commit drop;

create function pg_temp.step(step integer) returns void language plpgsql
as $$
declare
    act integer := floor(random() * 10);
    firm text := (array['chef', 'baker', 'dj'])[1 + floor(random() * 3)::integer];
    what text;
    groups text[] := array(select distinct c.field_group from wedsync_data.field_catalog as c where c.access_level is not null and tap.is_core(c.table_name)
        order by 1);
    chosen leaves;
    ear ears;
    view_row jsonb;
    frame jsonb;
    heard boolean;
    current_group bigint;
begin
    perform tap.forget();
    if act < 4 then
        case act
            when 0 then what := format('select wedsync.revoke_access(%L, %L)', tap.couple('emma'), tap.firm(firm));
            when 3 then what := format('select wedsync.grant_member_access(%L, %L, %L, ''{}'')', tap.couple('emma'),
            tap.id((array['fred', 'frank'])[1 + floor(random() * 2)::integer]),
                case when random() < 0.3 then '{}' else array[(groups || 'budget'::text)[1 + floor(random() * (cardinality(groups) + 1))::integer]] end);
            else what := format('select wedsync.grant_access(%L, %L, %L)', tap.couple('emma'), tap.firm(firm),
                array[groups[1 + floor(random() * cardinality(groups))::integer], groups[1 + floor(random() * cardinality(groups))::integer]]);
        end case;
        -- revoking what is not granted is an error of its own
        perform tap.error('emma', what);
        perform tap.forget();
    end if;
    -- a channel whose right was lost has ended: its person joins again when it can
    update ears as e set joined = tap.listen(e.who, e.topic)
    where not exists (select from wedsync_data.subscriptions as s where s.id = tap.subscription(e.joined) and s.group_id is not null);
    perform tap.forget();
    select l.* into chosen from leaves as l order by random() limit 1;
    perform tap.patch('emma', 'emma', jsonb_build_object(chosen.path, tap.leaf_sample(chosen.leaf, step)));
    what := concat_ws(' then ', what, chosen.path);
    for ear in select * from ears loop
        view_row := (select r from tap.rows(ear.who, 'select * from wedsync.core_fields') as r);
        select s.group_id into current_group from wedsync_data.subscriptions as s where s.id = tap.subscription(ear.joined);
        select f.payload::jsonb #> '{data,record}' into frame
        from wedsync_internal.next_frames(tap.node(), tap.start()) as f where f.group_id = current_group and f.kind = 'postgres_changes';
        heard := frame is not null;
        if heard is distinct from coalesce(not view_row -> 'withheld_fields' ? chosen.path, false) then
            insert into log
            values (step, what, ear.who, ear.topic, case when heard then 'heard what the view hides' else 'did not hear what the view shows' end);
        end if;
        insert into log
        select step, what, ear.who, ear.topic, format('%s: heard %s, reads %s', r.key, r.value, view_row -> r.key)
        from jsonb_each(coalesce(frame, '{}')) as r
        -- numbers of the whole record count hidden changes as well; the view counts visible ones
        where r.key not in ('version_number', 'updated_at', 'last_updated_by', 'last_sync_at') and r.value is distinct from view_row -> r.key
            and not (coalesce(r.value, '{}') in ('{}', 'null') and coalesce(view_row -> r.key, 'null') in ('{}', 'null'));
        insert into heard_total select 1 where heard;
    end loop;
end
$$;
do $$ begin for i in 1..70 loop perform pg_temp.step(i); end loop; end $$;
select is_empty('select * from log order by step limit 10', 'what is heard is what can be read');
select cmp_ok((select count(*) from heard_total), '>', 150::bigint, 'control: much was heard');
select cmp_ok(840 - (select count(*) from heard_total), '>', 60::bigint, 'control: and much was not');
select * from finish();
rollback;
