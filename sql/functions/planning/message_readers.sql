create or replace function wedsync.message_readers(couple_id uuid, message_id uuid, max_rows integer default 100, after uuid default null)
returns table (recipient_id uuid, is_supplier boolean, name text, read_at timestamptz)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform wedsync_internal.enforce_rate_limit('planning-lists');
    perform wedsync_internal.require_given('{couple_id,message_id}', array[couple_id is not null, message_id is not null]);
    if max_rows is null or max_rows not between 1 and 1000 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "max_rows", "rule": "1 to 1000"}');
    end if;
    perform wedsync_internal.open_sent_message(couple_id, message_id);
    return query
    select c.recipient_id, c.is_supplier, coalesce(s.business_name, u.display_name), c.read_at
    from wedsync_data.wedding_message_recipients as c
    left join wedsync_data.suppliers as s on c.is_supplier and s.id = c.recipient_id
    left join wedsync_data.users as u on not c.is_supplier and u.id = c.recipient_id
    where c.couple_id = message_readers.couple_id and c.message_id = message_readers.message_id
        and (message_readers.after is null or c.recipient_id > message_readers.after)
    order by c.recipient_id
    limit max_rows;
end
$$;
comment on function wedsync.message_readers(uuid, uuid, integer, uuid) is
'Recipients of a message that the caller or the caller''s supplier has sent, and when each has read it
In order of recipient_id; pass the last one as after for the next page, of at most 1000. Errors: not_signed_in (42501), not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.message_readers(uuid, uuid, integer, uuid) from public;
grant execute on function wedsync.message_readers(uuid, uuid, integer, uuid) to authenticated;
