create or replace function wedsync_internal.refresh_reach(user_ids uuid[], couple_ids uuid[])
returns void
language plpgsql
volatile
as $$
declare
    spans wedsync_data.reach[];
begin
    if user_ids is null or user_ids = '{}' then
        return;
    end if;
    spans := array(select s from wedsync_internal.reach_spans(user_ids, couple_ids) as s);
    perform wedsync_internal.keep_visibility_masks(array(select distinct s.readable from unnest(spans) as s));
    with wanted as materialized (
        select s.*, m.id
        from unnest(spans) as s
        join wedsync_data.visibility_masks as m on m.readable = s.readable
    ), gone as (
        delete from wedsync_data.reach as r
        using unnest(user_ids, couple_ids) as p (user_id, couple_id)
        where r.couple_id = p.couple_id and r.user_id = p.user_id and not exists (
            select from wanted as w where w.couple_id = r.couple_id and w.user_id = r.user_id and w.valid_from = r.valid_from
        )
    )
    insert into wedsync_data.reach as r (couple_id, user_id, valid_from, valid_until, mask_id, readable, writable, by_grant, wedding_role, supplier_ids)
    select w.couple_id, w.user_id, w.valid_from, w.valid_until, w.id, w.readable, w.writable, w.by_grant, w.wedding_role, w.supplier_ids
    from wanted as w
    on conflict on constraint reach_pkey do update
    set valid_until = excluded.valid_until, mask_id = excluded.mask_id, readable = excluded.readable, writable = excluded.writable,
        by_grant = excluded.by_grant, wedding_role = excluded.wedding_role, supplier_ids = excluded.supplier_ids
    where (r.valid_until, r.mask_id, r.readable, r.writable, r.by_grant, r.wedding_role, r.supplier_ids)
        is distinct from (
            excluded.valid_until, excluded.mask_id, excluded.readable, excluded.writable, excluded.by_grant, excluded.wedding_role, excluded.supplier_ids
        );
end
$$;
comment on function wedsync_internal.refresh_reach(uuid[], uuid[]) is
'Recomputes the rights of users at weddings, given as pairs, and stores them in reach. Call it with locks that protect the sources: those of the wedding, its suppliers or the user.';
revoke all on function wedsync_internal.refresh_reach(uuid[], uuid[]) from public;
