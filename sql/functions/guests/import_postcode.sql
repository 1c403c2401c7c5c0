create or replace function wedsync_internal.import_postcode(f jsonb)
returns text
language sql
immutable
parallel safe
as $$
    select case
        -- spreadsheets drop the leading zero of numbers
        when f ->> 'postcode' ~ '^\d{3,4}(\.0)?$' and wedsync_internal.plain_name(f ->> 'country') in (
            'us', 'usa', 'u s a', 'united states', 'united states of america', 'de', 'germany', 'deutschland', 'es', 'spain', 'espana', 'fr', 'france', 'it', 'italy'
        ) then lpad(split_part(f ->> 'postcode', '.', 1), 5, '0')
        when f ->> 'postcode' ~ '^\d+\.0$' then split_part(f ->> 'postcode', '.', 1)
        else f ->> 'postcode'
    end
$$;
comment on function wedsync_internal.import_postcode(jsonb) is 'Postcode of a row, with the leading zero that a spreadsheet has dropped, in countries whose postcodes have five digits.';
revoke all on function wedsync_internal.import_postcode(jsonb) from public;
