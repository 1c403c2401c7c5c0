create or replace function wedsync.invite_supplier(
    couple_id uuid, category text, supplier_id uuid default null, business_name text default null,
    readable_fields text[] default null, writable_fields text[] default '{}', valid_until timestamptz default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    trade wedsync_data.supplier_categories;
    invitation wedsync_data.invitations;
    opened jsonb;
begin
    perform wedsync_internal.enforce_rate_limit('invite');
    perform wedsync_internal.require_given('{couple_id,category}', array[couple_id is not null, category is not null]);
    perform wedsync_internal.lock_as_partner(couple_id, supplier_id);
    perform wedsync_internal.require_assurance('invite_supplier', couple_id, null);
    select c.* into trade from wedsync_data.supplier_categories as c where c.category = invite_supplier.category;
    if trade.category is null then
        perform wedsync_internal.fail('invalid_value', pg_catalog.jsonb_build_object(
            'parameter', 'category', 'rule', 'known category',
            'known', (select pg_catalog.jsonb_agg(c.category order by c.category) from wedsync_data.supplier_categories as c)
        ));
    end if;
    if supplier_id is not null and not exists (
        select from wedsync_data.suppliers as s where s.id = invite_supplier.supplier_id and s.category = invite_supplier.category
    ) then
        perform wedsync_internal.fail('not_found', '{"parameter": "supplier_id", "rule": "a supplier of this category"}');
    end if;
    if business_name is not null and (business_name !~ '\S' or length(business_name) > 200) then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "business_name", "rule": "1 to 200 characters, not blank"}');
    end if;
    invitation.readable_fields := coalesce(readable_fields, trade.default_fields);
    invitation.writable_fields := coalesce(writable_fields, '{}');
    if cardinality(invitation.readable_fields || invitation.writable_fields) > 0 then
        perform wedsync_internal.check_grantable(invitation.readable_fields || invitation.writable_fields, true);
        perform wedsync_internal.require_partner_name(couple_id);
    end if;
    invitation.kind := 'supplier';
    invitation.couple_id := couple_id;
    invitation.supplier_id := supplier_id;
    invitation.category := category;
    invitation.business_name := business_name;
    invitation.valid_until := valid_until;
    opened := wedsync_internal.store_invitation(invitation);
    perform wedsync_internal.record_access_change(
        couple_id, 'grants', 'create', 'invitations/' || (opened ->> 'id'), null, pg_catalog.jsonb_build_object(
            'invited_as', category, 'readable_fields', invitation.readable_fields, 'writable_fields', invitation.writable_fields
        )
    );
    return opened;
end
$$;
comment on function wedsync.invite_supplier(uuid, text, uuid, text, text[], text[], timestamptz) is
'Invites a supplier to a wedding and returns {id, token, valid_until}
category is its category; supplier_id names a registered supplier, whose members alone can accept; business_name suggests a name for an unregistered one. readable_fields and writable_fields are granted on acceptance: null means the defaults of the category, an empty array nothing yet. Afterwards the couple''s preference auto_share_basic applies to it. Only partners may call it. The token is returned only once, can be used once, and is valid for 14 days unless valid_until is given, as long as the inviter is a partner.
Errors: stronger_sign_in (PT403), not_found (PT404), not_allowed (42501), invalid_fields (PT422), invalid_value (22023), state_conflict (PT409) with too many open invitations, rate_limited (429).';
revoke all on function wedsync.invite_supplier(uuid, text, uuid, text, text[], text[], timestamptz) from public;
grant execute on function wedsync.invite_supplier(uuid, text, uuid, text, text[], text[], timestamptz) to authenticated, service_role, wedsync_admin;
