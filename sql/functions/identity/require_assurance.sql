create or replace function wedsync_internal.require_assurance(operation text, couple_id uuid, supplier_id uuid)
returns void
language plpgsql
stable
as $$
declare
    required text;
    held constant text := coalesce(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'aal', 'aal1');
begin
    if wedsync_internal.is_service() then
        return;
    end if;
    select max(r.required_aal) into required
    from wedsync_data.assurance_rules as r
    where r.operation = require_assurance.operation and r.tier in (
        select w.tier from wedsync_data.weddings as w where w.id = require_assurance.couple_id
        union all
        select s.tier from wedsync_data.suppliers as s where s.id = require_assurance.supplier_id
    );
    -- aal1, aal2 and aal3 sort by strength; anything else counts as the lowest
    if required is not null and (held !~ '^aal[123]$' or held < required) then
        perform wedsync_internal.fail('stronger_sign_in', pg_catalog.jsonb_build_object('required', required), required);
    end if;
end
$$;
comment on function wedsync_internal.require_assurance(text, uuid, uuid) is
'Raises stronger_sign_in, with the required level as hint, unless the caller''s aal claim satisfies assurance_rules for the operation on this wedding or supplier.';
revoke all on function wedsync_internal.require_assurance(text, uuid, uuid) from public;
