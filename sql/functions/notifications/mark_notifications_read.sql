create or replace function wedsync.mark_notifications_read(couple_id uuid, ids uuid[])
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    caller constant uuid := wedsync_internal.require_user();
    marked integer;
begin
    perform wedsync_internal.enforce_rate_limit('account-write');
    perform wedsync_internal.require_given('{couple_id,ids}', array[couple_id is not null, ids is not null]);
    if cardinality(ids) > 1000 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "ids", "rule": "at most 1000 ids"}');
    end if;
    update wedsync_data.notifications as n
    set read_at = now(), read_by = caller
    where n.couple_id = mark_notifications_read.couple_id and n.id = any (ids) and n.read_at is null
        and (n.user_id = caller or n.supplier_id = any (wedsync_internal.caller_supplier_ids()));
    get diagnostics marked = row_count;
    return marked;
end
$$;
comment on function wedsync.mark_notifications_read(uuid, uuid[]) is
'Marks notifications of the caller and of the caller''s suppliers about a wedding as read and returns how many were unread
At most 1000 ids; ids of other weddings or recipients are ignored. Errors: not_signed_in (42501), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.mark_notifications_read(uuid, uuid[]) from public;
grant execute on function wedsync.mark_notifications_read(uuid, uuid[]) to authenticated;
