create or replace function wedsync_internal.guard_wedding_day(couple_id uuid, operation text)
returns void
language plpgsql
stable
as $$
begin
    if wedsync_internal.is_wedding_day_of(couple_id) and not exists (
        select from wedsync_data.wedding_day_overrides as o
        where o.couple_id = guard_wedding_day.couple_id and o.operation = guard_wedding_day.operation and o.valid_until > now()
    ) then
        perform wedsync_internal.fail('wedding_day_protected', pg_catalog.jsonb_build_object('operation', operation));
    end if;
end
$$;
comment on function wedsync_internal.guard_wedding_day(uuid, text) is
'Raises wedding_day_protected (PT409) for a risky operation (bulk_replace or permission_reset) on a wedding day, unless allow_on_wedding_day() has allowed it. Call it under the wedding''s lock.';
revoke all on function wedsync_internal.guard_wedding_day(uuid, text) from public;
