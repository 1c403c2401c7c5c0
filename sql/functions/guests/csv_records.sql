create or replace function wedsync_internal.csv_records(csv text, separator text)
returns table (row_no integer, cells text[])
language plpgsql
immutable
parallel safe
as $$
#variable_conflict use_column
declare
    -- separators and line ends outside quotation marks become control characters, which the text may not contain
    plain text := case when csv ~ '[\x1d-\x1f]' then translate(csv, E'\x1d\x1e\x1f', '') else csv end;
    marks constant integer := length(csv) - length(replace(csv, '"', ''));
begin
    plain := replace(replace(plain, E'\r\n', E'\n'), E'\r', E'\n');
    if marks % 2 = 0 and marks > 0 then
        -- Every second piece between quotation marks is inside a quoted cell; an empty piece outside, between two others, is a doubled quotation mark.
        -- So no character is looked at one by one.
        plain := (
            select string_agg(
                case
                    when p.n % 2 = 0 then p.piece
                    when p.piece = '' and p.n > 1 and p.n < marks + 1 then '"'
                    else replace(replace(p.piece, E'\n', E'\x1e'), separator, E'\x1f')
                end, '' order by p.n
            )
            from string_to_table(plain, '"') with ordinality as p (piece, n)
        );
    else
        -- an odd number of quotation marks closes nothing: they are text
        plain := replace(replace(plain, E'\n', E'\x1e'), separator, E'\x1f');
    end if;
    return query
    select r.n::integer, string_to_array(r.line, E'\x1f')
    from string_to_table(plain, E'\x1e') with ordinality as r (line, n)
    where r.line ~ '[^\s\x1f]';
end
$$;
comment on function wedsync_internal.csv_records(text, text) is
'Rows of a CSV text (RFC 4180) with their cells; blank rows are left out, but counted. Separators, quotation marks and line breaks may stand in quoted cells.';
revoke all on function wedsync_internal.csv_records(text, text) from public;
