create or replace function wedsync_internal.leaf_value(record wedsync_data.core_fields, right_no smallint)
returns jsonb
language plpgsql
immutable
parallel safe
as $$
begin
    -- in three parts, because PL/pgSQL prepares every branch of a case before it takes one
    if right_no < 6 then
        return case right_no
            when 0 then to_jsonb(record.partner1_name)
            when 1 then to_jsonb(record.partner1_email)
            when 2 then to_jsonb(record.partner1_phone)
            when 3 then to_jsonb(record.partner2_name)
            when 4 then to_jsonb(record.partner2_email)
            when 5 then to_jsonb(record.partner2_phone)
        end;
    elsif right_no between 6 and 28 and right_no not in (12, 13) then
        return case
            when right_no <= 11 then record.couple_address -> ('{line1,line2,city,region,postcode,country}'::text[])[right_no - 5]
            when right_no <= 18 then record.ceremony_venue -> ('{name,address,contact_person,contact_phone,notes}'::text[])[right_no - 13]
            when right_no <= 23 then record.reception_venue -> ('{name,address,contact_person,contact_phone,notes}'::text[])[right_no - 18]
            else record.guest_count -> ('{adults,children,total,confirmed,pending}'::text[])[right_no - 23]
        end;
    end if;
    return case right_no
        when 12 then to_jsonb(record.wedding_date)
        when 13 then to_jsonb(record.time_zone)
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
