create or replace function wedsync_internal.tell_of_venues()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    actor record;
    everybody jsonb;
    venue record;
begin
    select * into actor from wedsync_internal.current_actor(new.couple_id);
    everybody := pg_catalog.jsonb_build_object(
        'roles', '{partner,planner,family,friend}'::text[],
        'suppliers', array(
            select distinct g.grantee_id from wedsync_data.grants as g
            where g.couple_id = new.couple_id and g.grantee_kind = 'supplier' and g.state = 'approved' and g.valid_from <= now() and g.valid_until > now()
                and g.grantee_id is distinct from actor.supplier_id
        )
    );
    for venue in
        select v.kind, v.before, v.after from (values
            ('ceremony_venue_changed', old.ceremony_venue, new.ceremony_venue), ('reception_venue_changed', old.reception_venue, new.reception_venue)
        ) as v (kind, before, after)
        -- to enter the first one is no change
        where coalesce(v.before ->> 'name', v.before ->> 'address') is not null
            and (v.before ->> 'name' is distinct from v.after ->> 'name' or v.before ->> 'address' is distinct from v.after ->> 'address')
    loop
        perform wedsync_internal.notify(
            new.couple_id, venue.kind,
            pg_catalog.jsonb_build_object(
                'venue', coalesce(nullif(concat_ws(', ', venue.after ->> 'name', venue.after ->> 'address'), ''), '–'),
                'previous', concat_ws(', ', venue.before ->> 'name', venue.before ->> 'address')
            ),
            everybody, 'version ' || new.version_number,
            case when new.wedding_date between now()::date - 1 and now()::date + 7 then 'high' else 'normal' end
        );
    end loop;
    return null;
end
$$;
comment on function wedsync_internal.tell_of_venues() is
'Notifies everybody at a wedding who may read name and address of a venue that another place has been chosen: all but whoever did it. In the last week before the wedding that is urgent.';
revoke all on function wedsync_internal.tell_of_venues() from public;

create or replace trigger tell_of_venues after update of ceremony_venue, reception_venue on wedsync_data.core_fields
for each row when (old.ceremony_venue is distinct from new.ceremony_venue or old.reception_venue is distinct from new.reception_venue)
execute function wedsync_internal.tell_of_venues();
comment on trigger tell_of_venues on wedsync_data.core_fields is 'A change of a venue is told to everybody whom it concerns.';
