create or replace function wedsync_internal.reads_are_complete()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    delete from wedsync_data.unlogged_reads as u where u.transaction_id = new.transaction_id;
    perform set_config('wedsync.reads_noted', '', true);
    perform wedsync_internal.log_noted_reads();
    return null;
end
$$;
comment on function wedsync_internal.reads_are_complete() is 'At commit: logs the reads that the transaction has noted.';
revoke all on function wedsync_internal.reads_are_complete() from public;

drop trigger if exists reads_are_complete on wedsync_data.unlogged_reads;
create constraint trigger reads_are_complete
after insert on wedsync_data.unlogged_reads
deferrable initially deferred
for each row execute function wedsync_internal.reads_are_complete();
comment on trigger reads_are_complete on wedsync_data.unlogged_reads is 'Logs the noted reads of the transaction when it commits.';
