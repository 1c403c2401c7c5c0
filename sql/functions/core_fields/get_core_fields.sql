create or replace function wedsync.get_core_fields(couple_id uuid default null)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    wanted uuid := couple_id;
    document jsonb;
begin
    perform wedsync_internal.enforce_rate_limit('core-fields-read');
    perform wedsync_internal.require_caller();
    if wanted is null then
        wanted := wedsync_internal.only_wedding();
    end if;
    select wedsync_internal.core_fields_nested(f) into document
    from wedsync.core_fields as f where f.couple_id = wanted;
    if document is null then
        perform wedsync_internal.fail('not_found');
    end if;
    perform wedsync_internal.log_access(wanted, 'get_core_fields');
    return document;
end
$$;
comment on function wedsync.get_core_fields(uuid) is
'The record of a wedding as a nested document
Without couple_id, it is the caller''s wedding, if the caller is a member of only one. {id, coupleId, couple, wedding, timeline, people, budget, private, sharing, connectedVendors, metadata}. Fields that the caller may not read are null, and their paths are listed in metadata.withheld. Reads by suppliers are logged. Errors: not_signed_in (42501), not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.get_core_fields(uuid) from public;
grant execute on function wedsync.get_core_fields(uuid) to authenticated, service_role, wedsync_admin;
