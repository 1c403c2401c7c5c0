create or replace function wedsync_internal.delivery_is_allowed(delivery wedsync_data.deliveries)
returns boolean
language sql
stable
as $$
    select case
        -- the operator's own, and codes to people who have asked for them
        when delivery.couple_id is null then true
        when delivery.contact_id is not null then true
        when delivery.supplier_id is not null then coalesce((
            select bit_or(g.readable) & delivery.needs = delivery.needs from wedsync_data.grants as g
            where g.couple_id = delivery.couple_id and g.grantee_id = delivery.supplier_id
                and g.state = 'approved' and g.valid_from <= now() and g.valid_until > now()
        ), false)
        when delivery.user_id is not null then exists (
            select from wedsync_data.reach as r
            where r.couple_id = delivery.couple_id and r.user_id = delivery.user_id and r.valid_from <= now() and r.valid_until > now()
                and r.readable & delivery.needs = delivery.needs
        )
        -- an endpoint of the couple
        else exists (select from wedsync_data.wedding_roles as r where r.wedding_role = 'partner' and r.readable & delivery.needs = delivery.needs)
    end
$$;
comment on function wedsync_internal.delivery_is_allowed(wedsync_data.deliveries) is 'Whether the recipient of a delivery may read what it is about, by the rights of now.';
revoke all on function wedsync_internal.delivery_is_allowed(wedsync_data.deliveries) from public;
