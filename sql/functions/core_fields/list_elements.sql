create or replace view wedsync_internal.list_elements
with (security_barrier = true, security_invoker = false) as
select 'key_moments' as list_name, m.couple_id, m.id, m.order_key, pg_catalog.jsonb_build_object(
    'id', m.id, 'name', m.name, 'time', m."time", 'description', m.description, 'vendor_involved', m.vendor_involved
) as element
from wedsync_data.key_moments as m
union all
select 'wedding_party', m.couple_id, m.id, m.order_key, pg_catalog.jsonb_build_object(
    'id', m.id, 'name', m.name, 'role', m.role, 'contact_info', m.contact_info, 'responsibilities', m.responsibilities
)
from wedsync_data.wedding_party as m
union all
select 'family_vips', m.couple_id, m.id, m.order_key, pg_catalog.jsonb_build_object(
    'id', m.id, 'name', m.name, 'relationship', m.relationship, 'special_needs', m.special_needs, 'contact_info', m.contact_info
)
from wedsync_data.family_vips as m;
comment on view wedsync_internal.list_elements is 'Elements of all lists, as objects.';
comment on column wedsync_internal.list_elements.list_name is 'Table and column name of the list.';
comment on column wedsync_internal.list_elements.couple_id is 'The wedding.';
comment on column wedsync_internal.list_elements.id is 'Element id.';
comment on column wedsync_internal.list_elements.order_key is 'Position; compared bytewise.';
comment on column wedsync_internal.list_elements.element is 'The element with all its keys.';
revoke all on wedsync_internal.list_elements from public;
