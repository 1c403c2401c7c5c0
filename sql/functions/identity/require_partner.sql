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
'Passes partners of the wedding and trusted server roles. Others get not_allowed, outsiders not_found, so that ids cannot be probed.';
revoke all on function wedsync_internal.require_partner(uuid) from public;
