create or replace function wedsync_internal.refusal_is_remembered()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    refused jsonb[];
begin
    -- a separate statement for each, because transition tables that an event does not have must not be named
    if tg_op = 'DELETE' then
        refused := array(select to_jsonb(b) from before_rows as b where b.state = 'approved');
    else
        refused := array(
            select to_jsonb(b) from before_rows as b join after_rows as a on a.id = b.id
            where a.state in ('rejected', 'revoked') and b.state <> a.state or a.valid_until < b.valid_until
        );
    end if;
    -- clock_timestamp(): an earlier invitation that is accepted later is older than this
    update wedsync_data.connections as c
    set shares_automatically = false, closed_at = now(), closed_by = wedsync_internal.current_user_id(), refused_at = pg_catalog.clock_timestamp()
    where (c.couple_id, c.supplier_id) in (
        select (r.v ->> 'couple_id')::uuid, (r.v ->> 'grantee_id')::uuid from unnest(refused) as r (v) where r.v ->> 'grantee_kind' = 'supplier'
    );
    return null;
end
$$;
comment on function wedsync_internal.refusal_is_remembered() is
'After a rejection or a revocation, also a direct one, the couple''s preferences no longer approve anything for that supplier: its requests require a partner.';
revoke all on function wedsync_internal.refusal_is_remembered() from public;

create or replace trigger refusal_is_remembered
after update on wedsync_data.grants
referencing old table as before_rows new table as after_rows
for each statement execute function wedsync_internal.refusal_is_remembered();
comment on trigger refusal_is_remembered on wedsync_data.grants is 'Remembers revocations.';

create or replace trigger removal_is_remembered
after delete on wedsync_data.grants
referencing old table as before_rows
for each statement execute function wedsync_internal.refusal_is_remembered();
comment on trigger removal_is_remembered on wedsync_data.grants is 'Remembers revocations by DELETE.';
