create or replace function wedsync.submit_photos(couple_id uuid, photos jsonb, supplier_id uuid default null)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    most constant integer := wedsync_internal.setting_limit('waiting_photos_per_uploader');
    caller constant uuid := wedsync_internal.current_user_id();
    opened record;
    problems jsonb;
    ids uuid[];
    is_approved boolean;
begin
    perform wedsync_internal.enforce_rate_limit('documents-submit');
    perform wedsync_internal.check_json(photos, 'photos', wedsync_internal.setting_limit('patch_max_bytes'));
    perform wedsync_internal.require_given('{couple_id,photos}', array[couple_id is not null, photos is not null]);
    perform wedsync_internal.open_for_member_or_supplier(couple_id, supplier_id);
    problems := wedsync_internal.photo_problems(photos);
    if problems is not null then
        perform wedsync_internal.fail('invalid_fields', pg_catalog.jsonb_build_object('problems', problems));
    end if;
    perform wedsync_internal.open_rows(couple_id);
    -- again: access may have ended while this waited for the lock
    opened := wedsync_internal.open_for_member_or_supplier(couple_id, supplier_id);
    is_approved := opened.sender_supplier is null and wedsync_internal.covers_right(opened.writable, 'photos');
    if is_approved then
        with added as (
            insert into wedsync_data.photos as p (couple_id, url, thumbnail_url, caption, album, taken_at)
            select submit_photos.couple_id, e.v ->> 'url', e.v ->> 'thumbnail_url', e.v ->> 'caption', e.v ->> 'album', (e.v ->> 'taken_at')::timestamptz
            from pg_catalog.jsonb_array_elements(photos) with ordinality as e (v, n) order by e.n
            returning p.id
        )
        select array_agg(a.id) into ids from added as a;
    else
        if pg_catalog.jsonb_array_length(photos) + (
            select count(*) from wedsync_data.photo_submissions as s
            where s.couple_id = submit_photos.couple_id and s.uploaded_by = caller and s.status = 'waiting'
        ) > most then
            perform wedsync_internal.fail('cap_reached', pg_catalog.jsonb_build_object('setting', 'waiting_photos_per_uploader', 'limit', most));
        end if;
        with added as (
            insert into wedsync_data.photo_submissions as p (couple_id, url, thumbnail_url, caption, album, taken_at, uploaded_by, uploaded_by_supplier)
            select
                submit_photos.couple_id, e.v ->> 'url', e.v ->> 'thumbnail_url', e.v ->> 'caption', e.v ->> 'album', (e.v ->> 'taken_at')::timestamptz,
                caller, opened.sender_supplier
            from pg_catalog.jsonb_array_elements(photos) with ordinality as e (v, n) order by e.n
            returning p.id
        )
        select array_agg(a.id) into ids from added as a;
        -- told once an hour, however many photos arrive
        perform wedsync_internal.notify(
            couple_id, 'photo_waiting',
            pg_catalog.jsonb_build_object('count', (
                select count(*) from wedsync_data.photo_submissions as s where s.couple_id = submit_photos.couple_id and s.status = 'waiting'
            )),
            '{"roles": ["partner", "planner"]}', 'photos ' || to_char(now() at time zone 'UTC', 'YYYY-MM-DD HH24')
        );
    end if;
    return pg_catalog.jsonb_build_object('ids', ids, 'status', case when is_approved then 'approved' else 'waiting' end);
end
$$;
comment on function wedsync.submit_photos(uuid, jsonb, uuid) is
'Hands in photos: an array of 1 to 100 objects {url, thumbnail_url, caption, album, taken_at}, of which only url, an https address, is needed
For everybody with access to the wedding; supplier_id is needed by members of several suppliers only. Photos wait until somebody who may write photos approves them by decide_photos; those of a partner or planner need no approval. my_photos shows what became of them. Returns {ids, status}. Errors: not_signed_in (42501), not_found (PT404), cap_reached (PT409), too_large (PT413), invalid_value (22023), invalid_fields (PT422), rate_limited (429).';
revoke all on function wedsync.submit_photos(uuid, jsonb, uuid) from public;
grant execute on function wedsync.submit_photos(uuid, jsonb, uuid) to authenticated, service_role, wedsync_admin;
