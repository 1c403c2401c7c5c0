create or replace function wedsync_internal.ical_lines(calendar text)
returns table (line integer, name text, parameters text, value text)
language sql
immutable
as $$
    with physical as (
        select p.text, p.n, p.text ~ '^[ \t]' and p.n > 1 as is_folded
        from regexp_split_to_table(replace(replace(ltrim(calendar, U&'\FEFF'), E'\r\n', E'\n'), E'\r', E'\n'), '\n') with ordinality as p (text, n)
    ),
    logical as (
        select min(g.n)::integer as line, left(string_agg(case when g.is_folded then substr(g.text, 2) else g.text end, '' order by g.n), 20000) as text
        from (select p.*, sum(case when p.is_folded then 0 else 1 end) over (order by p.n) as group_no from physical as p) as g
        group by g.group_no
    )
    select l.line, upper(m.parts[1]), coalesce(m.parts[2], ''), m.parts[3]
    from logical as l
    cross join lateral regexp_match(l.text, '^([A-Za-z0-9-]{1,60})((?:;[^:;="]{1,100}=(?:"[^"]*"|[^":;]*))*):(.*)$') as m (parts)
    where m.parts is not null
    order by l.line
$$;
comment on function wedsync_internal.ical_lines(text) is
'Content lines of an iCalendar document, unfolded, with the number of their first physical line. Texts that are no content lines are left out; of a line, 20000 characters are read.';
revoke all on function wedsync_internal.ical_lines(text) from public;
