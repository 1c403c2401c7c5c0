create or replace function wedsync_internal.end_lost_sessions()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    lost_couple constant uuid := (to_jsonb(old) ->> 'couple_id')::uuid;
    lost_user constant uuid := (to_jsonb(old) ->> 'user_id')::uuid;
begin
    perform wedsync_internal.close_sessions(array(
        select s.id from wedsync_data.collaboration_sessions as s
        where s.ended_at is null and (lost_couple is null or s.couple_id = lost_couple) and (lost_user is null or s.user_id = lost_user)
            and not wedsync_internal.reaches_wedding(s.user_id, s.couple_id)
    ));
    return null;
end
$$;
comment on function wedsync_internal.end_lost_sessions() is
'Ends sessions of users who have lost access to the wedding, at commit, so that replacing a grant ends none. Tokens do not become valid again when access is restored.';
revoke all on function wedsync_internal.end_lost_sessions() from public;

drop trigger if exists end_lost_sessions on wedsync_data.grants;
create constraint trigger end_lost_sessions
after update or delete on wedsync_data.grants
deferrable initially deferred
for each row execute function wedsync_internal.end_lost_sessions();
comment on trigger end_lost_sessions on wedsync_data.grants is 'Ends sessions when access is revoked.';

drop trigger if exists end_lost_sessions on wedsync_data.wedding_members;
create constraint trigger end_lost_sessions
after update or delete on wedsync_data.wedding_members
deferrable initially deferred
for each row execute function wedsync_internal.end_lost_sessions();
comment on trigger end_lost_sessions on wedsync_data.wedding_members is 'Ends sessions when the membership ends.';

drop trigger if exists end_lost_sessions on wedsync_data.supplier_members;
create constraint trigger end_lost_sessions
after update or delete on wedsync_data.supplier_members
deferrable initially deferred
for each row execute function wedsync_internal.end_lost_sessions();
comment on trigger end_lost_sessions on wedsync_data.supplier_members is 'Ends sessions when the membership ends.';
