create or replace function wedsync_internal.row_people(f jsonb)
returns table (place integer, role text, title text, first_name text, last_name text, suffix text, age_class text)
language plpgsql
immutable
parallel safe
as $$
#variable_conflict use_column
declare
    unnamed constant text := '^(guest|guest of .*|(a |your |and )?guests?|plus[ -]?(one|1)|\+ ?1|tb[ac]|unknown|name|begleitung|begleitperson|partner(in)?|acompañante|n\.?\s?n\.?|\?+)$';
    word text;
    child record;
    family text;
    named integer;
    adults integer := wedsync_internal.text_number(f ->> 'adults');
    children integer := wedsync_internal.text_number(f ->> 'children');
    party constant integer := wedsync_internal.text_number(f ->> 'party_size');
    guests integer := 0;
    companion boolean := false;
begin
    place := 0;
    age_class := case
        when wedsync_internal.plain_name(f ->> 'age_class') ~ '^(child|children|kid|teen|kind|kinder|nino|nina|menor)' then 'child'
        when wedsync_internal.plain_name(f ->> 'age_class') ~ '^(infant|baby|toddler|kleinkind|saugling|bebe)' then 'infant'
        else 'adult'
    end;
    role := 'first';
    if coalesce(f ->> 'first_name', f ->> 'last_name') is not null then
        for title, first_name, last_name, suffix in
            select s.title, s.first_name, s.last_name, s.suffix
            from wedsync_internal.split_names(f ->> 'first_name') as s
            where f ->> 'first_name' ~ '[&+]|\m(and|und|y)\M'
            union all
            select null, f ->> 'first_name', null, null where coalesce(f ->> 'first_name', '') !~ '[&+]|\m(and|und|y)\M'
        loop
            if first_name ~* unnamed and (f ->> 'last_name' is null or first_name ~* '^(guest|plus)') then
                role := case when place = 0 then role else 'unnamed' end;
                -- a companion in a row of their own
                continue when place = 0 and f ->> 'last_name' is null and f ->> 'household' is null;
                role := case when f ->> 'last_name' is null then 'unnamed' else role end;
                first_name := null;
            end if;
            last_name := coalesce(f ->> 'last_name', last_name);
            title := coalesce(f ->> 'title', title);
            suffix := coalesce(f ->> 'suffix', suffix);
            return next;
            place := place + 1;
            role := 'partner';
        end loop;
    elsif f ->> 'full_name' is not null then
        if f ->> 'full_name' ~* '^(the )?\S.* family$|^(familie|familia|fam\.?) ' then
            -- The Smith Family
            first_name := null;
            last_name := btrim(regexp_replace(regexp_replace(f ->> 'full_name', '^(the |familie |familia |fam\.? )', '', 'i'), ' family$', '', 'i'));
            return next;
            place := 1;
        elsif f ->> 'full_name' ~* unnamed then
            if f ->> 'household' is not null then
                role := 'unnamed';
                return next;
                place := 1;
            end if;
        else
            for title, first_name, last_name, suffix in
                select s.title, s.first_name, s.last_name, s.suffix from wedsync_internal.split_names(f ->> 'full_name') as s
            loop
                if place > 0 and concat_ws(' ', first_name, last_name) ~* unnamed or place > 0 and first_name ~* unnamed then
                    role := 'unnamed';
                    first_name := null;
                    last_name := null;
                end if;
                title := coalesce(f ->> 'title', title);
                return next;
                place := place + 1;
                role := 'partner';
            end loop;
        end if;
    end if;
    family := coalesce(f ->> 'last_name', last_name);
    guests := place;
    age_class := 'adult';
    -- a partner or companion in columns of their own
    for word in select f ->> k.key from unnest('{partner_name,plus_one_name}'::text[]) as k (key) where f ->> k.key is not null loop
        suffix := null;
        if word ~* unnamed or wedsync_internal.plain_name(word) in ('yes', 'y', 'ja', 'si', '1', 'x', 'true') then
            companion := true;
        elsif wedsync_internal.plain_name(word) not in ('no', 'n', 'nein', '0', 'none', 'false', '') then
            role := case when f ->> 'partner_name' = word then 'partner' else 'plus_one' end;
            select s.title, s.first_name, s.last_name, s.suffix into title, first_name, last_name, suffix from wedsync_internal.split_names(word) as s limit 1;
            return next;
            place := place + 1;
        end if;
    end loop;
    if coalesce(f ->> 'partner_first_name', f ->> 'partner_last_name') is not null then
        title := f ->> 'partner_title';
        first_name := f ->> 'partner_first_name';
        last_name := f ->> 'partner_last_name';
        suffix := f ->> 'partner_suffix';
        if first_name ~* unnamed then
            companion := true;
        else
            role := 'partner';
            last_name := coalesce(last_name, family);
            return next;
            place := place + 1;
        end if;
    end if;
    guests := place;
    title := null;
    suffix := null;
    role := 'child';
    age_class := 'child';
    for child in
        select coalesce(f ->> ('child_first_name_' || n.n), f ->> ('child_name_' || n.n)) as name, f ->> ('child_last_name_' || n.n) as surname
        from generate_series(1, 10) as n (n)
        where coalesce(f ->> ('child_first_name_' || n.n), f ->> ('child_name_' || n.n), f ->> ('child_last_name_' || n.n)) is not null
        order by n.n
    loop
        first_name := child.name;
        -- children without a surname have that of the family
        last_name := coalesce(child.surname, family);
        if child.surname is null and child.name ~ '\S\s+\S' then
            select s.first_name, s.last_name into first_name, last_name from wedsync_internal.split_names(child.name) as s limit 1;
        end if;
        return next;
        place := place + 1;
    end loop;
    named := place - guests;
    -- people who are only counted; guests without any name make no household
    title := null;
    first_name := null;
    last_name := null;
    if guests > 0 then
        role := 'unnamed';
        age_class := 'adult';
        if party is not null and adults is null then
            adults := party - named - greatest(coalesce(children, 0) - named, 0);
        end if;
        for n in 1..least(greatest(coalesce(adults, 0) - guests, case when companion then 1 else 0 end), 10) loop
            return next;
            place := place + 1;
        end loop;
        age_class := 'child';
        for n in 1..least(coalesce(children, 0) - named, 10) loop
            return next;
            place := place + 1;
        end loop;
    end if;
end
$$;
comment on function wedsync_internal.row_people(jsonb) is
'The people of one row of a guest list: the guest, or a couple in one cell; a partner or companion in other columns; up to ten children, who share the surname; and those who are only counted, without names.
f is {field: cell}, without empty cells. role is first, partner, plus_one, child or unnamed.';
revoke all on function wedsync_internal.row_people(jsonb) from public;
