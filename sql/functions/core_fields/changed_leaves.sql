create or replace function wedsync_internal.changed_leaves(old_record wedsync_data.core_fields, new_record wedsync_data.core_fields)
returns smallint[]
language plpgsql
immutable
parallel safe
as $$
declare
    changed smallint[];
begin
    changed := array[
        case when new_record.partner1_name is distinct from old_record.partner1_name then 0 end,
        case when new_record.partner1_email is distinct from old_record.partner1_email then 1 end,
        case when new_record.partner1_phone is distinct from old_record.partner1_phone then 2 end,
        case when new_record.partner2_name is distinct from old_record.partner2_name then 3 end,
        case when new_record.partner2_email is distinct from old_record.partner2_email then 4 end,
        case when new_record.partner2_phone is distinct from old_record.partner2_phone then 5 end,
        case when new_record.wedding_date is distinct from old_record.wedding_date then 12 end,
        case when new_record.time_zone is distinct from old_record.time_zone then 13 end,
        case when new_record.wedding_style is distinct from old_record.wedding_style then 29 end,
        case when new_record.wedding_colors is distinct from old_record.wedding_colors then 30 end,
        case when new_record.ceremony_time is distinct from old_record.ceremony_time then 31 end,
        case when new_record.reception_time is distinct from old_record.reception_time then 32 end,
        case when new_record.budget_total is distinct from old_record.budget_total then 47 end,
        case when new_record.budget_currency is distinct from old_record.budget_currency then 48 end,
        case when new_record.private_notes is distinct from old_record.private_notes then 49 end
    ];
    -- key by key only where a json column differs at all
    if new_record.guest_count is distinct from old_record.guest_count then
        changed := changed || array[
            case when new_record.guest_count -> 'adults' is distinct from old_record.guest_count -> 'adults' then 24 end,
            case when new_record.guest_count -> 'children' is distinct from old_record.guest_count -> 'children' then 25 end,
            case when new_record.guest_count -> 'total' is distinct from old_record.guest_count -> 'total' then 26 end,
            case when new_record.guest_count -> 'confirmed' is distinct from old_record.guest_count -> 'confirmed' then 27 end,
            case when new_record.guest_count -> 'pending' is distinct from old_record.guest_count -> 'pending' then 28 end
        ]::smallint[];
    end if;
    if new_record.couple_address is distinct from old_record.couple_address then
        changed := changed || array[
            case when new_record.couple_address -> 'line1' is distinct from old_record.couple_address -> 'line1' then 6 end,
            case when new_record.couple_address -> 'line2' is distinct from old_record.couple_address -> 'line2' then 7 end,
            case when new_record.couple_address -> 'city' is distinct from old_record.couple_address -> 'city' then 8 end,
            case when new_record.couple_address -> 'region' is distinct from old_record.couple_address -> 'region' then 9 end,
            case when new_record.couple_address -> 'postcode' is distinct from old_record.couple_address -> 'postcode' then 10 end,
            case when new_record.couple_address -> 'country' is distinct from old_record.couple_address -> 'country' then 11 end
        ]::smallint[];
    end if;
    if new_record.ceremony_venue is distinct from old_record.ceremony_venue then
        changed := changed || array[
            case when new_record.ceremony_venue -> 'name' is distinct from old_record.ceremony_venue -> 'name' then 14 end,
            case when new_record.ceremony_venue -> 'address' is distinct from old_record.ceremony_venue -> 'address' then 15 end,
            case when new_record.ceremony_venue -> 'contact_person' is distinct from old_record.ceremony_venue -> 'contact_person' then 16 end,
            case when new_record.ceremony_venue -> 'contact_phone' is distinct from old_record.ceremony_venue -> 'contact_phone' then 17 end,
            case when new_record.ceremony_venue -> 'notes' is distinct from old_record.ceremony_venue -> 'notes' then 18 end
        ]::smallint[];
    end if;
    if new_record.reception_venue is distinct from old_record.reception_venue then
        changed := changed || array[
            case when new_record.reception_venue -> 'name' is distinct from old_record.reception_venue -> 'name' then 19 end,
            case when new_record.reception_venue -> 'address' is distinct from old_record.reception_venue -> 'address' then 20 end,
            case when new_record.reception_venue -> 'contact_person' is distinct from old_record.reception_venue -> 'contact_person' then 21 end,
            case when new_record.reception_venue -> 'contact_phone' is distinct from old_record.reception_venue -> 'contact_phone' then 22 end,
            case when new_record.reception_venue -> 'notes' is distinct from old_record.reception_venue -> 'notes' then 23 end
        ]::smallint[];
    end if;
    if new_record.sharing_preferences is distinct from old_record.sharing_preferences then
        changed := changed || array[
            case when new_record.sharing_preferences -> 'auto_share_basic'
                is distinct from old_record.sharing_preferences -> 'auto_share_basic' then 45 end,
            case when new_record.sharing_preferences -> 'require_approval'
                is distinct from old_record.sharing_preferences -> 'require_approval' then 46 end
        ]::smallint[];
    end if;
    return array_remove(changed, null);
end
$$;
comment on function wedsync_internal.changed_leaves(wedsync_data.core_fields, wedsync_data.core_fields) is
'Leaves that differ between two states of a row. Compares typed columns: turning both rows into JSON would cost more than the rest of the write path.';
revoke all on function wedsync_internal.changed_leaves(wedsync_data.core_fields, wedsync_data.core_fields) from public;
