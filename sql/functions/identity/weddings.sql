create or replace view wedsync.weddings
with (security_barrier = true, security_invoker = false) as
select
    f.couple_id as id,
    f.couple_id,
    f.wedding_date,
    f.time_zone,
    m.wedding_role,
    case when m.wedding_role is not null or (select wedsync_internal.is_service()) then w.tier end as tier,
    f.created_at
from wedsync.core_fields as f
join wedsync_data.weddings as w on w.id = f.couple_id
left join wedsync_data.wedding_members as m on m.couple_id = f.couple_id and m.user_id = (select wedsync_internal.current_user_id());
comment on view wedsync.weddings is 'Weddings within the caller''s reach: as a member, or through a grant to the caller''s supplier. Columns that the caller may not read are null.';
comment on column wedsync.weddings.id is 'The wedding; the same as couple_id.';
comment on column wedsync.weddings.couple_id is 'The couple.';
comment on column wedsync.weddings.wedding_date is 'Date in the wedding''s time zone.';
comment on column wedsync.weddings.time_zone is 'IANA time zone.';
comment on column wedsync.weddings.wedding_role is 'The caller''s role there; null for suppliers.';
comment on column wedsync.weddings.tier is 'standard, premium or enterprise; null for suppliers.';
comment on column wedsync.weddings.created_at is 'When the record was created.';
revoke all on wedsync.weddings from public;
grant select on wedsync.weddings to authenticated, service_role, wedsync_admin;
