create or replace function wedsync_internal.parse_filter(filter text, out conditions jsonb, out problem text)
language plpgsql
immutable
parallel safe
as $$
declare
    parts text[] := '{}'::text[];
    part text := '';
    quoted boolean := false;
    escaped boolean := false;
    depth integer := 0;
    letter text;
    pieces text[];
    op text;
    operand text;
    negate boolean;
    operands jsonb;
begin
    conditions := '[]';
    if length(filter) > 4000 then
        problem := 'a filter has at most 4000 characters';
        return;
    end if;
    foreach letter in array string_to_array(filter, null) loop
        if escaped then
            escaped := false;
        elsif letter = '\' and quoted then
            escaped := true;
        elsif letter = '"' then
            quoted := not quoted;
        elsif letter = '(' and not quoted then
            depth := depth + 1;
        elsif letter = ')' and not quoted then
            depth := depth - 1;
        elsif letter = ',' and not quoted and depth = 0 then
            parts := array_append(parts, part);
            part := '';
            continue;
        end if;
        part := part || letter;
    end loop;
    if quoted or depth <> 0 then
        problem := 'unbalanced quotes or parentheses in the filter';
        return;
    end if;
    parts := array_append(parts, part);
    if cardinality(parts) > 20 then
        problem := 'a filter has at most 20 conditions';
        return;
    end if;
    foreach part in array parts loop
        pieces := regexp_match(part, '^\s*([A-Za-z_][A-Za-z0-9_]*)=(not\.)?(eq|neq|lt|lte|gt|gte|in|like|ilike|is|match|imatch|isdistinct)\.(.*)$', 's');
        if pieces is null then
            problem := 'a condition has the form column=[not.]operator.value, with eq, neq, lt, lte, gt, gte, in, like, ilike, is, match, imatch or isdistinct';
            return;
        end if;
        negate := pieces[2] is not null;
        op := pieces[3];
        operand := pieces[4];
        operands := null;
        if op = 'isdistinct' and operand = 'null' then
            -- the JavaScript client's builder writes null like this; the text null is quoted
            operand := null;
        elsif op <> 'in' and operand ~ '^".*"$' then
            operand := wedsync_internal.split_list(operand) ->> 0;
        end if;
        if op = 'in' then
            if operand !~ '^\(.*\)$' then
                problem := 'in requires a list in parentheses';
                return;
            end if;
            operands := wedsync_internal.split_list(substr(operand, 2, length(operand) - 2));
            if pg_catalog.jsonb_array_length(operands) > 100 then
                problem := 'in accepts at most 100 values';
                return;
            end if;
        elsif op = 'is' then
            if lower(operand) not in ('null', 'true', 'false', 'unknown') then
                problem := 'is accepts null, true, false or unknown';
                return;
            end if;
            operand := lower(operand);
        elsif op in ('like', 'ilike') and length(substring(operand from '\\*$')) % 2 = 1 then
            -- would raise an error whenever a row is compared
            problem := 'the pattern must not end with a backslash';
            return;
        elsif op in ('match', 'imatch') then
            -- otherwise a short pattern can take seconds for every change, and delay everybody else
            if length(operand) > 100 or operand ~ '\\[0-9]|\)[*+?{]|\([?]|^[*]{3}' or regexp_replace(operand, '[{][0-9](,[0-9]?)?[}]', '', 'g') ~ '[{]' then
                problem := 'a pattern has at most 100 characters, no back-references and no (?, and may repeat only single characters and classes, with {n} at most 9';
                return;
            end if;
            if not wedsync_internal.is_valid_regex(operand) then
                problem := 'the pattern is not a valid regular expression';
                return;
            end if;
        end if;
        conditions := conditions || pg_catalog.jsonb_build_object(
            'column', pieces[1], 'negate', negate, 'op', op, 'value', operand, 'values', operands
        );
    end loop;
end
$$;
comment on function wedsync_internal.parse_filter(text) is
'Parses a row-change filter: comma-separated conditions column=[not.]operator.value with the operators eq, neq, lt, lte, gt, gte, in, like, ilike, is, match, imatch and isdistinct; double quotes protect commas and parentheses. isdistinct.null compares with null, as does is.null. Returns conditions, or a problem.';
revoke all on function wedsync_internal.parse_filter(text) from public;
