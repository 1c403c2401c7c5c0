create or replace function wedsync_internal.open_budget(couple_id uuid, out readable bit, out writable bit)
language plpgsql
volatile
as $$
declare
    access record;
begin
    perform wedsync_internal.require_caller();
    access := wedsync_internal.open_rows(couple_id);
    -- for those who may not read it there is no budget
    if not wedsync_internal.covers_right(access.readable, 'budget.lines') then
        perform wedsync_internal.fail('not_found');
    end if;
    readable := access.readable;
    writable := access.writable;
end
$$;
comment on function wedsync_internal.open_budget(uuid) is
'Common start of functions that change the budget: the lock of the wedding, and what the caller may read and write under it; not_found for those who may not read the budget.';
revoke all on function wedsync_internal.open_budget(uuid) from public;
