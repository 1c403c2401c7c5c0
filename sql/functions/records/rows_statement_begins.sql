create or replace function wedsync_internal.rows_statement_begins()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform wedsync_internal.enforce_rate_limit(tg_argv[0]);
    perform wedsync_internal.require_caller();
    perform set_config('wedsync.rows_written', '', true);
    return null;
end
$$;
comment on function wedsync_internal.rows_statement_begins() is
'Start of a statement on a view of rows: it counts as one request, regardless of the number of rows, and resets count_written_row. The argument of the trigger is the endpoint.';
revoke all on function wedsync_internal.rows_statement_begins() from public;
