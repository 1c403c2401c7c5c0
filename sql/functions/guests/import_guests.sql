create or replace function wedsync.import_guests(couple_id uuid, csv text, options jsonb default '{}')
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
-- compiling the plan of a whole list takes longer than running it
set jit = off
-- room to sort a whole list without files
set work_mem = '64MB'
as $$
declare
    is_preview constant boolean := coalesce(options -> 'preview' = 'true', false);
    mode constant text := coalesce(options ->> 'mode', 'append');
    most_bytes constant integer := wedsync_internal.setting_limit('import_max_bytes');
    access record;
    list record;
    refused jsonb;
    answer jsonb;
    stored jsonb;
begin
    perform wedsync_internal.enforce_rate_limit('guests-import');
    perform wedsync_internal.require_caller();
    perform wedsync_internal.check_json(options, 'options', wedsync_internal.setting_limit('patch_max_bytes'));
    perform wedsync_internal.require_given('{couple_id,csv,options}', array[couple_id is not null, csv is not null, options is not null]);
    perform wedsync_internal.check_import_options(options);
    if octet_length(csv) > most_bytes then
        perform wedsync_internal.fail('too_large', pg_catalog.jsonb_build_object(
            'parameter', 'csv', 'rule', format('at most %s bytes', most_bytes), 'setting', 'import_max_bytes', 'limit', most_bytes
        ));
    end if;
    access := wedsync_internal.open_rows(couple_id);
    if access.writable & access.readable & wedsync_internal.names_mask('{guests.names,guests.household}') <> wedsync_internal.names_mask('{guests.names,guests.household}') then
        perform wedsync_internal.fail('fields_not_allowed', '{"unauthorized_fields": ["guests.names", "guests.household"]}');
    end if;
    if mode = 'replace' and not is_preview then
        perform wedsync_internal.open_replacement(couple_id, access.writable);
    end if;
    list := wedsync_internal.read_guest_list(couple_id, csv, options);
    select pg_catalog.jsonb_agg(n.name order by n.name) into refused
    from (
        select distinct r.name
        from pg_catalog.jsonb_array_elements(list.columns) as c
        join (values
            ('email|partner_email|phone|partner_phone|language', 'guests.contact'), ('diets|allergies|dietary_note', 'guests.dietary'), ('accessibility|transport', 'guests.accessibility'),
            ('rsvp|rsvp_date|rsvp_comment|meal|events|event:.*|rsvp:.*', 'guests.rsvp'), ('table|seat', 'seating')
        ) as r (fields, name) on c.value ->> 'field' ~ ('^(' || r.fields || ')$')
    ) as n
    where access.writable & wedsync_internal.names_mask(array[n.name]) <> wedsync_internal.names_mask(array[n.name]);
    if refused is not null then
        perform wedsync_internal.fail('fields_not_allowed', pg_catalog.jsonb_build_object('unauthorized_fields', refused));
    end if;
    stored := wedsync_internal.place_imported(
        couple_id, list.people, array(select c.value ->> 'field' from pg_catalog.jsonb_array_elements(list.columns) as c where c.value -> 'field' <> 'null'), options, access.writable, is_preview
    );
    list.problems := (
        select coalesce(pg_catalog.jsonb_agg(
            p.value || pg_catalog.jsonb_build_object('column', (
                select c.value -> 'heading' from pg_catalog.jsonb_array_elements(list.columns) as c where c.value -> 'field' = p.value -> 'field' limit 1
            )) order by (p.value ->> 'row')::integer, p.value ->> 'rule', p.value ->> 'field'
        ), '[]')
        from pg_catalog.jsonb_array_elements(list.problems || (stored -> 'problems')) as p
    );
    if not is_preview and options -> 'skip_errors' is distinct from 'true' and pg_catalog.jsonb_path_exists(list.problems, '$[*] ? (@.severity == "error")') then
        perform wedsync_internal.fail('invalid_fields', pg_catalog.jsonb_build_object('problems', (
            select pg_catalog.jsonb_agg(p.value || pg_catalog.jsonb_build_object('path', 'rows.' || (p.value ->> 'row'))) from (
                select e.value from pg_catalog.jsonb_array_elements(list.problems) as e where e.value ->> 'severity' = 'error' limit 100
            ) as p
        )), 'Correct these rows, or leave them out with the option skip_errors. A preview lists all problems. Nothing was changed.');
    end if;
    answer := pg_catalog.jsonb_build_object(
        'preview', is_preview, 'mode', mode, 'separator', list.separator, 'header_row', list.header_row, 'columns', list.columns, 'rows', list.row_count,
        'guests', (select count(*) from unnest(list.people) as p where not p.is_known),
        'skipped', list.row_count - (select count(distinct p.row_no) from unnest(list.people) as p where not p.is_known),
        'households', stored -> 'households', 'invitations', stored -> 'invitations', 'deleted', stored -> 'deleted',
        'problem_count', pg_catalog.jsonb_array_length(list.problems),
        'problems', (
            select coalesce(pg_catalog.jsonb_agg(p.value order by p.n), '[]') from (
                select e.value, e.n from pg_catalog.jsonb_array_elements(list.problems) with ordinality as e (value, n) order by e.value ->> 'severity', e.n limit 500
            ) as p
        ),
        'rules', (
            select coalesce(pg_catalog.jsonb_object_agg(r.name, r.meaning), '{}') from wedsync_internal.error_rules as r
            where r.name in (select e.value ->> 'rule' from pg_catalog.jsonb_array_elements(list.problems) as e)
        ),
        'sample', (
            select coalesce(pg_catalog.jsonb_agg(s.shown order by s.n), '[]') from (
                select p.ordinality as n, pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
                    'row', p.row_no, 'household', p.household_name, 'role', p.role, 'title', p.title, 'first_name', p.first_name, 'last_name', p.last_name,
                    'age_class', p.age_class, 'email', p.email, 'phone', p.phone, 'needs', p.needs, 'is_known', p.is_known
                )) as shown
                from unnest(list.people) with ordinality as p order by p.ordinality limit 10
            ) as s
        )
    );
    return answer || case when is_preview then '{}' else pg_catalog.jsonb_build_object(
        'success', true, 'version', (select k.version from wedsync_data.wedding_clocks as k where k.couple_id = import_guests.couple_id)
    ) end;
