create or replace function wedsync_internal.mark_connections_read(reader uuid, couple_ids uuid[])
returns void
language sql
volatile
begin atomic
    -- to the minute, so that frequent reads do not rewrite the rows each time; somebody who reads does not wait for somebody who changes the connection
    with free as materialized (
        select c.couple_id, c.supplier_id
        from wedsync_data.reach as r
        join wedsync_data.connections as c on c.couple_id = r.couple_id and c.supplier_id = any (r.supplier_ids)
        where r.couple_id = any ($2) and r.user_id = $1 and r.valid_from <= now() and r.valid_until > now()
            and (c.last_accessed_at >= now() - interval '1 minute') is not true
        for no key update of c skip locked
    )
    update wedsync_data.connections as c set last_accessed_at = now()
    from free as f where c.couple_id = f.couple_id and c.supplier_id = f.supplier_id;
end;
comment on function wedsync_internal.mark_connections_read(uuid, uuid[]) is 'Stores in the connections of the reader''s suppliers that they read these weddings now.';
revoke all on function wedsync_internal.mark_connections_read(uuid, uuid[]) from public;
