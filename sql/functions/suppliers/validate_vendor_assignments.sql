create or replace function wedsync_internal.validate_vendor_assignments(
    op text, old_record wedsync_data.vendor_assignments, new_record wedsync_data.vendor_assignments
)
returns jsonb
language sql
stable
as $$
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('path', p.path, 'rule', p.rule)), '[]')
    from (values
        ('vendors.companyName', 'not_blank', new_record.company_name !~ '\S'),
        -- one that was connected when it was named may leave
        ('vendors.supplierId', 'suppliers_of_the_wedding', new_record.supplier_id is distinct from old_record.supplier_id and new_record.supplier_id is not null
            and not exists (
                select from wedsync_data.connections as c where c.couple_id = new_record.couple_id and c.supplier_id = new_record.supplier_id
            )),
        ('vendors.contact.webAddress', 'web_address', not wedsync_internal.is_web_address(new_record.web_address))
    ) as p (path, rule, is_broken)
    where p.is_broken
$$;
comment on function wedsync_internal.validate_vendor_assignments(text, wedsync_data.vendor_assignments, wedsync_data.vendor_assignments) is
'Hook of the record engine: rules of vendors in addition to those of the catalogue. Returns an array of {path, rule}.';
revoke all on function wedsync_internal.validate_vendor_assignments(text, wedsync_data.vendor_assignments, wedsync_data.vendor_assignments) from public;
