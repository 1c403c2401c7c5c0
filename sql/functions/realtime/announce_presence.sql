create or replace function wedsync_internal.announce_presence(diffs jsonb)
returns integer
language plpgsql
volatile
as $$
declare
    diff jsonb;
    batch jsonb := '[]'::jsonb;
    sent integer := 0;
begin
    if diffs = '[]' or current_setting('wedsync.bus', true) = 'nats' then
        return 0;
    end if;
    -- a notification holds less than 8000 bytes, and each costs a turn of the cluster-wide queue: as many diffs in one as fit
    for diff in select d.v from pg_catalog.jsonb_array_elements(diffs) as d (v) loop
        if octet_length(batch::text) + octet_length(diff::text) > 7800 and batch <> '[]' then
            perform pg_catalog.pg_notify('wedsync_bus', '{"presence":' || batch::text || '}');
            sent := sent + 1;
            batch := '[]';
        end if;
        batch := batch || case
            when octet_length(diff::text) > 7800
                then pg_catalog.jsonb_build_object('topic', diff -> 'topic', 'version', diff -> 'version', 'reload', true)
            else diff
        end;
    end loop;
    perform pg_catalog.pg_notify('wedsync_bus', '{"presence":' || batch::text || '}');
    return sent + 1;
end
$$;
comment on function wedsync_internal.announce_presence(jsonb) is
'Tells all worker processes of presence diffs, over NOTIFY wedsync_bus; returns the number of notifications. A diff that is too large says reload. With the setting wedsync.bus = nats the calling worker sends them itself.';
revoke all on function wedsync_internal.announce_presence(jsonb) from public;
