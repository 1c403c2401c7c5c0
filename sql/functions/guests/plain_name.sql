create or replace function wedsync_internal.plain_name(name text)
returns text
language sql
immutable
parallel safe
as $$
    select btrim(regexp_replace(
        case
            -- most names have no letter to translate
            when octet_length(name) = length(name) then lower(name)
            else translate(lower(name), 'áàâäãåāéèêëēíìîïīóòôöõøōúùûüūñçýÿšžčćłđðğ', 'aaaaaaaeeeeeiiiiiooooooouuuuuncyyszcclddg')
        end,
        '[^[:alnum:]]+', ' ', 'g'
    ))
$$;
comment on function wedsync_internal.plain_name(text) is 'A name without case, accents and punctuation, to compare names by.';
revoke all on function wedsync_internal.plain_name(text) from public;
