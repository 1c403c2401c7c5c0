create or replace function wedsync_internal.is_unappended(record_name text, couple_id uuid, id uuid)
returns boolean
language sql
stable
return exists (
    select from wedsync_data.unappended_rows as u
    where u.transaction_id = pg_current_xact_id() and u.record_name = $1 and u.couple_id = $2 and u.id = $3
);
comment on function wedsync_internal.is_unappended(text, uuid, uuid) is 'Whether a statement on a view that has not ended yet has written this row.';
revoke all on function wedsync_internal.is_unappended(text, uuid, uuid) from public;
