create or replace function wedsync.find_duplicate_guests(couple_id uuid, max_rows integer default 100, after text default null)
returns table (reason text, value text, guest_ids uuid[], names text[])
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    readable bit(128);
begin
    perform wedsync_internal.enforce_rate_limit('guests-export');
    perform wedsync_internal.require_caller();
    perform wedsync_internal.require_given('{couple_id,max_rows}', array[find_duplicate_guests.couple_id is not null, max_rows is not null]);
    if max_rows not between 1 and 1000 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "max_rows", "rule": "between 1 and 1000"}');
    end if;
    select a.readable into readable from wedsync_internal.caller_access as a where a.couple_id = find_duplicate_guests.couple_id;
    if readable is null then
        perform wedsync_internal.fail('not_found');
    end if;
    if readable & wedsync_internal.names_mask('{guests.names}') <> wedsync_internal.names_mask('{guests.names}') then
        perform wedsync_internal.fail('fields_not_allowed', '{"unauthorized_fields": ["guests.names"]}');
    end if;
    perform wedsync_internal.log_access(find_duplicate_guests.couple_id, 'find_duplicate_guests');
    return query
    with named as (
        select g.id, g.email, g.phone, g.created_at, nullif(concat_ws(' ', g.first_name, g.last_name), '') as name
        from wedsync_data.guests as g where g.couple_id = find_duplicate_guests.couple_id
    ),
    keys as (
        select n.*, 'name' as reason, wedsync_internal.plain_name(n.name) as value from named as n where n.name is not null
        union all
        select n.*, 'email', lower(n.email) from named as n
        where n.email <> '' and readable & wedsync_internal.names_mask('{guests.contact}') = wedsync_internal.names_mask('{guests.contact}')
    )
    select k.reason, k.value, array_agg(k.id order by k.created_at, k.id), array_agg(coalesce(k.name, '') order by k.created_at, k.id)
    from keys as k
    where k.value <> ''
    group by k.reason, k.value
    having count(*) > 1 and (after is null or (k.reason || ' ' || k.value) collate "C" > after)
    order by (k.reason || ' ' || k.value) collate "C"
    limit max_rows;
end
$$;
comment on function wedsync.find_duplicate_guests(uuid, integer, text) is
'Guests who may be the same person: the same name, whatever its case, accents and punctuation, or the same e-mail address
Returns rows (reason, value, guest_ids, names), reason being name or email, ordered by both; continue with after => reason || '' '' || value of the last row. Couples often share an address. Needs guests.names, and guests.contact for addresses.
Errors: not_signed_in and fields_not_allowed (42501), not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.find_duplicate_guests(uuid, integer, text) from public;
grant execute on function wedsync.find_duplicate_guests(uuid, integer, text) to authenticated, service_role, wedsync_admin;
