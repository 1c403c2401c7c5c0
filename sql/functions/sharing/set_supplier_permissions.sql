create or replace function wedsync.set_supplier_permissions(
    couple_id uuid, supplier_id uuid, data_access_level text, can_view_guests boolean default true, can_edit_timeline boolean default false,
    can_view_budget boolean default false
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    guest_fields constant bit(128) := wedsync_internal.names_mask('{guest_numbers,guests,seating}');
    denied constant bit(128) := wedsync_internal.names_mask('{class:budget,class:couple_private}');
    readable text[];
begin
    perform wedsync_internal.enforce_rate_limit('access-write');
    perform wedsync_internal.require_given(
        '{couple_id,supplier_id,data_access_level,can_view_guests,can_edit_timeline,can_view_budget}',
        array[
            couple_id is not null, supplier_id is not null, data_access_level is not null, can_view_guests is not null, can_edit_timeline is not null,
            can_view_budget is not null
        ]
    );
    perform wedsync_internal.lock_as_partner(couple_id, supplier_id);
    perform wedsync_internal.require_assurance('grant_access', couple_id, null);
    if data_access_level not in ('basic', 'standard', 'full') then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "data_access_level", "rule": "basic, standard or full"}');
    end if;
    if can_view_budget then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "can_view_budget", "rule": "false: suppliers never see the budget"}');
    end if;
    readable := case
        when can_view_guests then array[data_access_level, 'guest_numbers', 'guests.names', 'guests.rsvp']
        else wedsync_internal.names_of_mask(wedsync_internal.names_mask(array[data_access_level]) & ~ guest_fields & ~ denied, '{}')
    end;
    perform wedsync_internal.grant_to_supplier(
        couple_id, supplier_id, readable, case when can_edit_timeline then '{timeline}'::text[] else '{}'::text[] end, null
    );
    return (
        select pg_catalog.jsonb_build_object(
            'can_view_guests', p.can_view_guests, 'can_view_budget', p.can_view_budget, 'can_edit_timeline', p.can_edit_timeline,
            'data_access_level', p.data_access_level
        )
        from wedsync.supplier_permissions as p
        where p.couple_id = set_supplier_permissions.couple_id and p.supplier_id = set_supplier_permissions.supplier_id
    );
end
$$;
comment on function wedsync.set_supplier_permissions(uuid, uuid, text, boolean, boolean, boolean) is
'Grants a supplier access by a level and flags, replacing its previous access
data_access_level is basic, standard or full. can_view_guests adds the guest numbers, names and replies of guests; false takes everything about guests out of the level. can_edit_timeline lets it read and change the timeline. can_view_budget must be false. Other fields are granted by grant_access. Returns {can_view_guests, can_view_budget, can_edit_timeline, data_access_level}, as supplier_permissions shows them. Errors: stronger_sign_in (PT403), not_found (PT404), not_allowed (42501), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.set_supplier_permissions(uuid, uuid, text, boolean, boolean, boolean) from public;
grant execute on function wedsync.set_supplier_permissions(uuid, uuid, text, boolean, boolean, boolean) to authenticated, service_role, wedsync_admin;
