create or replace function wedsync_internal.ical_line(line text)
returns text
language plpgsql
immutable
parallel safe
as $$
declare
    folded text := '';
    octets integer := 0;
    width integer;
    letter text;
begin
    if line is null or octet_length(convert_to(line, 'UTF8')) <= 75 then
        return line || E'\r\n';
    end if;
    if octet_length(convert_to(line, 'UTF8')) = length(line) then
        return left(line, 75) || regexp_replace(substr(line, 76), '(.{1,74})', E'\r\n \\1', 'g') || E'\r\n';
    end if;
    foreach letter in array regexp_split_to_array(line, '') loop
        width := octet_length(convert_to(letter, 'UTF8'));
        if octets + width > 75 then
            folded := folded || E'\r\n ';
            octets := 1;
        end if;
        folded := folded || letter;
        octets := octets + width;
    end loop;
    return folded || E'\r\n';
end
$$;
comment on function wedsync_internal.ical_line(text) is 'A content line of iCalendar, folded so that no line is longer than 75 octets and no character is split; null for null.';
revoke all on function wedsync_internal.ical_line(text) from public;
