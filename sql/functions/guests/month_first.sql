create or replace function wedsync_internal.month_first(words text[])
returns boolean
language sql
immutable
parallel safe
as $$
    -- a number above 12 is a day; points stand between days and months
    select case
        when bool_or(p.parts[1]::integer > 12 or w.word ~ '^\s*\d{1,2}\s?\.') then false
        when bool_or(p.parts[2]::integer > 12) then true
    end
    from unnest(words) as w (word)
    cross join lateral regexp_match(w.word, '^\s*(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(?:\d{4}|\d{2})') as p (parts)
    where p.parts is not null
$$;
comment on function wedsync_internal.month_first(text[]) is 'Whether dates of a column have the month first; null where nothing tells.';
revoke all on function wedsync_internal.month_first(text[]) from public;
