create or replace function wedsync_internal.dietary_words(diets text, allergies text)
returns jsonb
language plpgsql
stable
as $$
declare
    found_diets text[] := '{}';
    allergens jsonb := '[]'::jsonb;
    word record;
    name text;
    severity text;
begin
    diets := left(diets, 2000);
    allergies := left(allergies, 2000);
    for word in
        select btrim(w.word) as said, false as is_allergy
        from regexp_split_to_table(coalesce(diets, ''), '\s*(?:[,;/\n+&|]|\mand\M|\mund\M|\my\M)\s*', 'i') as w (word)
        where wedsync_internal.plain_name(diets) not in ('n a', 'k a')
        union all
        select btrim(w.word), true
        from regexp_split_to_table(coalesce(allergies, ''), '\s*(?:[,;/\n+&|]|\mand\M|\mund\M|\my\M)\s*', 'i') as w (word)
        where wedsync_internal.plain_name(allergies) not in ('n a', 'k a')
    loop
        continue when word.said !~ '[[:alpha:]]'
            or wedsync_internal.plain_name(word.said) in ('', 'none', 'no', 'n a', 'na', 'nil', 'keine', 'keiner', 'nein', 'ninguna', 'ninguno', 'nada', 'no restrictions', 'no allergies', 'unknown', 'tbd');
        if word.is_allergy or word.said ~* 'allerg|alerg|anaphyl|intoleran|unvertr|epi-?pen' then
            severity := case
                when word.said ~* 'anaphyl|epi-?pen|life.?threat|lebensgef|mortal' then 'anaphylaxis'
                when word.said ~* 'mild|slight|intoleran|unvertr|leicht|leve' then 'mild'
                else 'severe'
            end;
            name := btrim(regexp_replace(
                word.said,
                '\m(allergic|allergy|allergies|allergie|allergisch|alergia|alergico|alérgico|alérgica|intolerant|intolerance|unverträglichkeit|anaphylaxis|anaphylactic|anaphylaxie|severe|severely|mild|mildly|slight|leicht|leichte|schwere|leve|grave|to|gegen|auf|al|a la|a los|a las|carries|epipen|epi-pen)\M|[():]',
                '', 'gi'
            ));
            name := regexp_replace(name, '\s+', ' ', 'g');
            -- German: Nussallergie, Laktoseintoleranz
            name := regexp_replace(name, '(allergie|intoleranz|unverträglichkeit)$', '', 'i');
            if name <> '' then
                allergens := allergens || pg_catalog.jsonb_build_object('allergen', left(name, 50), 'severity', severity, 'note', '');
            end if;
        elsif length(word.said) <= 50 and not lower(word.said) = any (found_diets) then
            found_diets := array_append(found_diets, lower(word.said));
        end if;
    end loop;
    return pg_catalog.jsonb_build_object(
        'diets', to_jsonb(found_diets[:20]), 'allergens', allergens,
        -- what is too long for a diet is a note
        'note', case when exists (select from regexp_split_to_table(coalesce(diets, ''), '[,;/\n+&|]') as w (word) where length(btrim(w.word)) > 50) then left(diets, 1000) end
    );
end
$$;
comment on function wedsync_internal.dietary_words(text, text) is
'Diets and allergies of cells in which people write both: {diets, allergens: [{allergen, severity, note}], note}. "nut allergy (epipen)" is anaphylaxis, an intolerance mild, "none" nothing.';
revoke all on function wedsync_internal.dietary_words(text, text) from public;
