create or replace function wedsync_internal.listed_allergen(name text, note text, out allergen text, out detail text)
language plpgsql
stable
as $$
begin
    allergen := wedsync_internal.allergen_named(name);
    detail := btrim(coalesce(note, ''));
    if allergen is null then
        -- an unknown name is kept: losing it would be dangerous
        allergen := 'other';
        detail := left(concat_ws(': ', nullif(btrim(name), ''), nullif(detail, '')), 500);
    elsif detail = '' and allergen <> lower(btrim(name)) then
        -- walnuts are nuts, and stay walnuts
        detail := btrim(name);
    end if;
end
$$;
comment on function wedsync_internal.listed_allergen(text, text) is
'An allergen as guest_allergens stores it: its name in the list, or other, and a note with the name as given where that says more.';
revoke all on function wedsync_internal.listed_allergen(text, text) from public;
