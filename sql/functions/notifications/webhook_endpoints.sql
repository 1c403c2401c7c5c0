create or replace view wedsync.webhook_endpoints
with (security_barrier = true, security_invoker = false) as
select e.id, e.couple_id, e.supplier_id, e.url, e.kinds, e.old_secret_until, e.created_at, e.disabled_at, e.disabled_reason
from wedsync_data.webhook_endpoints as e
where (select wedsync_internal.is_service())
    or e.couple_id in (
        select m.couple_id from wedsync_data.wedding_members as m where m.user_id = (select wedsync_internal.current_user_id()) and m.wedding_role = 'partner'
    )
    or e.supplier_id in (
        select m.supplier_id from wedsync_data.supplier_members as m
        where m.user_id = (select wedsync_internal.current_user_id()) and m.member_role in ('owner', 'manager')
    );
comment on view wedsync.webhook_endpoints is 'Outgoing webhooks of the caller''s wedding, for partners, and of the caller''s suppliers, for owners and managers; without secrets.';
comment on column wedsync.webhook_endpoints.id is 'Endpoint id.';
comment on column wedsync.webhook_endpoints.couple_id is 'The couple; null for those of suppliers.';
comment on column wedsync.webhook_endpoints.supplier_id is 'The supplier; null for those of couples.';
comment on column wedsync.webhook_endpoints.url is 'Address.';
comment on column wedsync.webhook_endpoints.kinds is 'Kinds of notifications; null for all.';
comment on column wedsync.webhook_endpoints.old_secret_until is 'Until when requests are also signed with the earlier secret.';
comment on column wedsync.webhook_endpoints.created_at is 'When created.';
comment on column wedsync.webhook_endpoints.disabled_at is 'When disabled.';
comment on column wedsync.webhook_endpoints.disabled_reason is 'Why.';
revoke all on wedsync.webhook_endpoints from public;
grant select on wedsync.webhook_endpoints to authenticated, service_role, wedsync_admin;
