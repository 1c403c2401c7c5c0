create or replace function wedsync_internal.nearest_name(given text, with_groups boolean)
returns text
language sql
stable
as $$
    -- Dice's coefficient of letter pairs, because core PostgreSQL has no edit distance. The last part of a path is compared separately,
    -- including single letters, because all paths of an object have the same prefix.
    with asked_words (word, ending) as materialized (
        select regexp_replace(w.text, '[^a-z0-9]', '', 'g'), regexp_replace(regexp_replace(w.text, '^.*[./]', ''), '[^a-z0-9]', '', 'g')
        from (select left(lower(given), 80)) as w (text)
    ),
    asked (of_ending, gram) as materialized (
        select false, substr(a.word, i.i, 2) from asked_words as a cross join lateral generate_series(1, length(a.word) - 1) as i (i)
        union
        select true, substr(a.ending, i.i, l.l)
        from asked_words as a cross join (values (1), (2)) as l (l) cross join lateral generate_series(1, length(a.ending) - l.l + 1) as i (i)
    ),
    words (name, word, ending) as materialized (
        select n.name, regexp_replace(lower(n.name), '[^a-z0-9]', '', 'g'), regexp_replace(regexp_replace(lower(n.name), '^.*[./]', ''), '[^a-z0-9]', '', 'g')
        from wedsync_data.field_names as n
        where n.kind in ('field', 'list', 'branch') or (with_groups and n.kind in ('group', 'level'))
    ),
    grams (name, of_ending, gram) as materialized (
        select w.name, false, substr(w.word, i.i, 2) from words as w cross join lateral generate_series(1, length(w.word) - 1) as i (i)
        union
        select w.name, true, substr(w.ending, i.i, l.l)
        from words as w cross join (values (1), (2)) as l (l) cross join lateral generate_series(1, length(w.ending) - l.l + 1) as i (i)
    ),
    compared (name, shared, likeness, ending_likeness) as (
        select g.name, count(a.gram) filter (where not g.of_ending),
            2.0 * count(a.gram) filter (where not g.of_ending) / nullif(count(*) filter (where not g.of_ending) + t.whole, 0),
            2.0 * count(a.gram) filter (where g.of_ending) / nullif(count(*) filter (where g.of_ending) + t.ending, 0)
        from grams as g
        cross join (select count(*) filter (where not o.of_ending), count(*) filter (where o.of_ending) from asked as o) as t (whole, ending)
        left join asked as a on a.of_ending = g.of_ending and a.gram = g.gram
        group by g.name, t.whole, t.ending
    )
    select c.name from compared as c
    where c.shared >= 3 and c.likeness >= 0.5 and c.ending_likeness >= 0.5
    order by c.likeness + c.ending_likeness desc, c.name
    limit 1
$$;
comment on function wedsync_internal.nearest_name(text, boolean) is
'The field name (or with with_groups, group or level) most similar to an unknown name; null if there is none. Field names are public. The cost does not depend on the length of the given text.';
revoke all on function wedsync_internal.nearest_name(text, boolean) from public;
