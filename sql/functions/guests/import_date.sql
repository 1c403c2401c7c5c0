create or replace function wedsync_internal.import_date(word text, is_month_first boolean)
returns date
language plpgsql
immutable
parallel safe
as $$
declare
    parts text[];
    years integer;
    months integer;
    days integer;
begin
    parts := regexp_match(word, '^\s*(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?$');
    if parts is not null then
        years := parts[1]::integer;
        months := parts[2]::integer;
        days := parts[3]::integer;
    else
        parts := regexp_match(word, '^\s*(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d{4}|\d{2})(?:[, ].*)?$');
        if parts is null then
            return null;
        end if;
        years := parts[3]::integer + case when length(parts[3]) = 2 then 2000 else 0 end;
        months := parts[case when is_month_first then 1 else 2 end]::integer;
        days := parts[case when is_month_first then 2 else 1 end]::integer;
    end if;
    if years not between 1900 and 2200 or months not between 1 and 12 or days < 1
        or days > extract(day from pg_catalog.make_date(years, months, 1) + interval '1 month - 1 day') then
        return null;
    end if;
    return pg_catalog.make_date(years, months, days);
end
$$;
comment on function wedsync_internal.import_date(text, boolean) is 'A date as lists write it: 2027-06-12, 12.6.2027, 6/12/27, with or without a time; null for anything else.';
revoke all on function wedsync_internal.import_date(text, boolean) from public;
