create or replace function wedsync_internal.count_written_row(couple_id uuid)
returns void
language plpgsql
volatile
as $$
declare
    -- the wedding of the row before, how many weddings and how many rows
    noted constant text[] := pg_catalog.string_to_array(coalesce(nullif(current_setting('wedsync.rows_written', true), ''), '/0/0'), '/');
    weddings constant integer := noted[2]::integer + case when noted[1] is distinct from couple_id::text then 1 else 0 end;
    rows_written constant integer := noted[3]::integer + 1;
begin
    if weddings > wedsync_internal.setting_limit('weddings_per_update') then
        perform wedsync_internal.fail('several_weddings', pg_catalog.jsonb_build_object(
            'setting', 'weddings_per_update', 'limit', wedsync_internal.setting_limit('weddings_per_update')
        ));
    end if;
    if rows_written > wedsync_internal.setting_limit('rows_per_statement') then
        perform wedsync_internal.fail('too_large', pg_catalog.jsonb_build_object(
            'setting', 'rows_per_statement', 'limit', wedsync_internal.setting_limit('rows_per_statement')
        ));
    end if;
    perform set_config('wedsync.rows_written', concat_ws('/', couple_id, weddings, rows_written), true);
end
$$;
comment on function wedsync_internal.count_written_row(uuid) is
'Counts a row that a statement on a view of rows writes, so that a forgotten filter does not change all of them: refuses more weddings than weddings_per_update and more rows than rows_per_statement.';
revoke all on function wedsync_internal.count_written_row(uuid) from public;
