create or replace function wedsync_internal.settle_at_commit()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    delete from wedsync_data.guest_settlements as s where s.couple_id = new.couple_id;
    perform wedsync_internal.settle_guests(new.couple_id);
    return null;
end
$$;
comment on function wedsync_internal.settle_at_commit() is 'Settles the guests of a wedding that the transaction has changed.';
revoke all on function wedsync_internal.settle_at_commit() from public;

drop trigger if exists settle_at_commit on wedsync_data.guest_settlements;
create constraint trigger settle_at_commit after insert on wedsync_data.guest_settlements
deferrable initially deferred for each row execute function wedsync_internal.settle_at_commit();
comment on trigger settle_at_commit on wedsync_data.guest_settlements is 'When the transaction ends, or constraints are made immediate.';
