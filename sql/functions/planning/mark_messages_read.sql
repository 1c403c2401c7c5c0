create or replace function wedsync.mark_messages_read(couple_id uuid, ids uuid[])
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
    perform wedsync_internal.enforce_rate_limit('planning-write');
    perform wedsync_internal.require_given('{couple_id,ids}', array[couple_id is not null, ids is not null]);
    if cardinality(ids) > 1000 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "ids", "rule": "at most 1000 ids"}');
    end if;
    update wedsync_data.wedding_message_recipients as c
    set read_at = now(), read_by = caller
    from wedsync_internal.caller_access as a
    where a.couple_id = mark_messages_read.couple_id and c.couple_id = a.couple_id and c.message_id = any (ids) and c.read_at is null
        and (c.recipient_id = caller and not c.is_supplier and a.wedding_role is not null or c.is_supplier and c.recipient_id = any (a.supplier_ids));
    get diagnostics marked = row_count;
    return marked;
end
$$;
comment on function wedsync.mark_messages_read(uuid, uuid[]) is
'Marks messages that the caller or the caller''s suppliers have received as read, and returns how many were unread
At most 1000 ids; those of others are ignored. Senders see it in message_readers. Errors: not_signed_in (42501), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.mark_messages_read(uuid, uuid[]) from public;
grant execute on function wedsync.mark_messages_read(uuid, uuid[]) to authenticated;
