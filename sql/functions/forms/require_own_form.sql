create or replace function wedsync_internal.require_own_form(form_id uuid)
returns void
language plpgsql
stable
as $$
begin
    if not exists (
        select from wedsync_data.forms as f
        where f.id = require_own_form.form_id
            and (current_setting('role') <> 'authenticated' or f.supplier_id = any (wedsync_internal.caller_supplier_ids()))
    ) then
        perform wedsync_internal.fail('not_found', '{"parameter": "form_id", "rule": "a form of your supplier"}');
    end if;
end
$$;
comment on function wedsync_internal.require_own_form(uuid) is
'Raises not_found unless the form exists and belongs to one of the caller''s suppliers; roles other than authenticated may name any form.';
revoke all on function wedsync_internal.require_own_form(uuid) from public;
