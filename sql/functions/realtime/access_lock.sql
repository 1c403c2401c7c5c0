create or replace function wedsync_internal.access_lock(couple_id uuid, user_id uuid, shared boolean)
returns void
language plpgsql
volatile
as $$
declare
    key text;
begin
    -- what concerns neither one wedding nor one person, such as the rights of a role, concerns everybody
    foreach key in array array_remove(array[
        case when shared or coalesce(couple_id, user_id) is null then 'wedsync access' end,
        'wedsync access ' || couple_id, 'wedsync access ' || user_id
    ], null) loop
        if shared then
            perform pg_catalog.pg_advisory_xact_lock_shared(pg_catalog.hashtextextended(key, 0));
        else
            perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(key, 0));
        end if;
    end loop;
end
$$;
comment on function wedsync_internal.access_lock(uuid, uuid, boolean) is
'Orders joins of channels (shared) against changes of rights of a wedding or a person (exclusive), until the end of the transaction.';
revoke all on function wedsync_internal.access_lock(uuid, uuid, boolean) from public;
