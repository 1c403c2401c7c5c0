create or replace function wedsync_internal.vcard_line(name text, parts text[])
returns text
language plpgsql
immutable
parallel safe
as $$
declare
    line text;
    folded text := '';
    room integer := 75;
    letter text;
begin
    if array_to_string(parts, '') = '' then
        return '';
    end if;
    select name || string_agg(replace(replace(replace(replace(replace(coalesce(p.part, ''), E'\r', ''), '\', '\\'), ';', '\;'), ',', '\,'), E'\n', '\n'), ';' order by p.n)
    into line
    from unnest(parts) with ordinality as p (part, n);
    if octet_length(line) <= 75 then
        return line || E'\r\n';
    end if;
    -- at most 75 octets in a line, and no character cut in two
    foreach letter in array string_to_array(line, null) loop
        if octet_length(letter) > room then
            folded := folded || E'\r\n ';
            room := 74;
        end if;
        folded := folded || letter;
        room := room - octet_length(letter);
    end loop;
    return folded || E'\r\n';
end
$$;
comment on function wedsync_internal.vcard_line(text, text[]) is 'A content line of a vCard (RFC 6350): parts escaped, joined by semicolons and folded; empty if all parts are.';
revoke all on function wedsync_internal.vcard_line(text, text[]) from public;
