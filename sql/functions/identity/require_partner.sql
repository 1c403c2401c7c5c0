create or replace function wedsync_internal.require_partner(couple_id uuid)
returns void
language plpgsql
stable
as $$
declare
    wedding_role text;
begin
    if couple_id is null then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "couple_id", "rule": "required"}');
    end if;
    if wedsync_internal.is_service() then
        if not exists (select from wedsync_data.weddings as w where w.id = require_partner.couple_id) then
            perform wedsync_internal.fail('not_found');
        end if;
        return;
    end if;
    perform wedsync_internal.require_user();
    wedding_role := wedsync_internal.caller_wedding_role(couple_id);
    if wedding_role is null then
        perform wedsync_internal.fail('not_found');
    elsif wedding_role <> 'partner' then
        perform wedsync_internal.fail('not_allowed');
    end if;
end
$$;
comment on function wedsync_internal.require_partner(uuid) is
'Raises an error unless the caller is a partner of the wedding or a trusted server role: not_allowed for other members, not_found for outsiders, so that ids cannot be probed.';
revoke all on function wedsync_internal.require_partner(uuid) from public;
