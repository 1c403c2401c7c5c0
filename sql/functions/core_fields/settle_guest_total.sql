create or replace function wedsync_internal.settle_guest_total(old_record wedsync_data.core_fields, new_record wedsync_data.core_fields)
returns wedsync_data.core_fields
language plpgsql
stable
as $$
declare
    adults constant jsonb := coalesce(new_record.guest_count -> 'adults', 'null');
    children constant jsonb := coalesce(new_record.guest_count -> 'children', 'null');
    total constant jsonb := coalesce(new_record.guest_count -> 'total', 'null');
    expected jsonb;
begin
    -- values of the wrong type are reported by the checks of the fields
    if pg_catalog.jsonb_typeof(adults) not in ('number', 'null') or pg_catalog.jsonb_typeof(children) not in ('number', 'null') then
        return new_record;
    end if;
    if adults = 'null' and children = 'null' then
        return new_record;
    end if;
    expected := to_jsonb(
        case when adults = 'null' then 0 else adults::numeric end + case when children = 'null' then 0 else children::numeric end
    );
    if total = expected then
        return new_record;
    end if;
    -- while adults and children are 0, the total is kept, and may be set
    if expected = '0' and total <> 'null' and (
        total is distinct from old_record.guest_count -> 'total'
        or (adults, children) is not distinct from (old_record.guest_count -> 'adults', old_record.guest_count -> 'children')
    ) then
        return new_record;
    end if;
    if total <> 'null' and total is distinct from coalesce(old_record.guest_count -> 'total', 'null') then
        perform wedsync_internal.fail('invalid_fields', pg_catalog.jsonb_build_object('problems', pg_catalog.jsonb_build_array(
            pg_catalog.jsonb_build_object('path', 'wedding.guestCount.total', 'rule', 'sum_of_adults_and_children')
        )));
    end if;
    new_record.guest_count := new_record.guest_count || pg_catalog.jsonb_build_object('total', expected);
    return new_record;
end
$$;
comment on function wedsync_internal.settle_guest_total(wedsync_data.core_fields, wedsync_data.core_fields) is
'Keeps the guest total the sum of adults and children: computed if omitted, rejected if it differs. A total alone is accepted while both are 0.';
revoke all on function wedsync_internal.settle_guest_total(wedsync_data.core_fields, wedsync_data.core_fields) from public;
