create or replace function wedsync_internal.csv_separator(csv text)
returns text
language sql
immutable
parallel safe
as $$
    -- the one by which the first rows fall into the most columns, the same number in most of them
    select s.separator
    from (values (',', 1), (';', 2), (E'\t', 3), ('|', 4)) as s (separator, preference)
    cross join lateral (
        select count(*) as rows, r.columns
        from (
            select cardinality(c.cells) as columns
            from wedsync_internal.csv_records(left(csv, 20000), s.separator) as c order by c.row_no limit 20
        ) as r
        group by r.columns
        order by r.columns > 1 desc, count(*) desc, r.columns desc
        limit 1
    ) as m
    order by m.columns > 1 desc, m.rows desc, m.columns desc, s.preference
    limit 1
$$;
comment on function wedsync_internal.csv_separator(text) is 'Separator of a CSV text: comma, semicolon, tab or vertical bar. A single column has a comma.';
revoke all on function wedsync_internal.csv_separator(text) from public;
