create or replace function wedsync_internal.companions_named(couple_id uuid, people wedsync_internal.import_person[], keeps_guests boolean)
returns table (id uuid, row_no integer, companion_of uuid)
language sql
stable
as $$
    with wanted as (
        select p.id, p.row_no, p.household_id, wedsync_internal.plain_name(p.f ->> 'plus_one_of') as name
        from unnest(people) as p where p.role = 'first' and not p.is_known and p.f ? 'plus_one_of'
    ),
    named as (
        select p.name_key as name, p.household_id, p.id from unnest(people) as p where not p.is_known and p.name_key is not null
        union all
        select wedsync_internal.plain_name(concat_ws(' ', g.first_name, g.last_name, g.suffix)), g.household_id, g.id
        from wedsync_data.guests as g where keeps_guests and g.couple_id = $1
    )
    select
        w.id, w.row_no, case
            when count(*) filter (where n.household_id = w.household_id) = 1 then min(n.id::text) filter (where n.household_id = w.household_id)
            when count(*) filter (where n.household_id = w.household_id) = 0 and count(n.id) = 1 then min(n.id::text)
        end::uuid
    from wanted as w left join named as n on n.name = w.name and n.id <> w.id
    group by w.id, w.row_no
$$;
comment on function wedsync_internal.companions_named(uuid, wedsync_internal.import_person[], boolean) is
'Whom the guests of a list accompany whose rows name somebody: the guest of that name in their household, else the only one of that name in the list or, if the guests of the wedding stay, among them; null if there is none, or several.';
revoke all on function wedsync_internal.companions_named(uuid, wedsync_internal.import_person[], boolean) from public;
