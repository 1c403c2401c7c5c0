-- proves: F000-05, F000-11, F000-20, C-04, C-09
-- A date older than a year is refused only when the date changes; times belong to the wedding's own zone.
begin;
select plan(17);
select tap.wedding('emma');
select is(
    tap.patch_rules('emma', 'emma', jsonb_build_object('wedding_date', current_date - 366)), '{"wedding_date": "not_older_than_a_year"}', 'older than a year'
);
select is(
    tap.outcome('emma', format('select wedsync.update_core_fields(%L, %L)', tap.couple('emma'), jsonb_build_object('wedding_date', current_date - 365))),
    'passes', 'a year ago'
);
select is(
    tap.outcome('emma', format('select wedsync.update_core_fields(%L, %L)', tap.couple('emma'), jsonb_build_object('wedding_date', date '9999-12-31'))),
    'passes', 'far ahead'
);
update wedsync_data.settings set value = '1000' where name = 'wedding_date_max_age_days';
select is(tap.patch('emma', 'emma', jsonb_build_object('wedding_date', current_date - 900)) -> 'success', 'true', 'the limit is a setting');
update wedsync_data.settings set value = '365' where name = 'wedding_date_max_age_days';
select is(tap.patch('emma', 'emma', '{"wedding_style": ["late"]}') -> 'success', 'true', 'an old wedding stays editable');
select is(
    tap.patch('emma', 'emma', jsonb_build_object('wedding_date', current_date - 900, 'partner2_name', 'Jim')) -> 'changed', '["couple.partner2.name"]',
    'the same old date may be sent back'
);
select is(
    tap.error(
        null, format('update wedsync_data.core_fields set wedding_date = current_date - 500 where couple_id = %L', tap.couple('emma')), 'service_role'
    ) #>> '{detail,problems,0,rule}',
    'not_older_than_a_year', 'a server that changes the date is held to the rule as well'
);
select is(tap.patch('emma', 'emma', '{"wedding_date": null}') -> 'changed', '["wedding.date"]', 'a date can be taken out');
select is(tap.patch('emma', 'emma', '{"ceremony_time": "16:00"}') -> 'changed', '["timeline.ceremonyTime"]', 'a time');
select is(tap.patch('emma', 'emma', '{"ceremony_time": "16:00:00"}') ->> 'message', 'Nothing changed', 'is the same with seconds');
select is(
    tap.outcome('emma', format('select wedsync.update_core_fields(%L, %L)', tap.couple('emma'), jsonb_build_object('time_zone', z.zone))), 'passes',
    'a zone: ' || z.zone
)
from (values ('UTC'), ('Europe/London'), ('America/Argentina/Buenos_Aires'), ('America/Port-au-Prince'), ('Etc/GMT+5'), ('Asia/Kathmandu')) as z (zone);
select is(
    (select array_agg(c.column_name::text order by c.column_name) from information_schema.columns as c
    where c.table_schema in ('wedsync', 'wedsync_data') and c.data_type like 'timestamp without%'),
    null, 'no column holds a time without zone'
);
select * from finish();
rollback;
