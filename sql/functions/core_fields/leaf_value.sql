create or replace function wedsync_internal.leaf_value(record wedsync_data.core_fields, leaf_no smallint)
returns jsonb
language plpgsql
immutable
parallel safe
as $$
begin
    return case leaf_no
        when 0 then to_jsonb(record.partner1_name)
        when 1 then to_jsonb(record.partner1_email)
        when 2 then to_jsonb(record.partner1_phone)
        when 3 then to_jsonb(record.partner2_name)
        when 4 then to_jsonb(record.partner2_email)
        when 5 then to_jsonb(record.partner2_phone)
        when 6 then record.couple_address -> 'line1'
        when 7 then record.couple_address -> 'line2'
        when 8 then record.couple_address -> 'city'
        when 9 then record.couple_address -> 'region'
        when 10 then record.couple_address -> 'postcode'
        when 11 then record.couple_address -> 'country'
        when 12 then to_jsonb(record.wedding_date)
        when 13 then to_jsonb(record.time_zone)
        when 14 then record.ceremony_venue -> 'name'
        when 15 then record.ceremony_venue -> 'address'
        when 16 then record.ceremony_venue -> 'contact_person'
        when 17 then record.ceremony_venue -> 'contact_phone'
        when 18 then record.ceremony_venue -> 'notes'
        when 19 then record.reception_venue -> 'name'
        when 20 then record.reception_venue -> 'address'
        when 21 then record.reception_venue -> 'contact_person'
        when 22 then record.reception_venue -> 'contact_phone'
        when 23 then record.reception_venue -> 'notes'
        when 24 then record.guest_count -> 'adults'
        when 25 then record.guest_count -> 'children'
        when 26 then record.guest_count -> 'total'
        when 27 then record.guest_count -> 'confirmed'
        when 28 then record.guest_count -> 'pending'
        when 29 then to_jsonb(record.wedding_style)
        when 30 then to_jsonb(record.wedding_colors)
        when 31 then to_jsonb(record.ceremony_time)
        when 32 then to_jsonb(record.reception_time)
        when 45 then record.sharing_preferences -> 'auto_share_basic'
        when 46 then record.sharing_preferences -> 'require_approval'
        when 47 then to_jsonb(record.budget_total)
        when 48 then to_jsonb(record.budget_currency)
        when 49 then to_jsonb(record.private_notes)
    end;
end
$$;
comment on function wedsync_internal.leaf_value(wedsync_data.core_fields, smallint) is
'Value of a leaf as JSON; null where it is empty. Elements of lists are not leaves of the row.';
revoke all on function wedsync_internal.leaf_value(wedsync_data.core_fields, smallint) from public;
