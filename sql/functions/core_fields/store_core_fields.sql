create or replace function wedsync_internal.store_core_fields(record wedsync_data.core_fields)
returns void
language sql
volatile
set search_path = ''
as $$
    update wedsync_data.core_fields
    set partner1_name = record.partner1_name,
        partner1_email = record.partner1_email,
        partner1_phone = record.partner1_phone,
        partner2_name = record.partner2_name,
        partner2_email = record.partner2_email,
        partner2_phone = record.partner2_phone,
        couple_address = record.couple_address,
        private_notes = record.private_notes,
        wedding_date = record.wedding_date,
        time_zone = record.time_zone,
        ceremony_venue = record.ceremony_venue,
        reception_venue = record.reception_venue,
        guest_count = record.guest_count,
        wedding_style = record.wedding_style,
        wedding_colors = record.wedding_colors,
        ceremony_time = record.ceremony_time,
        reception_time = record.reception_time,
        budget_total = record.budget_total,
        budget_currency = record.budget_currency,
        sharing_preferences = record.sharing_preferences
    where couple_id = record.couple_id
$$;
comment on function wedsync_internal.store_core_fields(wedsync_data.core_fields) is
'Stores a whole row. One static statement, planned once per session; naming only the changed columns would plan anew each time.';
revoke all on function wedsync_internal.store_core_fields(wedsync_data.core_fields) from public;
