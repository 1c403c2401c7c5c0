-- requires: sharing/caller_access, sharing/connected_vendors, core_fields/visible_element_keys, core_fields/visible_version, core_fields/mask_paths
create or replace function wedsync_internal.record_extras(
    couple_id uuid,
    out key_moments jsonb, out wedding_party jsonb, out family_vips jsonb, out connected_vendors jsonb, out field_permissions jsonb,
    out version_number integer, out last_updated_by uuid, out updated_at timestamptz, out last_sync_at timestamptz, out withheld_fields text[]
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    readable bit(128);
    everything bit(128);
    clock wedsync_data.wedding_clocks;
begin
    -- it works out the caller's rights by itself: a mask given as argument could be forged
    select a.readable into readable from wedsync_internal.caller_access as a where a.couple_id = record_extras.couple_id;
    if readable is null then
        return;
    end if;
    if substring(readable from 34 for 4) <> B'0000' then
        select wedsync_internal.visible_element_keys(
            pg_catalog.jsonb_agg(to_jsonb(e) - '{couple_id,order_key}'::text[] order by e.order_key), 'key_moments', readable
        ) into key_moments
        from wedsync_data.key_moments as e where e.couple_id = record_extras.couple_id;
    end if;
    if substring(readable from 38 for 4) <> B'0000' then
        select wedsync_internal.visible_element_keys(
            pg_catalog.jsonb_agg(to_jsonb(e) - '{couple_id,order_key}'::text[] order by e.order_key), 'wedding_party', readable
        ) into wedding_party
        from wedsync_data.wedding_party as e where e.couple_id = record_extras.couple_id;
    end if;
    if substring(readable from 42 for 4) <> B'0000' then
        select wedsync_internal.visible_element_keys(
            pg_catalog.jsonb_agg(to_jsonb(e) - '{couple_id,order_key}'::text[] order by e.order_key), 'family_vips', readable
        ) into family_vips
        from wedsync_data.family_vips as e where e.couple_id = record_extras.couple_id;
    end if;
    select k.* into clock from wedsync_data.wedding_clocks as k where k.couple_id = record_extras.couple_id;
    select n.mask into everything from wedsync_data.field_names as n where n.name = 'everything';
    if readable & everything = everything then
        version_number := clock.version;
        withheld_fields := '{}';
    else
        version_number := wedsync_internal.visible_version(clock.leaf_versions, readable);
        withheld_fields := wedsync_internal.mask_paths(~ readable);
        select l.changed_at, l.actor_id into updated_at, last_updated_by
        from wedsync_data.audit_log as l
        where l.couple_id = record_extras.couple_id and get_bit(readable, l.leaf_no) = 1
        order by l.id desc limit 1;
    end if;
    if get_bit(readable, 45) = 1 then
        select
            coalesce(pg_catalog.jsonb_agg(v.vendor order by v.business_name, v.supplier_id), '[]'),
            coalesce(pg_catalog.jsonb_object_agg(v.supplier_id, v.readable_fields), '{}')
        into connected_vendors, field_permissions
        from wedsync_internal.connected_vendors as v where v.couple_id = record_extras.couple_id;
    else
        select max(c.last_accessed_at) into last_sync_at
        from wedsync_data.connections as c
        join wedsync_data.supplier_members as m on m.supplier_id = c.supplier_id
        where c.couple_id = record_extras.couple_id and m.user_id = wedsync_internal.current_user_id();
    end if;
end
$$;
comment on function wedsync_internal.record_extras(uuid) is
'What a record shows beside its own row, as far as the caller may see it: lists, connected suppliers, version and what is withheld. updated_at and last_updated_by are set only where they differ from the row''s, for callers from whom something is withheld.';
revoke all on function wedsync_internal.record_extras(uuid) from public;
grant execute on function wedsync_internal.record_extras(uuid) to authenticated, service_role, wedsync_admin;
