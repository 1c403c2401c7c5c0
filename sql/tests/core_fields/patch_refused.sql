-- proves: F000-44, F000-63, F000-64, F000-95, F001-24, F003-14, C-22, C-27
-- A refused patch says path and rule, never the value, and changes nothing at all.
begin;
select plan(227);
select tap.wedding('emma');
select tap.patch('emma', 'emma', '{"guest_count": {"adults": 90, "children": 10}}');
create temporary table bad (patch jsonb, path text, rule text) on commit drop;
insert into bad values
('{"nope": 1}', 'nope', 'unknown_path'),
('{"wedding.nope": 1}', 'wedding.nope', 'unknown_path'),
('{"wedding": {"nope": {"deeper": 1}}}', 'wedding.nope', 'unknown_path'),
('{"wedding": 7}', 'wedding', 'object'),
('{"guest_count": [1]}', 'guest_count', 'object'),
('{"ceremony_venue": "Barn"}', 'ceremony_venue', 'object'),
('{"guest_count": {"babies": 3}}', 'wedding.guestCount.babies', 'unknown_path'),
('{"": 1}', '', 'unknown_path'),
('{"x''; drop table users; --": 1}', 'x''; drop table users; --', 'unknown_path'),
('{"couple_id": "11111111-1111-1111-1111-111111111111"}', 'couple_id', 'read_only'),
('{"id": "11111111-1111-1111-1111-111111111111"}', 'id', 'read_only'),
('{"version_number": 9}', 'version_number', 'read_only'),
('{"last_updated_by": null}', 'last_updated_by', 'read_only'),
('{"created_at": "2020-01-01"}', 'created_at', 'read_only'),
('{"updated_at": "2020-01-01"}', 'updated_at', 'read_only'),
('{"connected_vendors": []}', 'connected_vendors', 'read_only'),
('{"field_permissions": {}}', 'field_permissions', 'read_only'),
('{"metadata": {"version": 3}}', 'metadata', 'read_only'),
('{"partner1_name": 7}', 'partner1_name', 'text'),
('{"partner1_name": ["Emma"]}', 'partner1_name', 'text'),
('{"partner1_name": {"first": "Emma"}}', 'partner1_name', 'text'),
('{"partner1_name": true}', 'partner1_name', 'text'),
('{"partner1_name": "Em\u0007ma"}', 'partner1_name', 'no_control_characters'),
('{"partner1_email": "emma"}', 'partner1_email', 'email'),
('{"partner1_email": "emma@example"}', 'partner1_email', 'email'),
('{"partner1_email": "emma@@example.org"}', 'partner1_email', 'email'),
('{"partner1_email": "<script>@example.org"}', 'partner1_email', 'email'),
('{"partner1_email": "em ma@example.org"}', 'partner1_email', 'email'),
('{"partner1_phone": "call me"}', 'partner1_phone', 'phone'),
('{"partner1_phone": "+44<b>"}', 'partner1_phone', 'phone'),
('{"wedding_date": "12 June 2027"}', 'wedding_date', 'date_as_YYYY-MM-DD'),
('{"wedding_date": "2027-02-29"}', 'wedding_date', 'date_as_YYYY-MM-DD'),
('{"wedding_date": "2027-13-01"}', 'wedding_date', 'date_as_YYYY-MM-DD'),
('{"wedding_date": "2027-06-31"}', 'wedding_date', 'date_as_YYYY-MM-DD'),
('{"wedding_date": "0000-01-01"}', 'wedding_date', 'date_as_YYYY-MM-DD'),
('{"wedding_date": "infinity"}', 'wedding_date', 'date_as_YYYY-MM-DD'),
('{"wedding_date": "today"}', 'wedding_date', 'date_as_YYYY-MM-DD'),
('{"wedding_date": "2027-06-12T00:00:00Z"}', 'wedding_date', 'date_as_YYYY-MM-DD'),
('{"wedding_date": 20270612}', 'wedding_date', 'date'),
('{"ceremony_time": "25:00"}', 'ceremony_time', 'time_as_HH:MM'),
('{"ceremony_time": "24:00"}', 'ceremony_time', 'time_as_HH:MM'),
('{"ceremony_time": "4pm"}', 'ceremony_time', 'time_as_HH:MM'),
('{"ceremony_time": "16:00+02"}', 'ceremony_time', 'time_as_HH:MM'),
('{"ceremony_time": 16}', 'ceremony_time', 'time'),
('{"time_zone": "Mars/Olympus"}', 'time_zone', 'iana_time_zone'),
('{"time_zone": "Foo/Bar+3"}', 'time_zone', 'iana_time_zone'),
('{"time_zone": "EST5EDT"}', 'time_zone', 'iana_time_zone'),
('{"time_zone": "+02:00"}', 'time_zone', 'iana_time_zone'),
('{"time_zone": "posixrules"}', 'time_zone', 'iana_time_zone'),
('{"time_zone": ""}', 'time_zone', 'iana_time_zone'),
('{"time_zone": null}', 'time_zone', 'required'),
('{"guest_count": {"adults": "110"}}', 'wedding.guestCount.adults', 'number'),
('{"guest_count": {"adults": 1.5}}', 'wedding.guestCount.adults', 'whole_number'),
('{"guest_count": {"adults": -1}}', 'wedding.guestCount.adults', 'between_0_and_100000'),
('{"guest_count": {"adults": 100001}}', 'wedding.guestCount.adults', 'between_0_and_100000'),
('{"guest_count": {"adults": 1e30}}', 'wedding.guestCount.adults', 'between_0_and_100000'),
('{"guest_count": {"adults": true}}', 'wedding.guestCount.adults', 'number'),
('{"budget.total": -0.01}', 'budget.total', 'between_0_and_999999999999'),
('{"budget.total": 10.001}', 'budget.total', 'at_most_two_decimals'),
('{"budget.total": "10"}', 'budget.total', 'number'),
('{"budget.currency": "eur"}', 'budget.currency', 'iso_4217_code'),
('{"budget.currency": "EURO"}', 'budget.currency', 'at_most_3_characters'),
('{"wedding_style": "rustic"}', 'wedding_style', 'array_of_texts'),
('{"wedding_style": [1]}', 'wedding_style', 'array_of_texts'),
('{"wedding_style": ["rustic", "Rustic"]}', 'wedding_style', 'no_repeated_entries'),
('{"wedding_style": [" "]}', 'wedding_style', 'entries_not_blank'),
('{"wedding_style": [null]}', 'wedding_style', 'array_of_texts'),
('{"wedding_colors": ["red"]}', 'wedding_colors', 'colour_as_#RRGGBB'),
('{"wedding_colors": ["#12345"]}', 'wedding_colors', 'colour_as_#RRGGBB'),
('{"wedding_colors": ["#GGGGGG"]}', 'wedding_colors', 'colour_as_#RRGGBB'),
('{"sharing.autoShareBasic": "yes"}', 'sharing.autoShareBasic', 'true_or_false'),
('{"sharing_preferences": {"auto_share_basic": 1}}', 'sharing.auto_share_basic', 'true_or_false'),
('{"key_moments": {"name": "Cake"}}', 'key_moments', 'array_of_elements'),
('{"key_moments": ["Cake"]}', 'key_moments', 'object'),
('{"key_moments": [{"name": "Cake"}]}', 'key_moments', 'known_element_id'),
('{"key_moments": [{"id": "11111111-1111-1111-1111-111111111111"}]}', 'key_moments', 'known_element_id'),
('{"key_moments.name": "Cake"}', 'key_moments.name', 'element_id_needed'),
('{"key_moments.11111111-1111-1111-1111-111111111111.name": "Cake"}', 'key_moments.11111111-1111-1111-1111-111111111111.name', 'known_element_id');
insert into bad
select jsonb_build_object(c.path, repeat('x', c.max_length + 1)), c.path, format('at_most_%s_characters', c.max_length)
from wedsync_data.field_catalog as c
where tap.is_core(c.table_name) and c.max_length is not null and c.storage <> 'element' and c.data_type in ('text', 'email', 'phone');
insert into bad
select jsonb_build_object(c.path, (select jsonb_agg('x' || n) from generate_series(1, c.max_items + 1) as n)), c.path, format('at_most_%s_entries', c.max_items)
from wedsync_data.field_catalog as c where tap.is_core(c.table_name) and c.data_type = 'text_set';

