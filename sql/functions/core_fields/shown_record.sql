create or replace function wedsync_internal.shown_record(couple_id uuid, sees_all boolean)
returns wedsync.core_fields
language plpgsql
stable
as $$
declare
    shown wedsync.core_fields;
begin
    if sees_all then
        -- nothing is hidden: the same row as the view's, without working out the rights again and masking by them
        select
            f.id, f.couple_id, f.partner1_name, f.partner1_email, f.partner1_phone, f.partner2_name, f.partner2_email, f.partner2_phone,
            f.couple_address, f.wedding_date, f.ceremony_venue, f.reception_venue, f.guest_count, f.wedding_style, f.wedding_colors,
            f.ceremony_time, f.reception_time, coalesce(l.key_moments, '[]'), coalesce(l.wedding_party, '[]'), coalesce(l.family_vips, '[]'),
            coalesce(l.connected_vendors, '[]'), f.sharing_preferences, coalesce(l.field_permissions, '{}'), k.version,
            case when l.lists_changed_at > f.updated_at then l.lists_changed_by else f.last_updated_by end,
            null, f.created_at, greatest(f.updated_at, l.lists_changed_at), f.time_zone, f.budget_total, f.budget_currency, f.private_notes, '{}'
        into shown
        from wedsync_data.core_fields as f
        join wedsync_data.wedding_clocks as k on k.couple_id = f.couple_id
        left join wedsync_data.record_lists as l on l.couple_id = f.couple_id
        where f.couple_id = shown_record.couple_id and coalesce(l.vendors_until, 'infinity') > now();
    end if;
    if shown.couple_id is null then
        select f.* into shown from wedsync.core_fields as f where f.couple_id = shown_record.couple_id;
    end if;
    return shown;
end
$$;
comment on function wedsync_internal.shown_record(uuid, boolean) is
'The caller''s row of the view core_fields. sees_all says that nothing is hidden from the caller, which the write path knows already; never hand it on from a client.';
revoke all on function wedsync_internal.shown_record(uuid, boolean) from public;
