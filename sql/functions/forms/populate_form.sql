create or replace function wedsync.populate_form(form_id uuid, couple_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    readable bit(128);
    supplier_readable bit(128);
    form wedsync_data.forms;
    filled jsonb;
begin
    perform wedsync_internal.enforce_rate_limit('core-fields-populate');
    perform wedsync_internal.require_caller();
    perform wedsync_internal.require_given('{form_id,couple_id}', array[form_id is not null, couple_id is not null]);
    select a.readable into readable from wedsync_internal.caller_access as a where a.couple_id = populate_form.couple_id;
    select f.* into form from wedsync_data.forms as f where f.id = populate_form.form_id;
    select bit_or(g.readable) into supplier_readable
    from wedsync_data.grants as g
    where g.couple_id = populate_form.couple_id and g.grantee_id = form.supplier_id
        and g.state = 'approved' and g.valid_from <= now() and g.valid_until > now();
    -- suppliers fill their own forms, couples those of their suppliers, never with more than the form's supplier may read
    if readable is null or supplier_readable is null or not (
        wedsync_internal.is_service()
        or form.supplier_id = any (wedsync_internal.caller_supplier_ids())
        or exists (
            select from wedsync_data.wedding_members as m
            where m.couple_id = populate_form.couple_id and m.user_id = wedsync_internal.current_user_id()
        )
    ) then
        perform wedsync_internal.fail('not_found');
    end if;
    readable := readable & supplier_readable;
    filled := wedsync_internal.fill_form(populate_form.form_id, populate_form.couple_id, readable);
    if filled is null then
        perform wedsync_internal.fail('not_found');
    end if;
    perform wedsync_internal.log_access(couple_id, 'populate_form');
    return pg_catalog.jsonb_build_object(
        'success', true,
        'data', filled -> 'data',
        'populated_fields', (select coalesce(pg_catalog.jsonb_agg(k.key order by k.key), '[]') from pg_catalog.jsonb_object_keys(filled -> 'data') as k (key)),
        'problems', filled -> 'problems',
        'message', (select count(*) from pg_catalog.jsonb_object_keys(filled -> 'data')) || ' fields auto-populated',
        'timestamp', pg_catalog.clock_timestamp()
    );
end
$$;
comment on function wedsync.populate_form(uuid, uuid) is
'Fills a supplier''s form from a wedding''s core fields
Uses only fields that both the caller and the form''s supplier may read. Empty fields are omitted; fields that cannot be filled are listed in problems as {field, path, problem}, and the others are filled.
Returns {success, data, populated_fields, problems, message, timestamp}. Errors: not_signed_in (42501), not_found (PT404), rate_limited (429).';
revoke all on function wedsync.populate_form(uuid, uuid) from public;
grant execute on function wedsync.populate_form(uuid, uuid) to authenticated, service_role, wedsync_admin;
