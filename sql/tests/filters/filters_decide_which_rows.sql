-- proves: F002-12, F002-15, C-30
-- All 13 operators, their negation, lists joined by and, quoting and nothing (null), on rows as they are announced.
begin;
select plan(113);
select tap.wedding('emma');
select tap.patch(
    'emma', 'emma',
    '{"partner1_name": "Emma, \"the\" (best)", "partner2_name": "José\\nO''Neil 100%", "budget.total": 5000, "guest_count": {"adults": 50}, "wedding_date": '
    '"2031-06-12"}'::jsonb
);
create function pg_temp.accepted(filter text) returns text language sql
as $$ select coalesce((wedsync_internal.read_bindings('wedding', '{core_fields}', repeat('1', 128)::bit(128),
    jsonb_build_array(jsonb_build_object('table', 'core_fields', 'filter', filter)), false)).problem, 'accepted') $$;
-- Whether a filter lets a record through.
create function pg_temp.passes(filter text, record jsonb) returns text language plpgsql
as $$
declare
    asked record;
begin
    asked := wedsync_internal.read_bindings(
        'wedding', '{core_fields}', repeat('1', 128)::bit(128), jsonb_build_array(jsonb_build_object('table', 'core_fields', 'filter', filter)), false
    );
    return coalesce(
        asked.problem,
        (
            select coalesce(bool_and(wedsync_internal.condition_holds(record, c.v)), true)::text
            from jsonb_array_elements(asked.bindings #> '{0,conditions}') as c (v)
        )
    );
end
$$;
create temporary table sample on commit drop as
select jsonb_build_object(
    'partner1_name', 'Emma, "the" (best)', 'partner2_name', 'José O''Neil 100%', 'budget_total', 5000.00, 'version_number', 3, 'wedding_date', '2031-06-12',
    'couple_id', tap.couple('emma'), 'updated_at', '2031-01-01T12:00:00+00:00', 'private_notes', null, 'ceremony_time', '14:00:00', 'budget_currency', true,
    'wedding_style', '["boho"]'::jsonb
) as v;
select is(pg_temp.passes(f.filter, r.v), f.expected::text, f.filter)
from sample as r, (values
    -- eq, neq
    ('version_number=eq.3', true), ('version_number=eq.4', false), ('version_number=neq.4', true), ('version_number=neq.3', false),
    ('version_number=eq.3.0', true),
    ('version_number=not.eq.3', false), ('version_number=not.neq.3', true), ('budget_total=eq.5000', true), ('budget_total=eq.5000.000', true),
    ('budget_total=neq.5000', false),
    ('version_number=eq.03', true), ('version_number=eq.-3', false), ('partner2_name=eq.José O''Neil 100%', true),
    ('partner2_name=eq.josé o''neil 100%', false),
    -- order: numbers as numbers, not as text
    ('budget_total=gt.999', true), ('budget_total=lt.999', false), ('budget_total=gte.5000', true), ('budget_total=lte.5000', true),
    ('budget_total=gt.5000', false), ('budget_total=lt.5000', false),
    ('budget_total=not.gt.999', false), ('budget_total=lt.6', false), ('version_number=gte.3.5', false), ('wedding_date=gt.2031-06-11', true),
    ('wedding_date=lte.2031-06-12', true), ('wedding_date=lt.2031-06-12', false),
    -- points in time, whatever zone they are written in
    ('updated_at=eq.2031-01-01T13:00:00+01:00', true), ('updated_at=lt.2031-01-01T12:30:00+01:00', false), ('updated_at=gte.2031-01-01 12:00:00Z', true),
    -- times of day, however they are written
    ('ceremony_time=eq.14:00', true), ('ceremony_time=eq.14:00:00', true), ('ceremony_time=eq.14:00:00.0', true), ('ceremony_time=neq.14:00', false),
    ('ceremony_time=gte.9:30', true), ('ceremony_time=lt.9:30', false), ('ceremony_time=not.gt.14:00', true), ('ceremony_time=in.(9:30,14:00)', true),
    ('ceremony_time=isdistinct.14:00', false), ('ceremony_time=lte.13:59:59', false),
    -- ids in either spelling
    ('couple_id=eq.' || upper(tap.couple('emma')::text), true), ('couple_id=neq.' || tap.couple('emma'), false),
    ('couple_id=in.(' || gen_random_uuid() || ',' || upper(tap.couple('emma')::text) || ')', true),
    -- in
    ('version_number=in.(1,2,3)', true), ('version_number=in.(1,2)', false), ('version_number=not.in.(1,2)', true), ('version_number=in.(3)', true),
    ('partner1_name=in.(a,"Emma, \"the\" (best)",b)', true),
    ('partner1_name=in.("Emma","the")', false), ('partner1_name=in.()', false), ('budget_total=in.(5000)', true),
    -- patterns
    ('partner2_name=like.Jos%', true), ('partner2_name=like.jos%', false), ('partner2_name=ilike.JOS%', true), ('partner2_name=not.ilike.JOS%', false),
    ('partner2_name=like.%100\%', true), ('partner2_name=like.%1_0\%', true),
    ('partner1_name=like."Emma, %"', true), ('partner2_name=match.^Jos', true), ('partner2_name=match.^jos', false), ('partner2_name=imatch.^JOS', true),
    ('partner2_name=not.match.^Jos', false),
    ('partner2_name=match."(José|Maria)\\s"', true), ('partner2_name=match.(José|Maria) O', true), ('partner2_name=imatch."[0-9]{2,3}%$"', true),
    ('partner2_name=match."\\d{4}"', false),
    -- is, isdistinct
    ('private_notes=is.null', true), ('private_notes=not.is.null', false), ('partner1_name=is.null', false), ('partner1_name=not.is.null', true),
    ('private_notes=is.unknown', true), ('partner1_name=is.NULL', false),
    ('budget_currency=is.true', true), ('budget_currency=is.false', false), ('budget_currency=not.is.true', false), ('budget_currency=eq.true', true),
    ('budget_total=isdistinct.5000', false), ('budget_total=isdistinct.1', true), ('budget_total=not.isdistinct.5000', true),
    ('budget_total=isdistinct.null', true), ('budget_total=not.isdistinct.null', false), ('private_notes=isdistinct.null', false),
    ('private_notes=not.isdistinct.null', true), ('partner1_name=isdistinct.null', true), ('private_notes=isdistinct."null"', true),
    ('wedding_style=isdistinct.null', true), ('wedding_style=like.%boho%', true), ('private_notes=isdistinct.x', true),
    ('private_notes=not.isdistinct.x', false), ('partner1_name=isdistinct."Emma, \"the\" (best)"', false),
    -- nothing neither holds nor fails
    ('private_notes=eq.x', false), ('private_notes=neq.x', false), ('private_notes=not.eq.x', false), ('private_notes=not.neq.x', false),
    ('private_notes=not.in.(x,y)', false), ('private_notes=not.like.x', false), ('private_notes=lt.x', false), ('private_notes=eq.', false),
    -- all of a list
    ('version_number=eq.3,budget_total=gt.1', true), ('version_number=eq.3,budget_total=gt.9999', false),
    ('version_number=in.(1,3),partner1_name=like.Emma%,wedding_date=gt.2030-01-01', true),
    ('partner1_name=eq."Emma, \"the\" (best)",version_number=eq.3', true), (' version_number=eq.3, budget_total=gt.1', true),
    -- what looks like another operator or condition is a value
    ('partner1_name=eq.eq.3', false), ('partner1_name=neq.not.eq.3', true), ('partner1_name=neq."version_number=eq.4"', true), ('partner1_name=neq.', true),
    ('wedding_date=not.eq.2031-06-13', true)
) as f (filter, expected);
select is(pg_temp.passes('', r.v), 'true', 'an empty filter is none') from sample as r;
select is(pg_temp.passes('ceremony_time=eq.14:00', r.v - 'ceremony_time'), 'false', 'a column that a row lacks does not match') from sample as r;
select is(pg_temp.passes('ceremony_time=not.eq.14:00', r.v - 'ceremony_time'), 'false', 'nor its negation') from sample as r;
select is(pg_temp.passes('ceremony_time=is.null', r.v - 'ceremony_time'), 'false', 'nor as null') from sample as r;

-- the same through a channel
select tap.listen('emma', 'core_fields_' || tap.couple('emma'), 'budget_total=gte.6000,partner1_name=like."Emma, %"');
select tap.forget();
select tap.patch('emma', 'emma', '{"budget.total": 5500}');
select is_empty('select tap.rows_heard(''emma'', ''core_fields_'' || tap.couple(''emma''))', 'a row that does not match is not announced');
select tap.patch('emma', 'emma', '{"budget.total": 6500}');
select is(
    (select array_agg(r #>> '{record,budget_total}') from tap.rows_heard('emma', 'core_fields_' || tap.couple('emma')) as r), '{6500.00}'::text[],
    'one that matches is'
);
select * from finish();
rollback;
