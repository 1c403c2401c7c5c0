create or replace function wedsync_internal.row_change_text(
    ids jsonb, columns jsonb, view_name text, row_op text, new_row jsonb, old_row jsonb, changed_at timestamptz
)
returns text
language sql
stable
as $$
    -- concatenated as text, because building one document would copy every part
    select '{"ids": ' || ids::text || ', "data": {"columns": ' || coalesce(columns, '[]')::text
        || case when row_op <> 'DELETE' then ', "record": ' || new_row::text else '' end
        || case when row_op <> 'INSERT' then ', "old_record": ' || coalesce(old_row, '{}')::text else '' end
        || ', ' || substr(pg_catalog.jsonb_build_object(
            'schema', 'wedsync', 'table', view_name, 'type', row_op,
            'commit_timestamp', to_char(changed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'errors', null
        )::text, 2) || '}'
$$;
comment on function wedsync_internal.row_change_text(jsonb, jsonb, text, text, jsonb, jsonb, timestamptz) is
'The payload of postgres_changes for a row with masked values: the matching bindings, the columns, the new row except for DELETE, the old one except for INSERT.';
revoke all on function wedsync_internal.row_change_text(jsonb, jsonb, text, text, jsonb, jsonb, timestamptz) from public;
