create or replace function wedsync.decide_photos(couple_id uuid, ids uuid[], approve boolean, note text default null)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    caller constant uuid := wedsync_internal.current_user_id();
    access record;
    changed jsonb;
    told record;
begin
    perform wedsync_internal.enforce_rate_limit('documents-write');
    perform wedsync_internal.require_given('{couple_id,ids,approve}', array[couple_id is not null, ids is not null, approve is not null]);
    perform wedsync_internal.require_caller();
    if cardinality(ids) not between 1 and 500 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "ids", "rule": "1 to 500 ids"}');
    end if;
    if length(note) > 500 or note ~ '[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]' then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "note", "rule": "at most 500 characters, none of them control characters"}');
    end if;
    access := wedsync_internal.open_rows(couple_id);
    if not wedsync_internal.covers_right(access.readable, 'photos.submissions') then
        perform wedsync_internal.fail('not_found');
    end if;
    if not (wedsync_internal.covers_right(access.writable, 'photos') and wedsync_internal.covers_right(access.writable, 'photos.submissions')) then
        perform wedsync_internal.fail('fields_not_allowed', '{"unauthorized_fields": ["photos", "photoSubmissions.status"]}');
    end if;
    if approve then
        with moved as (
            delete from wedsync_data.photo_submissions as s
            where s.couple_id = decide_photos.couple_id and s.id = any (ids)
                and not exists (select from wedsync_data.photos as p where p.couple_id = s.couple_id and p.id = s.id)
            returning s.*
        )
        select pg_catalog.jsonb_agg(to_jsonb(m) order by m.created_at, m.id) into changed from moved as m;
        insert into wedsync_data.photos (couple_id, id, url, thumbnail_url, caption, album, taken_at, uploaded_by, uploaded_by_supplier, approved_by, approved_at)
        select m.couple_id, m.id, m.url, m.thumbnail_url, m.caption, m.album, m.taken_at, m.uploaded_by, m.uploaded_by_supplier, caller, now()
        from pg_catalog.jsonb_populate_recordset(null::wedsync_data.photo_submissions, changed) as m
        order by m.created_at, m.id;
    else
        update wedsync_data.photo_submissions as s
        set status = 'rejected', note = decide_photos.note, decided_by = caller, decided_at = now()
        where s.couple_id = decide_photos.couple_id and s.id = any (ids) and s.status = 'waiting';
        with moved as (
            delete from wedsync_data.photos as p
            where p.couple_id = decide_photos.couple_id and p.id = any (ids)
                and not exists (select from wedsync_data.photo_submissions as s where s.couple_id = p.couple_id and s.id = p.id)
            returning p.*
        )
        select pg_catalog.jsonb_agg(to_jsonb(m) order by m.created_at, m.id) into changed from moved as m;
        insert into wedsync_data.photo_submissions (
            couple_id, id, url, thumbnail_url, caption, album, taken_at, uploaded_by, uploaded_by_supplier, status, note, decided_by, decided_at
        )
        select
            m.couple_id, m.id, m.url, m.thumbnail_url, m.caption, m.album, m.taken_at, m.uploaded_by, m.uploaded_by_supplier, 'rejected', decide_photos.note,
            caller, now()
        from pg_catalog.jsonb_populate_recordset(null::wedsync_data.photos, changed) as m
        order by m.created_at, m.id;
        select pg_catalog.jsonb_agg(to_jsonb(s) order by s.created_at, s.id) into changed
        from wedsync_data.photo_submissions as s
        where s.couple_id = decide_photos.couple_id and s.id = any (ids) and s.decided_at = now() and s.decided_by is not distinct from caller;
    end if;
    for told in
        select
            case when c.uploaded_by_supplier is null then 'users' else 'suppliers' end as kind, coalesce(c.uploaded_by_supplier, c.uploaded_by) as id, count(*) as n
        from pg_catalog.jsonb_populate_recordset(null::wedsync_data.photo_submissions, changed) as c
        where coalesce(c.uploaded_by_supplier, c.uploaded_by) is distinct from caller and coalesce(c.uploaded_by_supplier, c.uploaded_by) is not null
        group by 1, 2
        order by 2
    loop
        perform wedsync_internal.notify(
            couple_id, 'photos_decided', pg_catalog.jsonb_build_object('count', told.n, 'decision', case when approve then 'approved' else 'rejected' end),
            pg_catalog.jsonb_build_object(told.kind, array[told.id])
        );
    end loop;
    return pg_catalog.jsonb_build_object(
        'status', case when approve then 'approved' else 'rejected' end,
        'ids', (select coalesce(pg_catalog.jsonb_agg(c.id order by c.id), '[]') from pg_catalog.jsonb_populate_recordset(null::wedsync_data.photo_submissions, changed) as c)
    );
end
$$;
comment on function wedsync.decide_photos(uuid, uuid[], boolean, text) is
'Approves submitted photos, which then are in photos, or rejects them; an approved photo can be rejected later, and a rejected one approved
For partners and planners. At most 500 ids; those that are unknown or already decided so are left out. Whoever handed them in is told. Returns {status, ids} of those that changed. Errors: not_signed_in and fields_not_allowed (42501), not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.decide_photos(uuid, uuid[], boolean, text) from public;
grant execute on function wedsync.decide_photos(uuid, uuid[], boolean, text) to authenticated, service_role, wedsync_admin;
