create or replace function wedsync_internal.derive_photos(op text, old_record wedsync_data.photos, new_record wedsync_data.photos)
returns wedsync_data.photos
language plpgsql
stable
as $$
begin
    if op = 'INSERT' and new_record.approved_at is null then
        new_record.uploaded_by := coalesce(new_record.uploaded_by, wedsync_internal.current_user_id());
        new_record.approved_by := wedsync_internal.current_user_id();
        new_record.approved_at := pg_catalog.statement_timestamp();
    end if;
    return new_record;
end
$$;
comment on function wedsync_internal.derive_photos(text, wedsync_data.photos, wedsync_data.photos) is
'Hook of the record engine: whoever may add photos approves them by that.';
revoke all on function wedsync_internal.derive_photos(text, wedsync_data.photos, wedsync_data.photos) from public;
