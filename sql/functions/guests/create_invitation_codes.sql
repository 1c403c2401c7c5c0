create or replace function wedsync.create_invitation_codes(
    couple_id uuid, household_ids uuid[] default null, valid_until timestamptz default null, uses integer default 1
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    alphabet constant text := '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
    ends constant timestamptz := coalesce(
        create_invitation_codes.valid_until, now() + make_interval(days => wedsync_internal.setting_limit('rsvp_code_days'))
    );
    wanted record;
    code text;
    random bytea;
    made jsonb := '[]';
begin
    perform wedsync_internal.open_codes(couple_id);
    if not (ends > now() and ends <= now() + interval '2 years') then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "valid_until", "rule": "in the future, at most two years ahead"}');
    end if;
    if uses is null or uses not between 1 and 20 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "uses", "rule": "between 1 and 20"}');
    end if;
    if cardinality(household_ids) > wedsync_internal.setting_limit('rows_per_statement') then
        perform wedsync_internal.fail('too_large', pg_catalog.jsonb_build_object(
            'setting', 'rows_per_statement', 'limit', wedsync_internal.setting_limit('rows_per_statement')
        ));
    end if;
    if exists (
        select from unnest(household_ids) as h (id)
        where not exists (select from wedsync_data.households as k where k.couple_id = create_invitation_codes.couple_id and k.id = h.id)
    ) then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "household_ids", "rule": "households of the wedding"}');
    end if;
    update wedsync_data.rsvp_codes as c set revoked_at = pg_catalog.clock_timestamp()
    where c.couple_id = create_invitation_codes.couple_id and c.household_id = any (household_ids) and c.revoked_at is null and c.uses_left > 0;
    for wanted in
        select h.id, h.name
        from wedsync_data.households as h
        where h.couple_id = create_invitation_codes.couple_id and case
            when household_ids is not null then h.id = any (household_ids)
            -- those without a code of any kind, whose guests are invited
            else not exists (
                select from wedsync_data.rsvp_codes as c
                where c.couple_id = h.couple_id and c.household_id = h.id and c.revoked_at is null and c.valid_until > now()
            ) and exists (
                select from wedsync_data.guests as g join wedsync_data.rsvps as r on r.couple_id = g.couple_id and r.guest_id = g.id
                where g.couple_id = h.couple_id and g.household_id = h.id
            )
        end
        order by h.name, h.id
        limit wedsync_internal.setting_limit('rows_per_statement')
    loop
        random := pg_catalog.sha256(uuid_send(pg_catalog.gen_random_uuid()) || uuid_send(pg_catalog.gen_random_uuid()));
        code := (
            select string_agg(substr(alphabet, get_byte(random, n.n) % 32 + 1, 1) || case when n.n in (3, 7, 11) then '-' else '' end, '' order by n.n)
            from generate_series(0, 15) as n (n)
        );
        insert into wedsync_data.rsvp_codes (couple_id, household_id, code_hash, uses_left, created_by, valid_until)
        values (create_invitation_codes.couple_id, wanted.id, wedsync_internal.rsvp_code_hash(code), uses, wedsync_internal.current_user_id(), ends);
        made := made || pg_catalog.jsonb_build_object('household_id', wanted.id, 'household', wanted.name, 'code', code, 'valid_until', ends);
    end loop;
    return made;
end
$$;
comment on function wedsync.create_invitation_codes(uuid, uuid[], timestamptz, integer) is
'Creates codes with which households reply without a login, through get_rsvp and answer_rsvp
Without household_ids, for households with invited guests that have no code: at most rows_per_statement (500) at a time, so repeat it until it returns none. A new code revokes the earlier ones of the household. uses is the number of replies for which a code is good.
Returns [{household_id, household, code, valid_until}]. The codes are shown this once; only their hashes are stored. For those who may read and write names, replies, diets and households of guests.
Errors: not_signed_in and not_allowed (42501), not_found (PT404), invalid_value (22023), too_large (PT413), rate_limited (429).';
revoke all on function wedsync.create_invitation_codes(uuid, uuid[], timestamptz, integer) from public;
grant execute on function wedsync.create_invitation_codes(uuid, uuid[], timestamptz, integer) to authenticated, service_role, wedsync_admin;