create temporary table before on commit drop as select tap.state('emma') as state;
create temporary table answers on commit drop as select b.*, tap.patch_error('emma', 'emma', b.patch) as e from bad as b;
select is(a.e ->> 'sqlstate', 'PT422', 'refused: ' || left(a.patch::text, 80)) from answers as a;
select is(a.e -> 'detail' -> 'problems', jsonb_build_array(jsonb_build_object('path', a.path, 'rule', a.rule)), 'path and rule: ' || left(a.patch::text, 80))
from answers as a;
select is(
    tap.patch_rules('emma', 'emma', '{"nope": 1, "partner1_email": "x", "wedding_colors": ["red"], "partner1_name": "Fine"}'),
    '{"nope": "unknown_path", "partner1_email": "email", "wedding_colors": "colour_as_#RRGGBB"}', 'all problems come at once'
);
select is(tap.state('emma'), (select state from before), 'nothing was changed by any of them');
select ok(not exists (select from answers as a where a.e ->> 'message' ~ 'script|drop table|call me|emma@'), 'messages do not repeat values');

-- parameters
select is(tap.patch_error('emma', 'emma', p.patch) #>> '{detail,parameter}', 'patch', 'not a patch: ' || p.patch::text)
from (values ('[]'::jsonb), ('null'), ('7'), ('"x"')) as p (patch);
select is(tap.patch_error('emma', 'emma', null) ->> 'sqlstate', '22023', 'no patch');
select is(tap.error('emma', $$ select wedsync.update_core_fields(null, '{"a": 1}') $$) ->> 'sqlstate', '22023', 'no couple');
select is(
    tap.error('emma', $$ select wedsync.update_core_fields('11111111-1111-1111-1111-111111111111', '{"a": 1}') $$) ->> 'sqlstate', 'PT404', 'no such couple'
);
select is(tap.patch_error('emma', 'emma', '{"wedding_style": ["a"]}', v.v) #>> '{detail,parameter}', 'base_version', 'base_version ' || v.v)
from (values (0), (-1), (99)) as v (v);
select is(tap.patch_error('emma', 'emma', '{"wedding_style": ["a"]}', null, repeat('r', 1001)) #>> '{detail,parameter}', 'reason', 'reason too long');
select is(
    tap.patch_error('emma', 'emma', jsonb_build_object('private.notes', repeat(md5(random()::text), 3000))) ->> 'sqlstate', 'PT413',
    'a patch beyond the limit of bytes'
);
select is(
    tap.patch_error('emma', 'emma', (select jsonb_object_agg('k' || n, repeat('x', 40)) from generate_series(1, 2000) as n)) ->> 'sqlstate', 'PT413',
    'also one of many keys'
);
select is(
    tap.patch_error('emma', 'emma', (repeat('{"wedding":', 30) || '1' || repeat('}', 30))::jsonb) ->> 'sqlstate', 'PT422',
    'a deeply nested one is simply unknown'
);
select is(tap.state('emma'), (select state from before), 'and still nothing was changed');

-- given twice
select is(
    tap.patch_rules('emma', 'emma', '{"wedding_date": "2030-01-01", "wedding.date": "2031-01-01"}') ->> 'wedding_date', 'given_twice',
    'two values for one field'
);
select is(tap.patch('emma', 'emma', '{"wedding_style": ["a"], "wedding.style": ["a"]}') -> 'changed', '["wedding.style"]', 'the same value twice is fine');

-- refused for want of rights
select tap.supplier('chef', 'emma', '{basic}', '{guest_numbers}');
select is(
    tap.patch_error(
        'chef', 'emma', '{"budget.total": 1, "guest_count": {"adults": 5}, "couple": {"partner1": {"name": "X", "email": "x@y.zz"}}, "private.notes": "x"}'
    ),
    jsonb_build_object(
        'sqlstate', '42501', 'message', 'You are not allowed to use these fields: couple.partner1.name, couple.partner1.email, budget.total and 1 more', 'hint',
        'Leave out the fields listed in the detail, or ask the couple for access to them.',
        'detail', '{"unauthorized_fields": ["couple.partner1.name", "couple.partner1.email", "budget.total", "private.notes"]}'::jsonb
    ),
    'the refusal lists the fields'
);
select is((tap.state('emma') #>> '{row,guest_count,adults}'), '90', 'and the allowed part is not stored either');
select tap.supplier('baker', 'emma', '{basic}');
select is(
    tap.patch_error('baker', 'emma', '{"guest_count": {"adults": 5}}') -> 'detail', '{"unauthorized_fields": ["guest_count"]}',
    'who may write nothing is told so'
);
select * from finish();
rollback;
