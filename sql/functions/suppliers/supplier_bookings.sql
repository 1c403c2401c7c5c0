create or replace function wedsync_internal.supplier_bookings(couple_id uuid, supplier_id uuid)
returns jsonb
language sql
stable
as $$
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
        'couple_id', a.couple_id, 'id', a.id, 'supplier_id', a.supplier_id, 'category', a.category, 'company_name', a.company_name, 'arrival_at', a.arrival_at,
        'meals_needed', a.meals_needed, 'contact_name', a.contact_name, 'email', a.email, 'phone', a.phone, 'contract_state', a.contract_state,
        'signed_on', a.signed_on, 'insurance', a.insurance, 'insured_until', a.insured_until
    ) order by a.id), '[]')
    from wedsync_data.vendor_assignments as a where a.couple_id = $1 and a.supplier_id = $2 and a.status = 'booked'
$$;
comment on function wedsync_internal.supplier_bookings(uuid, uuid) is 'What a couple has booked with a supplier, as an array with the columns of my_bookings.';
revoke all on function wedsync_internal.supplier_bookings(uuid, uuid) from public;
