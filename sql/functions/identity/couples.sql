create or replace view wedsync.couples
with (security_barrier = true, security_invoker = false) as
select
    f.couple_id as id,
    f.partner1_name, f.partner1_email, f.partner1_phone,
    f.partner2_name, f.partner2_email, f.partner2_phone,
    f.couple_address,
    f.wedding_date,
    f.created_at
from wedsync.core_fields as f;
comment on view wedsync.couples is 'Couples within the caller''s reach. Columns that the caller may not read are null.';
comment on column wedsync.couples.id is 'The couple id.';
comment on column wedsync.couples.partner1_name is 'First partner''s name.';
comment on column wedsync.couples.partner1_email is 'First partner''s e-mail address.';
comment on column wedsync.couples.partner1_phone is 'First partner''s phone.';
comment on column wedsync.couples.partner2_name is 'Second partner''s name.';
comment on column wedsync.couples.partner2_email is 'Second partner''s e-mail address.';
comment on column wedsync.couples.partner2_phone is 'Second partner''s phone.';
comment on column wedsync.couples.couple_address is 'Object: line1, line2, city, region, postcode, country.';
comment on column wedsync.couples.wedding_date is 'Date in the wedding''s time zone.';
comment on column wedsync.couples.created_at is 'When the record was created.';
revoke all on wedsync.couples from public;
grant select on wedsync.couples to authenticated, service_role, wedsync_admin;
