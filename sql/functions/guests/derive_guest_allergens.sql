create or replace function wedsync_internal.derive_guest_allergens(op text, old_record wedsync_data.guest_allergens, new_record wedsync_data.guest_allergens)
returns wedsync_data.guest_allergens
language plpgsql
stable
as $$
begin
    if op = 'INSERT' or (new_record.allergen, new_record.note) is distinct from (old_record.allergen, old_record.note) then
        select l.allergen, l.detail into new_record.allergen, new_record.note
        from wedsync_internal.listed_allergen(new_record.allergen, new_record.note) as l;
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
