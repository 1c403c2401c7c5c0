create or replace function wedsync_internal.wedding_date_problem(wedding_date date)
returns text
language plpgsql
stable
as $$
begin
    if wedding_date is null or wedding_date >= current_date then
        return case when wedding_date > date '9999-12-31' then 'not_a_date' end;
    end if;
    if wedding_date < current_date - (select (s.value #>> '{}')::integer from wedsync_data.settings as s where s.name = 'wedding_date_max_age_days') then
        return 'not_older_than_a_year';
    end if;
    return null;
end
$$;
comment on function wedsync_internal.wedding_date_problem(date) is
'Rule that a wedding date violates, or null. Applied only when the date changes, so that past weddings stay editable.';
revoke all on function wedsync_internal.wedding_date_problem(date) from public;
