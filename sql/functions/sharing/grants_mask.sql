create or replace function wedsync_internal.grants_mask()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    named bit(128) := wedsync_internal.names_mask(array[new.field_name]);
begin
    -- nor can a row bypass this by calling a supplier a member
    if new.grantee_kind = 'supplier' or exists (select from wedsync_data.suppliers as s where s.id = new.grantee_id) then
        named := named & ~ wedsync_internal.names_mask('{class:budget,class:couple_private}');
    end if;
    new.readable := case when new.can_read or new.can_write then named else repeat('0', 128)::bit(128) end;
    new.writable := case when new.can_write
        then named & ~ wedsync_internal.names_mask('{class:derived}') else repeat('0', 128)::bit(128) end;
    return new;
end
$$;
comment on function wedsync_internal.grants_mask() is
'Computes the masks of a grant. Classes budget and couple_private are removed for suppliers regardless of the row, even if an administrator writes it.';
revoke all on function wedsync_internal.grants_mask() from public;

create or replace trigger grants_mask
before insert or update on wedsync_data.grants
for each row execute function wedsync_internal.grants_mask();
comment on trigger grants_mask on wedsync_data.grants is 'Computes the masks of a grant.';
