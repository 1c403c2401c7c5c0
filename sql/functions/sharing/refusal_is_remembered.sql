-- requires: identity/current_user_id
create or replace function wedsync_internal.refusal_is_remembered()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- by the clock on the wall: an invitation of before, accepted later, is older than this
    update wedsync_data.connections as c
    set shares_automatically = false, closed_at = pg_catalog.clock_timestamp(), closed_by = wedsync_internal.current_user_id()
    where c.couple_id = old.couple_id and c.supplier_id = old.grantee_id;
    return null;
end
$$;
comment on function wedsync_internal.refusal_is_remembered() is
'After a refusal or a revocation, whoever wrote it, the couple''s preferences approve nothing for that supplier any more: it waits for a partner.';
revoke all on function wedsync_internal.refusal_is_remembered() from public;

create or replace trigger refusal_is_remembered
after update of state, valid_until on wedsync_data.grants
for each row when (
    old.grantee_kind = 'supplier' and (new.state in ('rejected', 'revoked') and old.state <> new.state or new.valid_until < old.valid_until)
) execute function wedsync_internal.refusal_is_remembered();
comment on trigger refusal_is_remembered on wedsync_data.grants is 'A revocation stays one.';

create or replace trigger removal_is_remembered
after delete on wedsync_data.grants
for each row when (old.grantee_kind = 'supplier' and old.state = 'approved') execute function wedsync_internal.refusal_is_remembered();
comment on trigger removal_is_remembered on wedsync_data.grants is 'A revocation stays one, also by DELETE.';
