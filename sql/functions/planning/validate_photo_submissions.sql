create or replace function wedsync_internal.validate_photo_submissions(op text, old_record wedsync_data.photo_submissions, new_record wedsync_data.photo_submissions)
returns jsonb
language sql
stable
as $$
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('path', p.path, 'rule', 'https_address')), '[]')
    from (values ('photoSubmissions.url', new_record.url), ('photoSubmissions.thumbnail_url', new_record.thumbnail_url)) as p (path, address)
    where not wedsync_internal.is_https_address(p.address)
$$;
comment on function wedsync_internal.validate_photo_submissions(text, wedsync_data.photo_submissions, wedsync_data.photo_submissions) is
'Hook of the record engine: addresses of photos. Returns an array of {path, rule}.';
revoke all on function wedsync_internal.validate_photo_submissions(text, wedsync_data.photo_submissions, wedsync_data.photo_submissions) from public;
