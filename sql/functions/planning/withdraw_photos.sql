create or replace function wedsync.withdraw_photos(couple_id uuid, ids uuid[])
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    own uuid[];
begin
    perform wedsync_internal.enforce_rate_limit('documents-submit');
    perform wedsync_internal.require_given('{couple_id,ids}', array[couple_id is not null, ids is not null]);
    perform wedsync_internal.require_user();
    if cardinality(ids) > 500 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "ids", "rule": "at most 500 ids"}');
    end if;
    perform wedsync_internal.open_rows(couple_id);
    own := array(select m.id from wedsync.my_photos as m where m.couple_id = withdraw_photos.couple_id and m.id = any (ids));
    delete from wedsync_data.photo_submissions as s where s.couple_id = withdraw_photos.couple_id and s.id = any (own);
    delete from wedsync_data.photos as p where p.couple_id = withdraw_photos.couple_id and p.id = any (own);
    return cardinality(own);
end
$$;
comment on function wedsync.withdraw_photos(uuid, uuid[]) is
'Removes photos that the caller or the caller''s suppliers have handed in, approved or not, and returns how many
At most 500 ids; those of others are ignored. Errors: not_signed_in (42501), not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.withdraw_photos(uuid, uuid[]) from public;
grant execute on function wedsync.withdraw_photos(uuid, uuid[]) to authenticated;
