create or replace function wedsync_internal.read_guest_list(
    couple_id uuid, csv text, options jsonb,
    out people wedsync_internal.import_person[], out columns jsonb, out problems jsonb, out row_count integer, out header_row integer, out separator text
)
language plpgsql
stable
as $$
declare
    mapping constant jsonb := coalesce(options -> 'mapping', '{}');
    most constant integer := wedsync_internal.setting_limit('import_max_rows');
    plain text := csv;
    headings text[];
    keys text[];
    places integer[];
    longest integer[];
    is_simple boolean;
    words constant text[] := '{and,und,y,e,guest,guests,begleitung,begleitperson,partner,partnerin,acompañante,plus,tba,tbc,unknown,name,nn,family,familie,familia,mr,mrs,ms,miss,dr,prof,herr,frau,sr,sra,mr.,mrs.,ms.,dr.,the}';
    month_first boolean;
    seed constant bytea := pg_catalog.uuid_send(pg_catalog.gen_random_uuid()) || pg_catalog.uuid_send(pg_catalog.gen_random_uuid());
begin
    -- a byte-order mark, the hint of spreadsheets, control characters
    plain := ltrim(plain, E'\ufeff');
    if plain ~ '[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]' then
        plain := regexp_replace(plain, '[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]', '', 'g');
    end if;
    separator := options ->> 'separator';
    if plain ~* '^sep=.\r?\n' then
        separator := coalesce(separator, substr(plain, 5, 1));
        plain := regexp_replace(plain, '^[^\n]*', '');
    end if;
    separator := coalesce(separator, wedsync_internal.csv_separator(plain));
    row_count := (select count(*) from wedsync_internal.csv_records(plain, separator));
    if row_count - 1 > most then
        perform wedsync_internal.fail('too_large', pg_catalog.jsonb_build_object('parameter', 'csv', 'rule', format('at most %s rows', most), 'setting', 'import_max_rows', 'limit', most));
    end if;
    -- the row of headings is the one of the first ten of which most cells are known; titles may stand above
    select r.row_no, r.cells into header_row, headings
    from (select c.* from wedsync_internal.csv_records(left(plain, 50000), separator) as c order by c.row_no limit 10) as r
    cross join lateral (select count(*) filter (where k.field is not null) as known from wedsync_internal.import_columns(couple_id, array(select btrim(x.cell) from unnest(r.cells) with ordinality as x (cell, n) order by x.n), mapping) as k) as k
    where r.row_no = coalesce((options ->> 'header_row')::integer, r.row_no) and k.known > 0
    order by k.known desc, r.row_no
    limit 1;
    headings := array(select btrim(x.cell) from unnest(headings) with ordinality as x (cell, n) order by x.n);
    select array_agg(k.field order by k.column_no) filter (where k.field is not null), array_agg(k.column_no order by k.column_no) filter (where k.field is not null),
        coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('heading', k.heading, 'field', k.field) order by k.column_no), '[]')
    into keys, places, columns
    from wedsync_internal.import_columns(couple_id, headings, mapping) as k;
    if keys is null or not keys && '{first_name,last_name,full_name}' then
        perform wedsync_internal.fail('invalid_value', pg_catalog.jsonb_build_object('parameter', 'csv', 'rule', 'import_heading', 'headings', to_jsonb(headings)));
    end if;
    is_simple := not exists (
        select from unnest(keys) as k (key) where k.key ~ '^(partner|child|plus_one_name|adults|children|party_size)' or k.key in ('title', 'suffix')
    );

    -- a little more than is kept, so that the rule about long texts still finds them
    longest := array(
        select case
            when k.key = 'notes' then 5100
            when k.key in ('diets', 'allergies', 'dietary_note', 'accessibility', 'transport', 'rsvp_comment', 'email', 'partner_email') then 1100
            else 300
        end
        from unnest(keys) with ordinality as k (key, n) order by k.n
    );
    with lines as materialized (
        select
            r.row_no, r.n, r.f, r.longest_cell,
            -- what most rows are: one guest, whose names need no words to be understood
            coalesce(is_simple and not r.f ? 'age_class' and case
                when r.f ? 'first_name' then r.f ->> 'first_name' ~ '^[[:alpha:]0-9''.-]+$' and lower(r.f ->> 'first_name') <> all (words)
                else not r.f ? 'last_name' and r.f ->> 'full_name' ~ '^[[:alpha:]''.-]{2,} [[:alpha:]''-]{3,}$' and not string_to_array(lower(r.f ->> 'full_name'), ' ') && words
            end, false) as is_plain
        from (
            select c.row_no, cardinality(c.cells) as n, (select max(octet_length(x.cell)) from unnest(c.cells) as x (cell)) as longest_cell, pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_object(keys, array(
                -- quotation marks and formulas with which spreadsheets protect text
                select nullif(btrim(case when x.cell ~ '^(=".*"$|''[-=+@])' then regexp_replace(x.cell, '^=?["'']|"$', '', 'g') else x.cell end, E' \t\r\n\u00a0'), '')
                from (
                    select left(c.cells[p.place], p.most) as cell, p.n
                    from unnest(places, longest) with ordinality as p (place, most, n)
                ) as x order by x.n
            ))) as f
            from wedsync_internal.csv_records(plain, separator) as c
            where c.row_no > header_row
            -- built once, not for each mention
            offset 0
        ) as r
    ),
    persons as materialized (
        select l.row_no, l.f, 0 as place, 'first' as role, null as title,
            coalesce(l.f ->> 'first_name', split_part(l.f ->> 'full_name', ' ', 1)) as first_name,
            case when l.f ? 'first_name' or l.f ? 'last_name' then l.f ->> 'last_name' else nullif(split_part(l.f ->> 'full_name', ' ', 2), '') end as last_name,
            null as suffix, 'adult' as age_class
        from lines as l
        where l.is_plain
        union all
        select l.row_no, l.f, p.place, p.role, p.title, p.first_name, p.last_name, p.suffix, p.age_class
        from lines as l
        cross join lateral wedsync_internal.row_people(l.f) as p
        where not l.is_plain
    ),
    couples as materialized (
        -- Ann & Bob Smith, or Ann Lee & Bob Smith
        select s.row_no, case
            when count(distinct s.last_name) = 1 and count(s.last_name) = count(*) then concat_ws(' ', string_agg(s.first_name, ' & ' order by s.place), min(s.last_name))
            else string_agg(nullif(concat_ws(' ', s.first_name, s.last_name), ''), ' & ' order by s.place)
        end as name
        from persons as s where s.role in ('first', 'partner') group by s.row_no
    ),
    named as materialized (
        select
            p.*, coalesce('h ' || wedsync_internal.plain_name(p.f ->> 'household'), 'r ' || p.row_no) as household_key,
            left(coalesce(p.f ->> 'household', case count(*) filter (where p.role in ('first', 'partner')) over (partition by p.row_no) when 1
                then nullif(concat_ws(' ', p.first_name, p.last_name), '') end, h.name, p.f ->> 'full_name', p.f ->> 'first_name', '?'), 200) as household_name,
            nullif(wedsync_internal.plain_name(concat_ws(' ', p.first_name, p.last_name, p.suffix)), '') as name_key,
            case p.role when 'first' then p.f ->> 'email' when 'partner' then p.f ->> 'partner_email' end as emails,
            case p.role when 'first' then p.f ->> 'phone' when 'partner' then p.f ->> 'partner_phone' end as phones
        from persons as p left join couples as h on h.row_no = p.row_no
    ),
    checked as materialized (
        select
            n.*,
            case
                when n.emails is null then null
                when n.emails ~ '^[^@\s"<>(),;]+@[^@\s"<>(),;]+\.[^@\s."<>(),;]+$' then array[n.emails]
                else array(
                    select (array_agg(m.found[1] order by m.i))[1]
                    from regexp_matches(n.emails, '[^@\s"<>(),;/]+@[^@\s"<>(),;/]+\.[^@\s."<>(),;/]+', 'g') with ordinality as m (found, i)
                    group by lower(m.found[1]) order by min(m.i) limit 11
                )
            end as addresses,
            case
                when n.phones is null then null
                when n.phones ~ '^\+?[0-9][0-9 ().-]+$' and length(ltrim(n.phones, '+')) between 4 and 41 then n.phones
                when n.phones ~* '^\+?[0-9][0-9 ()./-]{3,40}(\s*(x|ext\.?)\s*[0-9]{1,6})?$' and n.phones !~ '\s/\s' then left(n.phones, 50)
                else (
                    select btrim(w.word) from regexp_split_to_table(regexp_replace(n.phones, '\(0\)', '0', 'g'), '\s*(?:[;,/]|\mor\M|\moder\M|\mo\M)\s*|[[:alpha:]]{3,}\.?:?\s*') with ordinality as w (word, i)
                    where btrim(w.word) ~* '^\+?[0-9][0-9 ()./-]{4,40}(\s*(x|ext\.?)\s*[0-9]{1,6})?$' order by w.i limit 1
                )
            end as phone
        from named as n
    ),
    needs as materialized (
        -- once for all who wrote the same
        select w.words, wedsync_internal.dietary_words(w.diets, w.allergies) as needs
        from (
            select concat(l.f ->> 'diets', E'\x1f', l.f ->> 'allergies') as words, l.f ->> 'diets' as diets, l.f ->> 'allergies' as allergies
            from lines as l where l.f ?| '{diets,allergies}' group by 1, 2, 3
        ) as w
    ),
    known as (
        -- once for each name, not for each row
        select distinct wedsync_internal.plain_name(concat_ws(' ', g.first_name, g.last_name, g.suffix)) as name_key, wedsync_internal.plain_name(h.name) as household
        from wedsync_data.guests as g join wedsync_data.households as h on h.couple_id = g.couple_id and h.id = g.household_id
        where g.couple_id = read_guest_list.couple_id and coalesce(options ->> 'mode', 'append') = 'append'
    ),
    final as materialized (
        select
            c.*, k.name_key is not null and coalesce(options ->> 'duplicates', 'skip') = 'skip' as is_known,
            c.name_key is not null and row_number() over (partition by c.household_key, c.name_key order by c.row_no, c.place) > 1 as is_repeated,
            case when c.name_key is not null then count(*) over (partition by c.name_key) end as same_name
        from checked as c
        left join known as k on k.name_key = coalesce(c.name_key, '') and k.household = wedsync_internal.plain_name(c.household_name)
    ),
    found as (
        select l.row_no, null as field, 'import_name' as rule, 'error' as severity from lines as l where not exists (select from persons as p where p.row_no = l.row_no)
        union all
        select l.row_no, null, 'import_cells', 'warning' from lines as l where l.n > cardinality(headings)
        union all
        select l.row_no, e.key, 'import_too_long', 'warning'
        from lines as l cross join lateral pg_catalog.jsonb_each_text(l.f) as e
        -- the shortest of these limits in the list, so that rows without a long cell are not taken apart
        where l.longest_cell > case when 'postcode' = any (keys) then 20 when 'language' = any (keys) then 35 else 50 end and length(e.value) > case
            when e.key in ('notes') then 5000 when e.key in ('diets', 'allergies', 'dietary_note', 'accessibility', 'transport', 'rsvp_comment') then 1000
            when e.key in ('full_name', 'household', 'line1', 'line2', 'email', 'gift', 'events') then 200 when e.key = 'postcode' then 20 when e.key in ('title', 'suffix', 'phone') then 50
            when e.key = 'language' then 35 else 100
        end
        union all
        select f.row_no, case f.role when 'first' then 'email' else 'partner_email' end, 'import_email', 'warning' from final as f
        where f.emails is not null and (f.addresses = '{}' or f.addresses is null)
        union all
        select f.row_no, case f.role when 'first' then 'phone' else 'partner_phone' end, 'import_phone', 'warning' from final as f where f.phones is not null and f.phone is null
        union all
        select f.row_no, null, 'import_duplicate', 'warning' from final as f where f.is_known or f.is_repeated
        union all
        select f.row_no, null, 'import_same_name', 'warning' from final as f where f.same_name > 1 and not f.is_known and not f.is_repeated and not f.household_key like 'h %'
        union all
        select l.row_no, k.key, 'import_number', 'warning' from lines as l cross join unnest('{adults,children,party_size}'::text[]) as k (key)
        where l.f ? k.key and wedsync_internal.text_number(l.f ->> k.key) is null
        union all
        select l.row_no, 'rsvp', 'import_status', 'warning' from lines as l where l.f ? 'rsvp' and wedsync_internal.rsvp_status_named(l.f ->> 'rsvp') is null
    )
    select
        array(
            select row(
                f.row_no, f.place, f.household_key, f.household_name, wedsync_internal.uuid_of(seed, f.row_no * 1000::bigint + f.place), null, f.role, left(f.title, 50), left(f.first_name, 100), left(f.last_name, 100),
                left(f.suffix, 50), f.age_class, f.name_key, left(f.addresses[1], 255), coalesce(f.addresses[2:11], '{}'), f.phone, f.f,
                case when f.role = 'first' then d.needs end, f.is_known, true
            )::wedsync_internal.import_person
            from final as f left join needs as d on d.words = concat(f.f ->> 'diets', E'\x1f', f.f ->> 'allergies')
            where not f.is_repeated order by f.row_no, f.place
        ),
        coalesce((select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('row', f.row_no, 'field', f.field, 'rule', f.rule, 'severity', f.severity) order by f.row_no, f.rule, f.field)
            from (select distinct x.* from found as x) as f), '[]'),
        (select count(*) from lines)
    into people, problems, row_count;
    if cardinality(people) > 5 * most then
        perform wedsync_internal.fail('too_large', pg_catalog.jsonb_build_object('parameter', 'csv', 'rule', format('at most %s people', 5 * most), 'limit', 5 * most));
    end if;
    -- dates of replies
    if 'rsvp_date' = any (keys) then
        month_first := coalesce(options ->> 'date_order' = 'mdy', null);
        if not options ? 'date_order' then
            month_first := wedsync_internal.month_first(array(select p.f ->> 'rsvp_date' from unnest(people) as p where p.role = 'first'));
        end if;
        problems := problems || coalesce((
            select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                'row', p.row_no, 'field', 'rsvp_date',
                'rule', case when wedsync_internal.import_date(p.f ->> 'rsvp_date', coalesce(month_first, false)) is null then 'import_date' else 'import_ambiguous_date' end,
                'severity', 'warning'
            ) order by p.row_no)
            from unnest(people) as p
            where p.role = 'first' and p.f ? 'rsvp_date' and (
                wedsync_internal.import_date(p.f ->> 'rsvp_date', coalesce(month_first, false)) is null or month_first is null and p.f ->> 'rsvp_date' !~ '^\s*\d{4}'
            )
        ), '[]');
        people := array(
            select row(
                p.row_no, p.position, p.household_key, p.household_name, p.id, p.household_id, p.role, p.title, p.first_name, p.last_name, p.suffix, p.age_class, p.name_key,
                p.email, p.other_emails, p.phone,
                p.f || pg_catalog.jsonb_build_object('rsvp_date', wedsync_internal.import_date(p.f ->> 'rsvp_date', coalesce(month_first, false))), p.needs, p.is_known,
                p.has_new_home
            )::wedsync_internal.import_person
            from unnest(people) with ordinality as p order by p.ordinality
        );
    end if;
end
$$;
comment on function wedsync_internal.read_guest_list(uuid, text, jsonb) is
'Reads a guest list for import_guests: separator, headings, people with their households, and problems as [{row, field, rule, severity}]. Rows are counted from 1, with titles, headings and blank rows.';
revoke all on function wedsync_internal.read_guest_list(uuid, text, jsonb) from public;
