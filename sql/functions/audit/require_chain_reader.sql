create or replace function wedsync_internal.require_chain_reader(couple_id uuid)
returns void
language plpgsql
stable
as $$
begin
    -- a chain outlives its wedding, and a supplier has its own chain
    if couple_id is not null and (
        wedsync_internal.is_service() and exists (select from wedsync_data.audit_log as l where l.couple_id = require_chain_reader.couple_id)
        or exists (
            select from wedsync_data.supplier_members as s
            where s.supplier_id = require_chain_reader.couple_id and s.user_id = wedsync_internal.current_user_id() and s.member_role = 'owner'
        )
    ) then
        return;
    end if;
    perform wedsync_internal.require_partner(couple_id);
end
$$;
comment on function wedsync_internal.require_chain_reader(uuid) is
'Raises the errors of require_partner unless the caller may verify an audit chain: partners of the wedding, owners of the supplier, and trusted server roles, also after the wedding was deleted.';
revoke all on function wedsync_internal.require_chain_reader(uuid) from public;
