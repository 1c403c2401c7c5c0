create or replace view wedsync.my_photos
with (security_barrier = true, security_invoker = false) as
select
    p.couple_id, p.id, p.url, p.thumbnail_url, p.caption, p.album, p.taken_at, p.uploaded_by, p.uploaded_by_supplier, p.status, p.note, p.created_at
from wedsync_data.reach as r
join (
    select s.couple_id, s.id, s.url, s.thumbnail_url, s.caption, s.album, s.taken_at, s.uploaded_by, s.uploaded_by_supplier, s.status, s.note, s.created_at
    from wedsync_data.photo_submissions as s
    union all
    select a.couple_id, a.id, a.url, a.thumbnail_url, a.caption, a.album, a.taken_at, a.uploaded_by, a.uploaded_by_supplier, 'approved' as status, null::text as note,
        a.created_at
    from wedsync_data.photos as a
) as p on p.couple_id = r.couple_id
where r.user_id = (select wedsync_internal.current_user_id()) and r.valid_from <= now() and r.valid_until > now()
    and (p.uploaded_by_supplier is null and r.wedding_role is not null and p.uploaded_by = r.user_id or p.uploaded_by_supplier = any (r.supplier_ids))
    -- the conditions again, because a plan may evaluate them later
    and case
        when r.by_grant and current_user <> 'wedsync_owner' and p.couple_id = r.couple_id and p.uploaded_by_supplier = any (r.supplier_ids)
            then wedsync_internal.log_view_read(p.couple_id, 'photos')
        else true
    end;
comment on view wedsync.my_photos is 'Photos that the caller or the caller''s suppliers have handed in, with what became of them
withdraw_photos removes them.';
comment on column wedsync.my_photos.couple_id is 'The wedding.';
comment on column wedsync.my_photos.id is 'Id of the photo.';
comment on column wedsync.my_photos.url is 'Address.';
comment on column wedsync.my_photos.thumbnail_url is 'Address of a small version.';
comment on column wedsync.my_photos.caption is 'Caption.';
comment on column wedsync.my_photos.album is 'Album.';
comment on column wedsync.my_photos.taken_at is 'When it was taken.';
comment on column wedsync.my_photos.uploaded_by is 'Who handed it in.';
comment on column wedsync.my_photos.uploaded_by_supplier is 'Supplier for which that was done.';
comment on column wedsync.my_photos.status is 'waiting, approved or rejected.';
comment on column wedsync.my_photos.note is 'Why it was rejected.';
comment on column wedsync.my_photos.created_at is 'When it was handed in, or approved.';
revoke all on wedsync.my_photos from public;
grant select on wedsync.my_photos to authenticated;
