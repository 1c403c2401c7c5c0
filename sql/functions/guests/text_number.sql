create or replace function wedsync_internal.text_number(word text)
returns integer
language sql
immutable
parallel safe
as $$
    select case
        when word is null then null
        when word ~ '^\s*-?\d{1,4}(\.0+)?\s*$' then trunc(word::numeric)::integer
        -- "2 adults", "party of 4", "1+1"
        when word ~ '^\s*\d{1,2}\s*\+\s*\d{1,2}\s*$' then split_part(word, '+', 1)::integer + split_part(word, '+', 2)::integer
        when word ~ '\d' then substring(word from '\d{1,4}')::integer
        else (
            select n.number
            from (values
                ('one', 1), ('two', 2), ('three', 3), ('four', 4), ('five', 5), ('six', 6), ('seven', 7), ('eight', 8), ('nine', 9), ('ten', 10),
                ('eins', 1), ('ein', 1), ('eine', 1), ('zwei', 2), ('drei', 3), ('vier', 4), ('funf', 5), ('sechs', 6), ('sieben', 7), ('acht', 8), ('neun', 9), ('zehn', 10),
                ('uno', 1), ('una', 1), ('dos', 2), ('tres', 3), ('cuatro', 4), ('cinco', 5), ('seis', 6), ('siete', 7), ('ocho', 8), ('nueve', 9), ('diez', 10),
                ('none', 0), ('zero', 0), ('null', 0), ('no', 0), ('nein', 0), ('keine', 0), ('yes', 1), ('y', 1), ('x', 1), ('ja', 1), ('si', 1), ('true', 1), ('false', 0)
            ) as n (word, number)
            where n.word = any (string_to_array(wedsync_internal.plain_name(text_number.word), ' '))
            limit 1
        )
    end
$$;
comment on function wedsync_internal.text_number(text) is 'A number of people as lists write it: 2, 2.0, "two", "2 adults", "1+1", yes for 1; null if there is none.';
revoke all on function wedsync_internal.text_number(text) from public;
