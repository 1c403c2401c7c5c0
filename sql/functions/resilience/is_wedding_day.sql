create or replace function wedsync.is_wedding_day(at timestamptz default now(), couple_id uuid default null)
returns boolean
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    own uuid[];
    answer boolean;
begin
    if at is null or not isfinite(at) then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "at", "rule": "a date and time"}');
    end if;
    if wedsync_internal.is_service() then
        if couple_id is null then
            return wedsync_internal.any_wedding_day(at);
        end if;
    else
        perform wedsync_internal.require_user();
        own := wedsync_internal.caller_couple_ids();
        if couple_id is null then
            return (
                select coalesce(bool_or(wedsync_internal.is_wedding_day_of(o.id, is_wedding_day.at)), false)
                    or extract(isodow from is_wedding_day.at at time zone 'UTC') = 6 and count(*) = 0
                from unnest(own) as o (id)
            );
        end if;
    end if;
    -- suppliers might not be allowed to read the date
    answer := wedsync_internal.is_wedding_day_of(couple_id, at);
    if own is not null and not couple_id = any (own) or answer is null then
        perform wedsync_internal.fail('not_found');
    end if;
    return answer;
end
$$;
comment on function wedsync.is_wedding_day(timestamptz, uuid) is
'Whether a moment is on a wedding day: a Saturday, or the date of a wedding, in the time zone of the wedding
With couple_id, of that wedding; without, of any wedding of which the caller is a member, and of any wedding at all for server roles. Without weddings, and for server roles, Saturday is that of UTC. For members and server roles. Errors: not_signed_in (42501), not_found (PT404), invalid_value (22023).';
revoke all on function wedsync.is_wedding_day(timestamptz, uuid) from public;
grant execute on function wedsync.is_wedding_day(timestamptz, uuid) to authenticated, service_role, wedsync_admin;
