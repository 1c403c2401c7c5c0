create or replace function wedsync_internal.split_names(cell text)
returns table (title text, first_name text, last_name text, suffix text)
language plpgsql
immutable
parallel safe
as $$
#variable_conflict use_column
declare
    titles constant text := '^(mr|mrs|ms|miss|mx|dr|prof|rev|sir|lady|herr|frau|fraulein|sr|sra|srta|don|dona|doña|mme|monsieur)\.?$';
    family text;
    parts text[];
    words text[];
    shared text;
begin
    cell := btrim(regexp_replace(left(cell, 1000), '\s+', ' ', 'g'));
    -- "Smith, John" and "Smith, John & Jane", but not "John Smith, Jr"
    if cell ~ '^[^,]+,[^,]+$' and cell !~* ',\s*(jr|sr|ii|iii|iv|md|phd)\.?$' then
        family := btrim(split_part(cell, ',', 1));
        cell := btrim(split_part(cell, ',', 2));
    end if;
    parts := regexp_split_to_array(cell, '\s*(?:&|\+|\mand\M|\mund\M|\me\M|\my\M)\s*', 'i');
    -- more people than that are no couple, but an attack on whoever reads the list
    parts := (array_remove(parts, ''))[:10];
    -- the last of a couple has the name of both, where the others have none
    words := string_to_array(parts[cardinality(parts)], ' ');
    for i in 1..cardinality(parts) loop
        words := string_to_array(parts[i], ' ');
        title := null;
        suffix := null;
        last_name := family;
        while words[1] ~* titles loop
            title := concat_ws(' ', title, words[1]);
            words := words[2:];
        end loop;
        if cardinality(words) > 1 and words[cardinality(words)] ~* '^(jr|sr|ii|iii|iv|md|phd)\.?$' then
            suffix := words[cardinality(words)];
            words := words[:cardinality(words) - 1];
            words[cardinality(words)] := rtrim(words[cardinality(words)], ',');
        end if;
        if family is null and cardinality(words) > 1 then
            last_name := words[cardinality(words)];
            words := words[:cardinality(words) - 1];
            while cardinality(words) > 1 and words[cardinality(words)] ~* '^(von|van|de|del|der|den|la|las|los|le|di|da|dos|ter|ten|zu|af|bin|al|st\.?|o'')$' loop
                last_name := words[cardinality(words)] || ' ' || last_name;
                words := words[:cardinality(words) - 1];
            end loop;
        elsif family is null and title is not null and cardinality(words) = 1 then
            -- Mr & Mrs Smith
            last_name := words[1];
            words := '{}';
        end if;
        first_name := nullif(array_to_string(words, ' '), '');
        if family is null and last_name is null and i < cardinality(parts) then
            -- "Ann and Bob Smith"
            shared := coalesce(shared, (select s.last_name from wedsync_internal.split_names(parts[cardinality(parts)]) as s limit 1), '');
            last_name := nullif(shared, '');
        end if;
        return next;
    end loop;
end
$$;
comment on function wedsync_internal.split_names(text) is
'The people in a cell: "Ann Smith", "Smith, Ann", "Ann and Bob Smith", "Smith, Ann & Bob", "Mr & Mrs Smith", "Dr Ann van der Berg Jr", with English, German and Spanish words.';
revoke all on function wedsync_internal.split_names(text) from public;
