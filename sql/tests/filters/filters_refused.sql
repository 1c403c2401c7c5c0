-- proves: F002-12, F002-15, C-30
-- Filters that cannot be right are refused at the join, with a reason, and none fails later on a row.
begin;
select plan(157);
select tap.wedding('emma');
select tap.supplier('chef', 'emma', '{basic}');
create function pg_temp.reason(who text, filter text, topic text default null) returns text language sql
as $$
    select coalesce(j.v ->> 'code' || ': ' || (j.v ->> 'reason'), 'ok')
    from (select tap.listen(who, coalesce(topic, 'core_fields_' || tap.couple('emma')), filter) as v) as j
$$;
select is(pg_temp.reason('emma', f.filter), 'InvalidBinding: ' || f.reason, left(f.filter, 60)) from (values
    ('x', 'a condition has the form column=[not.]operator.value, with eq, neq, lt, lte, gt, gte, in, like, ilike, is, match, imatch or isdistinct'),
    ('=', 'a condition has the form column=[not.]operator.value, with eq, neq, lt, lte, gt, gte, in, like, ilike, is, match, imatch or isdistinct'),
    ('partner1_name', 'a condition has the form column=[not.]operator.value, with eq, neq, lt, lte, gt, gte, in, like, ilike, is, match, imatch or isdistinct'),
    (
        'partner1_name=',
        'a condition has the form column=[not.]operator.value, with eq, neq, lt, lte, gt, gte, in, like, ilike, is, match, imatch or isdistinct'
    ),
    (
        'partner1_name=Emma',
        'a condition has the form column=[not.]operator.value, with eq, neq, lt, lte, gt, gte, in, like, ilike, is, match, imatch or isdistinct'
    ),
    (
        'partner1_name=eq',
        'a condition has the form column=[not.]operator.value, with eq, neq, lt, lte, gt, gte, in, like, ilike, is, match, imatch or isdistinct'
    ),
    (
        'partner1_name=EQ.Emma',
        'a condition has the form column=[not.]operator.value, with eq, neq, lt, lte, gt, gte, in, like, ilike, is, match, imatch or isdistinct'
    ),
    (
        'partner1_name=not.not.eq.Emma',
        'a condition has the form column=[not.]operator.value, with eq, neq, lt, lte, gt, gte, in, like, ilike, is, match, imatch or isdistinct'
    ),
    (
        'partner1_name=fts.Emma',
        'a condition has the form column=[not.]operator.value, with eq, neq, lt, lte, gt, gte, in, like, ilike, is, match, imatch or isdistinct'
    ),
    (
        'partner1_name=cs.{a}',
        'a condition has the form column=[not.]operator.value, with eq, neq, lt, lte, gt, gte, in, like, ilike, is, match, imatch or isdistinct'
    ),
    (
        'or=(partner1_name.eq.a,partner1_name.eq.b)',
        'a condition has the form column=[not.]operator.value, with eq, neq, lt, lte, gt, gte, in, like, ilike, is, match, imatch or isdistinct'
    ),
    (
        'partner1_name->>a=eq.1',
        'a condition has the form column=[not.]operator.value, with eq, neq, lt, lte, gt, gte, in, like, ilike, is, match, imatch or isdistinct'
    ),
    (
        '"partner1_name"=eq.1',
        'a condition has the form column=[not.]operator.value, with eq, neq, lt, lte, gt, gte, in, like, ilike, is, match, imatch or isdistinct'
    ),
    (
        'core_fields.partner1_name=eq.1',
        'a condition has the form column=[not.]operator.value, with eq, neq, lt, lte, gt, gte, in, like, ilike, is, match, imatch or isdistinct'
    ),
    (
        'partner1_name=eq.a,',
        'a condition has the form column=[not.]operator.value, with eq, neq, lt, lte, gt, gte, in, like, ilike, is, match, imatch or isdistinct'
    ),
    (
        ',partner1_name=eq.a',
        'a condition has the form column=[not.]operator.value, with eq, neq, lt, lte, gt, gte, in, like, ilike, is, match, imatch or isdistinct'
    ),
    (
        'partner1_name=eq.a,,partner1_name=eq.b',
        'a condition has the form column=[not.]operator.value, with eq, neq, lt, lte, gt, gte, in, like, ilike, is, match, imatch or isdistinct'
    ),
    ('partner1_name=eq."a', 'unbalanced quotes or parentheses in the filter'), ('partner1_name=in.(a', 'unbalanced quotes or parentheses in the filter'),
    ('partner1_name=eq.a)', 'unbalanced quotes or parentheses in the filter'),
    ('partner1_name=eq."a\"', 'unbalanced quotes or parentheses in the filter'),
    ('version_number=in.1,2', 'in requires a list in parentheses'), ('version_number=in.', 'in requires a list in parentheses'),
    ('version_number=in.1', 'in requires a list in parentheses'),
    ('partner1_name=is.', 'is accepts null, true, false or unknown'), ('partner1_name=is.nil', 'is accepts null, true, false or unknown'),
    ('partner1_name=is."x"', 'is accepts null, true, false or unknown'),
    ('partner1_name=match.(', 'unbalanced quotes or parentheses in the filter'), ('partner1_name=match.[', 'the pattern is not a valid regular expression'),
    ('partner1_name=imatch."("', 'the pattern is not a valid regular expression'), ('partner1_name=match.*', 'the pattern is not a valid regular expression'),
    ('partner1_name=match."a{2}{3}"', 'the pattern is not a valid regular expression'),
    (
        'partner1_name=match."a{1,"',
        'a pattern has at most 100 characters, no back-references and no (?, and may repeat only single characters and classes, with {n} at most 9'
    ),
    (
        'partner1_name=match."a{10}"',
        'a pattern has at most 100 characters, no back-references and no (?, and may repeat only single characters and classes, with {n} at most 9'
    ),
    (
        'partner1_name=match."(ab){2}"',
        'a pattern has at most 100 characters, no back-references and no (?, and may repeat only single characters and classes, with {n} at most 9'
    ),
    (
        'partner1_name=match.(ab)*',
        'a pattern has at most 100 characters, no back-references and no (?, and may repeat only single characters and classes, with {n} at most 9'
    ),
    (
        'partner1_name=match."(a+)+"',
        'a pattern has at most 100 characters, no back-references and no (?, and may repeat only single characters and classes, with {n} at most 9'
    ),
    (
        'partner1_name=imatch."([ab]{0,80}c?){0,40}x$"',
        'a pattern has at most 100 characters, no back-references and no (?, and may repeat only single characters and classes, with {n} at most 9'
    ),
    (
        'partner1_name=match."(?=a)"',
        'a pattern has at most 100 characters, no back-references and no (?, and may repeat only single characters and classes, with {n} at most 9'
    ),
    (
        'partner1_name=match."***=a"',
        'a pattern has at most 100 characters, no back-references and no (?, and may repeat only single characters and classes, with {n} at most 9'
    ),
    (
        'partner1_name=match.(a)\1',
        'a pattern has at most 100 characters, no back-references and no (?, and may repeat only single characters and classes, with {n} at most 9'
    ),
    (
        'partner1_name=match."(a)\\1"',
        'a pattern has at most 100 characters, no back-references and no (?, and may repeat only single characters and classes, with {n} at most 9'
    ),
    (
        'partner1_name=match.' || repeat('a', 101),
        'a pattern has at most 100 characters, no back-references and no (?, and may repeat only single characters and classes, with {n} at most 9'
    ),
    ('partner1_name=like.a\', 'the pattern must not end with a backslash'), ('partner1_name=ilike.\', 'the pattern must not end with a backslash'),
    ('partner1_name=not.like."a\\"', 'the pattern must not end with a backslash'), ('partner1_name=like.a\\\', 'the pattern must not end with a backslash'),
    ('version_number=eq.x', 'the value for column version_number is not of type int4'),
    ('version_number=eq.', 'the value for column version_number is not of type int4'),
    ('version_number=gt.1e5', 'the value for column version_number is not of type int4'),
    ('version_number=eq.NaN', 'the value for column version_number is not of type int4'),
    ('version_number=eq.null', 'the value for column version_number is not of type int4'),
    ('version_number=in.(1,)', 'the value for column version_number is not of type int4'),
    ('version_number=in.()', 'the value for column version_number is not of type int4'),
    ('version_number=eq.' || repeat('9', 31), 'the value for column version_number is not of type int4'),
    (E'version_number=eq.1\n', 'the value for column version_number is not of type int4'),
    ('version_number=isdistinct.x', 'the value for column version_number is not of type int4'),
    ('version_number=eq. 1', 'the value for column version_number is not of type int4'),
    ('version_number=eq.1;select', 'the value for column version_number is not of type int4'),
    ('couple_id=eq.x', 'the value for column couple_id is not of type uuid'), ('couple_id=in.(x)', 'the value for column couple_id is not of type uuid'),
    ('wedding_date=lt.tomorrow', 'the value for column wedding_date is not of type date'),
    ('updated_at=lt.now', 'the value for column updated_at is not of type timestamptz'),
    ('updated_at=lt.2031-13-01', 'the value for column updated_at is not of type timestamptz'),
    ('updated_at=lt.2031-01-01T25:00', 'the value for column updated_at is not of type timestamptz'),
    ('updated_at=lt.2031-01-01 10:00 Nowhere/Land', 'the value for column updated_at is not of type timestamptz'),
    ('updated_at=lt.2031-01-01 10:00+99', 'the value for column updated_at is not of type timestamptz'),
    ('updated_at=lt.2031-01-01 x', 'the value for column updated_at is not of type timestamptz'),
    ('updated_at=eq.infinity', 'the value for column updated_at is not of type timestamptz'),
    ('updated_at=eq.9999999-01-01', 'the value for column updated_at is not of type timestamptz'),
    ('wedding_date=eq.2026-99-99', 'the value for column wedding_date is not of type date'),
    ('wedding_date=lt.2031-02-30', 'the value for column wedding_date is not of type date'),
    ('ceremony_time=eq.half past two', 'the value for column ceremony_time is not of type time'),
    ('ceremony_time=lt.24:30', 'the value for column ceremony_time is not of type time'),
    ('ceremony_time=gt.9', 'the value for column ceremony_time is not of type time'),
    ('ceremony_time=in.(14:00,14:60)', 'the value for column ceremony_time is not of type time'),
    ('ceremony_time=eq.14:00+01', 'the value for column ceremony_time is not of type time'),
    ('reception_time=isdistinct.', 'the value for column reception_time is not of type time'),
    ('ceremony_time=eq.null', 'the value for column ceremony_time is not of type time'),
    ('budget_total=isdistinct."null"', 'the value for column budget_total is not of type numeric'),
    ('budget_total=isdistinct.NULL', 'the value for column budget_total is not of type numeric'),
    ('budget_total=eq.null', 'the value for column budget_total is not of type numeric'),
    ('wedding_style=eq.{rustic}', 'column wedding_style is a list or an object: only is, isdistinct.null and patterns on its JSON are supported'),
    ('wedding_style=not.in.(rustic,boho)', 'column wedding_style is a list or an object: only is, isdistinct.null and patterns on its JSON are supported'),
    ('wedding_colors=isdistinct.x', 'column wedding_colors is a list or an object: only is, isdistinct.null and patterns on its JSON are supported'),
    ('guest_count=gt.5', 'column guest_count is a list or an object: only is, isdistinct.null and patterns on its JSON are supported'),
    ('no_such=eq.1', 'column no_such cannot be used in a filter on this topic'), ('ctid=eq.1', 'column ctid cannot be used in a filter on this topic'),
    ('xmin=eq.1', 'column xmin cannot be used in a filter on this topic'),
    ('withheld_fields=eq.1', 'column withheld_fields cannot be used in a filter on this topic'),
    ('connected_vendors=eq.1', 'column connected_vendors cannot be used in a filter on this topic'),
    ('partner1_name=eq.a,no_such=eq.1', 'column no_such cannot be used in a filter on this topic'),
    (repeat('a', 4001), 'a filter has at most 4000 characters'),
    (array_to_string(array_fill('version_number=eq.1'::text, array[21]), ','), 'a filter has at most 20 conditions')
) as f (filter, reason);
select is(pg_temp.reason('emma', f.filter), 'ok', 'control: ' || left(f.filter, 60)) from (values
    ('version_number=in.(' || array_to_string(array(select g from generate_series(1, 100) as g), ',') || ')'),
    (array_to_string(array_fill('version_number=eq.1'::text, array[20]), ',')),
    ('partner1_name=match.' || repeat('a', 100)), ('partner1_name=match."[0-9]{4}-[0-9]{1,2}|(Mc|Mac)[A-Z][a-z]+"'), ('partner1_name=like.a\\'),
    ('partner1_name=like.\%'), ('partner1_name=eq.' || repeat('a', 3900)), ('version_number=eq.' || repeat('9', 30)), ('partner1_name=eq.' || chr(1) || '💒'),
    ('budget_total=isdistinct.null'), ('wedding_date=not.isdistinct.null'), ('wedding_style=isdistinct.null'), ('wedding_style=is.null'),
    ('wedding_style=like.%rustic%'), ('guest_count=match.adults'), ('wedding_date=eq.2028-02-29'), ('ceremony_time=eq.23:59:59.999999')
) as f (filter);
select is(
    pg_temp.reason('emma', 'version_number=in.(' || array_to_string(array(select g from generate_series(1, 101) as g), ',') || ')'),
    'InvalidBinding: in accepts at most 100 values', '101 values'
);

-- of all filters of a channel, and of a person
create function pg_temp.bindings(filter text, n integer) returns jsonb language sql
as $$
    select jsonb_build_object(
        'postgres_changes', jsonb_agg(jsonb_build_object('event', 'UPDATE', 'table', 'core_fields', 'filter', replace(filter, '%', g::text)))
    ) from generate_series(1, n) as g
$$;
create function pg_temp.join(filter text, n integer, topic text default null, refresh boolean default false) returns text language sql
as $$
    select coalesce(j.v ->> 'reason', 'ok')
    from (
        select tap.join(
            'emma', coalesce(topic, 'core_fields_' || tap.couple('emma')), pg_temp.bindings(filter, n), connection => 'c' || n, is_refresh => refresh
        ) as v
    ) as j
$$;
select is(pg_temp.join(array_to_string(array_fill('version_number=eq.%'::text, array[20]), ','), 5), 'ok', 'control: 100 conditions');
select is(
    pg_temp.join(array_to_string(array_fill('version_number=eq.%'::text, array[20]), ','), 6), 'the filters of a channel may have at most 100 conditions',
    'no more'
);
select is(pg_temp.join('partner1_name=match.x%', 6), 'the filters of a channel may have at most 5 patterns (match, imatch)', 'six patterns');
update wedsync_data.settings set value = '8' where name = 'patterns_per_user';
update wedsync_data.subscriptions set active = false;
select is(pg_temp.join('partner1_name=match.x%', 5), 'ok', 'control: five');
select is(
    pg_temp.join('partner1_name=imatch.x%', 4, 'wedding:' || tap.couple('emma')),
    'the filters of a user''s open channels may have at most 8 patterns (match, imatch)', 'four more are too many for one person'
);
select is(pg_temp.join('partner1_name=imatch.x%', 3, 'wedding:' || tap.couple('emma')), 'ok', 'control: three');
select is(pg_temp.join('partner1_name=match.x%', 5, refresh => true), 'ok', 'a refreshed token takes no more of them');
select is(pg_temp.join('partner1_name=eq.x%', 9), 'ok', 'and other operators do not count');

-- hidden columns: a filter on them would tell their values, so they are as unknown as those that do not exist
select is(
    replace(pg_temp.reason('chef', c.column_name || '=' || o.op), c.column_name, 'X'), 'InvalidBinding: column X cannot be used in a filter on this topic',
    format('hidden from the supplier: %s %s', c.column_name, o.op)
)
from (
    select l.column_name from wedsync_data.field_catalog as l
    join wedsync_data.record_catalog as r on r.record_name = l.table_name and r.shape <> 'rows'
    group by l.column_name
    having not bool_and(coalesce(l.access_level, '') = 'basic' and l.sensitivity_class not in ('budget', 'couple_private'))
) as c, (values ('is.null'), ('not.eq.x')) as o (op);
select is(
    replace(pg_temp.reason('chef', 'no_such=eq.x'), 'no_such', 'X'), 'InvalidBinding: column X cannot be used in a filter on this topic',
    'the same answer as for one that does not exist'
);
select is(pg_temp.reason('chef', 'partner1_name=eq.Emma'), 'ok', 'control: one that the supplier sees');
-- where the rights differ from row to row, no field of the couple can be a filter
select is(
    replace(pg_temp.reason(w.who, c.name || '=eq.x', 'core-fields'), c.name, 'X'), 'InvalidBinding: column X cannot be used in a filter on this topic',
    w.who || ' on core-fields: ' || c.name
)
from (values ('emma'), ('chef')) as w (who), (values ('partner1_name'), ('budget_total'), ('no_such')) as c (name);
select is(pg_temp.reason('chef', 'couple_id=eq.' || tap.couple('emma'), 'core-fields'), 'ok', 'control: the wedding can');
select * from finish();
rollback;
