create or replace function wedsync_internal.csv_cell(value text)
returns text
language sql
immutable
parallel safe
as $$
    -- A spreadsheet runs a cell that starts like a formula, even a quoted one: an apostrophe makes it text. import_guests takes it away again.
    select case when c.cell ~ '[",\n\r]' then '"' || replace(c.cell, '"', '""') || '"' else c.cell end
    from (select case when value ~ '^[=+@\t\r-]' then '''' || value else coalesce(value, '') end as cell) as c
$$;
comment on function wedsync_internal.csv_cell(text) is 'A value as a cell of a CSV text (RFC 4180) that no spreadsheet takes for a formula.';
revoke all on function wedsync_internal.csv_cell(text) from public;
