create or replace function wedsync_internal.split_list(list text)
returns jsonb
language plpgsql
immutable
parallel safe
as $$
declare
    entries jsonb := '[]'::jsonb;
    entry text := '';
    quoted boolean := false;
    escaped boolean := false;
    letter text;
begin
    foreach letter in array string_to_array(list, null) loop
        if escaped then
            entry := entry || letter;
            escaped := false;
        elsif letter = '\' and quoted then
            escaped := true;
        elsif letter = '"' then
            quoted := not quoted;
        elsif letter = ',' and not quoted then
            entries := entries || to_jsonb(entry);
            entry := '';
        else
            entry := entry || letter;
        end if;
    end loop;
    return entries || to_jsonb(entry);
end
$$;
comment on function wedsync_internal.split_list(text) is 'Values of a comma-separated list; double quotes protect commas, a backslash protects a quote.';
revoke all on function wedsync_internal.split_list(text) from public;
