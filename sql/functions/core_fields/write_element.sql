create or replace function wedsync_internal.write_element(couple_id uuid, list_name text, element_id uuid, changes jsonb)
returns void
language plpgsql
volatile
as $$
begin
    case list_name
        when 'key_moments' then
            update wedsync_data.key_moments as e
            set name = n.name, "time" = n."time", description = n.description, vendor_involved = coalesce(n.vendor_involved, '{}')
            from (
                select r.* from wedsync_data.key_moments as o
                cross join lateral pg_catalog.jsonb_populate_record(o, changes) as r
                where o.couple_id = write_element.couple_id and o.id = element_id
            ) as n
            where e.couple_id = write_element.couple_id and e.id = element_id;
        when 'wedding_party' then
            update wedsync_data.wedding_party as e
            set name = n.name, role = n.role, contact_info = n.contact_info, responsibilities = n.responsibilities
            from (
                select r.* from wedsync_data.wedding_party as o
                cross join lateral pg_catalog.jsonb_populate_record(o, changes) as r
                where o.couple_id = write_element.couple_id and o.id = element_id
            ) as n
            where e.couple_id = write_element.couple_id and e.id = element_id;
        when 'family_vips' then
            update wedsync_data.family_vips as e
            set name = n.name, relationship = n.relationship, special_needs = n.special_needs, contact_info = n.contact_info
            from (
                select r.* from wedsync_data.family_vips as o
                cross join lateral pg_catalog.jsonb_populate_record(o, changes) as r
                where o.couple_id = write_element.couple_id and o.id = element_id
            ) as n
            where e.couple_id = write_element.couple_id and e.id = element_id;
    end case;
end
$$;
comment on function wedsync_internal.write_element(uuid, text, uuid, jsonb) is 'Stores changed keys of a list element; values were validated before.';
revoke all on function wedsync_internal.write_element(uuid, text, uuid, jsonb) from public;
