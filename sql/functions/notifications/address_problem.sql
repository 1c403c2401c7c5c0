create or replace function wedsync_internal.address_problem(address jsonb)
returns text
language sql
stable
as $$
    select case
        when pg_catalog.jsonb_typeof(address) <> 'object' or address - '{email,phone,language,time_zone,quiet_from,quiet_until}'::text[] <> '{}'
            then 'object with some of email, phone, language, time_zone, quiet_from and quiet_until'
        when exists (select from pg_catalog.jsonb_each(address) as a where pg_catalog.jsonb_typeof(a.value) not in ('string', 'null')) then 'texts or null'
        when not coalesce(address ->> 'email' ~ '^[^@[:space:][:cntrl:]<>,;:"]+@[^@[:space:][:cntrl:]<>,;:"]+\.[^@[:space:][:cntrl:]<>,;:"]+$' and length(address ->> 'email') <= 255, true)
            then 'email: one address, such as emma@example.org'
        when not coalesce(address ->> 'phone' ~ '^\+[1-9][0-9]{6,14}$', true) then 'phone: + and 7 to 15 digits, such as +447700900123'
        when not coalesce(address ->> 'language' ~ '^[a-z]{2,3}(-[A-Z]{2})?$', true) then 'language: such as en, de or es-MX'
        when address ->> 'time_zone' is not null and wedsync_internal.time_zone_problem(address ->> 'time_zone') is not null
            then 'time_zone: the name of a zone, such as Europe/London'
        when not coalesce(address ->> 'quiet_from' ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$', true)
            or not coalesce(address ->> 'quiet_until' ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$', true)
            or (address ->> 'quiet_from' is null) <> (address ->> 'quiet_until' is null)
            or address ->> 'quiet_from' = address ->> 'quiet_until'
            then 'quiet_from and quiet_until: two different times of day, such as 22:00 and 07:00, or both null'
    end
$$;
comment on function wedsync_internal.address_problem(jsonb) is 'The rule that a value for set_notification_address breaks; null if it breaks none.';
revoke all on function wedsync_internal.address_problem(jsonb) from public;
