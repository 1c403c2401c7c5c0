create or replace function wedsync_internal.derive_guest_allergens(op text, old_record wedsync_data.guest_allergens, new_record wedsync_data.guest_allergens)
returns wedsync_data.guest_allergens
language plpgsql
stable
as $$
declare
    listed constant text := wedsync_internal.allergen_named(new_record.allergen);
begin
    if listed is null then
        -- an unknown name is kept: losing it would be dangerous
        new_record.note := left(concat_ws(': ', btrim(new_record.allergen), nullif(btrim(new_record.note), '')), 500);
        new_record.allergen := 'other';
    else
        new_record.allergen := listed;
    end if;
    if new_record.allergen = 'other' and new_record.note !~ '\S' then
        perform wedsync_internal.refuse_field('guests.dietary.allergens.note', 'allergen_named_in_note');
    end if;
    if new_record.severity not in ('mild', 'severe', 'anaphylaxis') then
        perform wedsync_internal.refuse_field('guests.dietary.allergens.severity', 'severity');
    end if;
    return new_record;
end
$$;
comment on function wedsync_internal.derive_guest_allergens(text, wedsync_data.guest_allergens, wedsync_data.guest_allergens) is
'Hook of the record engine: stores an allergen under the name of the list, and one that is not listed as other with its name in the note.';
revoke all on function wedsync_internal.derive_guest_allergens(text, wedsync_data.guest_allergens, wedsync_data.guest_allergens) from public;
