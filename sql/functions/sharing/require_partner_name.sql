create or replace function wedsync_internal.require_partner_name(couple_id uuid)
returns void
language plpgsql
stable
as $$
begin
    if not exists (
        select from wedsync_data.core_fields as f
        where f.couple_id = require_partner_name.couple_id and (f.partner1_name ~ '\S' or f.partner2_name ~ '\S')
    ) then
        perform wedsync_internal.fail('invalid_fields', pg_catalog.jsonb_build_object('problems', pg_catalog.jsonb_build_array(
            pg_catalog.jsonb_build_object('path', 'couple.partner1.name', 'rule', 'a_partner_name_is_needed_while_sharing')
        )));
    end if;
end
$$;
comment on function wedsync_internal.require_partner_name(uuid) is 'Raises an error unless the first partner has a name, which is required for sharing but not for drafts.';
revoke all on function wedsync_internal.require_partner_name(uuid) from public;
