create or replace function wedsync_internal.validate_photos(op text, old_record wedsync_data.photos, new_record wedsync_data.photos)
returns jsonb
language sql
stable
as $$
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('path', p.path, 'rule', 'https_address')), '[]')
    from (values ('photos.url', new_record.url), ('photos.thumbnail_url', new_record.thumbnail_url)) as p (path, address)
    where not wedsync_internal.is_https_address(p.address)
$$;
comment on function wedsync_internal.validate_photos(text, wedsync_data.photos, wedsync_data.photos) is
'Hook of the record engine: addresses of photos. Returns an array of {path, rule}.';
revoke all on function wedsync_internal.validate_photos(text, wedsync_data.photos, wedsync_data.photos) from public;
