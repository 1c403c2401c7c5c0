create or replace function wedsync_internal.element_value(list_name text, couple_id uuid, element_id uuid, key text)
returns jsonb
language plpgsql
volatile
as $$
declare
    element jsonb;
begin
    case list_name
        when 'key_moments', 'timeline.keyMoments' then
            select to_jsonb(e) into element from wedsync_data.key_moments as e
            where e.couple_id = element_value.couple_id and e.id = element_id for update;
        when 'wedding_party', 'people.weddingParty' then
            select to_jsonb(e) into element from wedsync_data.wedding_party as e
            where e.couple_id = element_value.couple_id and e.id = element_id for update;
        when 'family_vips', 'people.familyVips' then
            select to_jsonb(e) into element from wedsync_data.family_vips as e
            where e.couple_id = element_value.couple_id and e.id = element_id for update;
    end case;
    return case when key is null then element else element -> key end;
end
$$;
comment on function wedsync_internal.element_value(text, uuid, uuid, text) is
'One key of a list element as JSON (JSON null where empty), or the whole element; null when there is no such element. Locks the element.';
revoke all on function wedsync_internal.element_value(text, uuid, uuid, text) from public;
