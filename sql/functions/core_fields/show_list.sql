-- drop: function wedsync_internal.show_list(uuid, text, jsonb)
create or replace function wedsync_internal.show_list(couple_id uuid, list_name text, elements jsonb, changed_at timestamptz, changed_by uuid)
returns void
language plpgsql
volatile
as $$
begin
    -- a wedding that is being deleted takes its list elements with it, and has no row to show them in any more
    insert into wedsync_data.record_lists as l (couple_id, key_moments, wedding_party, family_vips, lists_changed_at, lists_changed_by)
    select
        w.id,
        case list_name when 'key_moments' then elements else '[]' end,
        case list_name when 'wedding_party' then elements else '[]' end,
        case list_name when 'family_vips' then elements else '[]' end,
        changed_at, changed_by
    from wedsync_data.weddings as w where w.id = show_list.couple_id
    on conflict on constraint record_lists_pkey do update
    set key_moments = case list_name when 'key_moments' then excluded.key_moments else l.key_moments end,
        wedding_party = case list_name when 'wedding_party' then excluded.wedding_party else l.wedding_party end,
        family_vips = case list_name when 'family_vips' then excluded.family_vips else l.family_vips end,
        lists_changed_at = excluded.lists_changed_at,
        lists_changed_by = excluded.lists_changed_by;
end
$$;
comment on function wedsync_internal.show_list(uuid, text, jsonb, timestamptz, uuid) is
'Stores a list of a wedding as it is shown, with time and author of the change. Call it under the wedding''s lock with elements read under that lock, or an older state may win.';
revoke all on function wedsync_internal.show_list(uuid, text, jsonb, timestamptz, uuid) from public;