end
$$;
comment on function wedsync.import_guests(uuid, text, jsonb) is
'Imports a guest list as CSV text, as guest list tools export it and people write it
Separator, row of headings and the meaning of headings in English, German and Spanish are found out. A row can hold a guest, a couple, or a household with children, companions without names, and numbers of people; words for replies, diets and allergies are understood. Names of events as headings are invitations to them.
options: preview (true changes nothing), mode (append, or replace, which deletes all guests and households first), mapping {heading: field}, header_row, separator, date_order (dmy or mdy), event_id (for replies, meals and tables; by default the main or only event), duplicates (skip guests whose household has a guest of the same name, or add), skip_errors (leave out rows with errors instead of refusing the list).
Returns {preview, mode, separator, header_row, columns: [{heading, field}], rows, guests, skipped, households, invitations, deleted, problem_count, problems: [{row, column, field, rule, severity}], rules, sample, version}; at most 500 problems, errors first. Rows are counted from 1.
Needs the right to write guests.names, guests.household and those of the columns. On the wedding day replace needs an override. Limits: settings import_max_bytes and import_max_rows.
Errors: not_signed_in and fields_not_allowed (42501), not_found (PT404), invalid_fields (PT422), invalid_value (22023), too_large (PT413), rate_limited (429).';
revoke all on function wedsync.import_guests(uuid, text, jsonb) from public;
grant execute on function wedsync.import_guests(uuid, text, jsonb) to authenticated, service_role, wedsync_admin;
