create or replace function wedsync_internal.suppliers_with_grants(couple_id uuid)
returns setof uuid
language sql
stable
as $$
    select distinct g.grantee_id
    from wedsync_data.grants as g
    where g.couple_id = suppliers_with_grants.couple_id and g.grantee_kind = 'supplier' and g.state in ('pending', 'approved')
    order by 1
$$;
comment on function wedsync_internal.suppliers_with_grants(uuid) is 'Suppliers with approved or pending grants of a wedding, in the order of their ids.';
revoke all on function wedsync_internal.suppliers_with_grants(uuid) from public;
