create or replace function wedsync_internal.guests_settle()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    -- columns that count; for INSERT and DELETE every row does
    counted constant text[] := tg_argv[0]::text[];
    weddings uuid[];
begin
    case tg_op
        when 'INSERT' then
            weddings := array(select distinct a.couple_id from after_rows as a order by 1);
        when 'DELETE' then
            weddings := array(select distinct b.couple_id from before_rows as b order by 1);
        else
            -- not a join: a plan made for a few rows would compare all of many rows with each other
            weddings := array(
                select distinct d.couple_id
                from (
                    select a.couple_id, a.id, (select pg_catalog.jsonb_agg(j.v -> c.name) from (select to_jsonb(a) as v offset 0) as j, unnest(counted) as c (name)) from after_rows as a
                    except
                    select b.couple_id, b.id, (select pg_catalog.jsonb_agg(j.v -> c.name) from (select to_jsonb(b) as v offset 0) as j, unnest(counted) as c (name)) from before_rows as b
                ) as d
                order by 1
            );
    end case;
    -- once for each wedding and transaction, however many statements and rows it has
    insert into wedsync_data.guest_settlements (couple_id) select w.id from unnest(weddings) as w (id)
    on conflict on constraint guest_settlements_pkey do nothing;
    return null;
end
$$;
comment on function wedsync_internal.guests_settle() is
'After a change of guests, replies, allergies, meals or events: guest numbers and dietary counts follow when the transaction ends. The argument lists the columns whose change counts.';
revoke all on function wedsync_internal.guests_settle() from public;

create or replace trigger settle_insert after insert on wedsync_data.rsvps
referencing new table as after_rows for each statement execute function wedsync_internal.guests_settle('{status,additional_guests,meal_option_id,guest_id,event_id}');
comment on trigger settle_insert on wedsync_data.rsvps is 'Guest numbers and dietary counts follow.';
create or replace trigger settle_update after update on wedsync_data.rsvps
referencing old table as before_rows new table as after_rows for each statement execute function wedsync_internal.guests_settle('{status,additional_guests,meal_option_id,guest_id,event_id}');
comment on trigger settle_update on wedsync_data.rsvps is 'Guest numbers and dietary counts follow.';
create or replace trigger settle_delete after delete on wedsync_data.rsvps
referencing old table as before_rows for each statement execute function wedsync_internal.guests_settle('{status,additional_guests,meal_option_id,guest_id,event_id}');
comment on trigger settle_delete on wedsync_data.rsvps is 'Guest numbers and dietary counts follow.';
create or replace trigger settle_insert after insert on wedsync_data.guest_allergens
referencing new table as after_rows for each statement execute function wedsync_internal.guests_settle('{allergen,severity,note,guest_id}');
comment on trigger settle_insert on wedsync_data.guest_allergens is 'Guest numbers and dietary counts follow.';
create or replace trigger settle_update after update on wedsync_data.guest_allergens
referencing old table as before_rows new table as after_rows for each statement execute function wedsync_internal.guests_settle('{allergen,severity,note,guest_id}');
comment on trigger settle_update on wedsync_data.guest_allergens is 'Guest numbers and dietary counts follow.';
create or replace trigger settle_delete after delete on wedsync_data.guest_allergens
referencing old table as before_rows for each statement execute function wedsync_internal.guests_settle('{allergen,severity,note,guest_id}');
comment on trigger settle_delete on wedsync_data.guest_allergens is 'Guest numbers and dietary counts follow.';
create or replace trigger settle_update after update on wedsync_data.guests
referencing old table as before_rows new table as after_rows for each statement execute function wedsync_internal.guests_settle('{diets,dietary_note}');
comment on trigger settle_update on wedsync_data.guests is 'Guest numbers and dietary counts follow.';
create or replace trigger settle_update after update on wedsync_data.meal_options
referencing old table as before_rows new table as after_rows for each statement execute function wedsync_internal.guests_settle('{name}');
comment on trigger settle_update on wedsync_data.meal_options is 'Guest numbers and dietary counts follow.';
create or replace trigger settle_insert after insert on wedsync_data.wedding_events
referencing new table as after_rows for each statement execute function wedsync_internal.guests_settle('{is_main}');
comment on trigger settle_insert on wedsync_data.wedding_events is 'Guest numbers and dietary counts follow.';
create or replace trigger settle_update after update on wedsync_data.wedding_events
referencing old table as before_rows new table as after_rows for each statement execute function wedsync_internal.guests_settle('{is_main}');
comment on trigger settle_update on wedsync_data.wedding_events is 'Guest numbers and dietary counts follow.';
create or replace trigger settle_delete after delete on wedsync_data.wedding_events
referencing old table as before_rows for each statement execute function wedsync_internal.guests_settle('{is_main}');
comment on trigger settle_delete on wedsync_data.wedding_events is 'Guest numbers and dietary counts follow.';
