create or replace view wedsync.my_bookings
with (security_barrier = true, security_invoker = false) as
select
    a.couple_id, a.id, a.supplier_id, a.category, a.company_name, a.arrival_at, a.meals_needed, a.contact_name, a.email, a.phone, a.contract_state, a.signed_on,
    a.insurance, a.insured_until
from wedsync_data.vendor_assignments as a
-- one row per person at a wedding and period
join wedsync_data.reach as r on r.couple_id = a.couple_id and a.supplier_id = any (r.supplier_ids)
where r.user_id = (select wedsync_internal.reader()) and r.valid_from <= now() and r.valid_until > now() and a.status = 'booked'
    and a.supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[])
    -- the pack's functions log their reads themselves
    and case
        -- the conditions again, because a plan may evaluate them later
        when current_user <> 'wedsync_owner' and r.couple_id = a.couple_id and a.supplier_id = any (r.supplier_ids)
            then wedsync_internal.log_view_read(a.couple_id, 'vendor_assignments')
        else true
    end;
comment on view wedsync.my_bookings is
'What couples have booked with the caller''s suppliers
A supplier with access to the wedding reads its own booking, whatever it may read of other vendors. Before it is booked, and the couple''s notes, it does not.';
comment on column wedsync.my_bookings.couple_id is 'The wedding.';
comment on column wedsync.my_bookings.id is 'Id of the row in vendor_assignments.';
comment on column wedsync.my_bookings.supplier_id is 'The supplier.';
comment on column wedsync.my_bookings.category is 'What is booked, as in supplier_categories.';
comment on column wedsync.my_bookings.company_name is 'Name of the business, as the couple wrote it.';
comment on column wedsync.my_bookings.arrival_at is 'When it arrives on the day.';
comment on column wedsync.my_bookings.meals_needed is 'How many of its people eat at the wedding.';
comment on column wedsync.my_bookings.contact_name is 'Its person to talk to.';
comment on column wedsync.my_bookings.email is 'Its e-mail address.';
comment on column wedsync.my_bookings.phone is 'Its phone.';
comment on column wedsync.my_bookings.contract_state is 'none, requested, received, signed or ended.';
comment on column wedsync.my_bookings.signed_on is 'Day on which the contract was signed.';
comment on column wedsync.my_bookings.insurance is 'What its insurance covers.';
comment on column wedsync.my_bookings.insured_until is 'Last day of its insurance.';
revoke all on wedsync.my_bookings from public;
grant select on wedsync.my_bookings to authenticated, service_role, wedsync_admin;
