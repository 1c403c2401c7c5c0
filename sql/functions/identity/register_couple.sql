create or replace function wedsync.register_couple(
    partner1_name text, partner2_name text default null, wedding_date date default null, time_zone text default 'UTC'
)
returns uuid
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    caller constant uuid := wedsync_internal.require_user();
    problems jsonb;
    couple uuid;
begin
    perform wedsync_internal.enforce_rate_limit('registration');
    perform wedsync_internal.require_given('{partner1_name}', array[partner1_name is not null]);
    select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('path', path, 'rule', p.rule)) into problems
    from (values
        ('couple.partner1.name', to_jsonb(register_couple.partner1_name)),
        ('couple.partner2.name', to_jsonb(register_couple.partner2_name)),
        ('wedding.date', to_jsonb(register_couple.wedding_date)),
        ('wedding.timeZone', to_jsonb(register_couple.time_zone))
    ) as given (path, value)
    join wedsync_data.field_catalog as c using (path)
    cross join lateral (
        select coalesce(
            wedsync_internal.field_problem(c, given.value),
            case
                when path = 'couple.partner1.name' and coalesce(register_couple.partner1_name, '') !~ '\S' then 'not_blank'
                when path = 'wedding.date' then wedsync_internal.wedding_date_problem(register_couple.wedding_date)
            end
        )
    ) as p (rule)
    where p.rule is not null;
    if problems is not null then
        perform wedsync_internal.fail('invalid_fields', pg_catalog.jsonb_build_object('problems', problems));
    end if;
    -- locks the user's row, so that the count below stays correct
    perform wedsync_internal.record_user(caller, btrim(register_couple.partner1_name));
    perform wedsync_internal.enforce_cap('weddings_per_user', (
        select count(*) from wedsync_data.wedding_members as m where m.user_id = caller and m.wedding_role = 'partner'
    ));
    insert into wedsync_data.weddings (created_by) values (caller) returning id into couple;
    insert into wedsync_data.wedding_clocks (couple_id) values (couple);
    insert into wedsync_data.wedding_members (couple_id, user_id, wedding_role, added_by) values (couple, caller, 'partner', caller);
    insert into wedsync_data.core_fields (couple_id, partner1_name, partner2_name, wedding_date, time_zone)
    values (
        couple, register_couple.partner1_name, register_couple.partner2_name, register_couple.wedding_date,
        coalesce(register_couple.time_zone, 'UTC')
    );
    return couple;
end
$$;
comment on function wedsync.register_couple(text, text, date, text) is
'Registers a couple and returns its couple_id
The caller becomes the first partner. time_zone is an IANA name. Errors: not_signed_in (42501), cap_reached (PT409), invalid_fields (PT422), rate_limited (429).';
revoke all on function wedsync.register_couple(text, text, date, text) from public;
grant execute on function wedsync.register_couple(text, text, date, text) to authenticated, service_role, wedsync_admin;
