create or replace function wedsync_internal.notify_of_vendor_status(vendor wedsync_data.vendor_assignments)
returns integer
language sql
volatile
as $$
    select wedsync_internal.notify(
        ($1).couple_id, 'vendor_status',
        pg_catalog.jsonb_build_object(
            'vendor', ($1).company_name, 'status', ($1).status, 'category', ($1).category, 'vendor_id', ($1).id, 'supplier_id', ($1).supplier_id
        )
    )
$$;
comment on function wedsync_internal.notify_of_vendor_status(wedsync_data.vendor_assignments) is 'Notifies partners and planners of the status of a vendor.';
revoke all on function wedsync_internal.notify_of_vendor_status(wedsync_data.vendor_assignments) from public;
