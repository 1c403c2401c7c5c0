create table wedsync_internal.error_catalog (
    name text not null,
    sqlstate text not null,
    http_status smallint not null,
    message text not null,
    hint text,
    constraint error_catalog_pkey primary key (name),
    constraint error_catalog_sqlstate_form check (sqlstate ~ '^([0-9A-Z]{5})$'),
    constraint error_catalog_status_range check (http_status between 400 and 599)
);
comment on table wedsync_internal.error_catalog is 'Every error that the pack raises on purpose: one row each, raised only through wedsync_internal.fail().';
comment on column wedsync_internal.error_catalog.name is 'Stable name, snake_case.';
comment on column wedsync_internal.error_catalog.sqlstate is 'SQLSTATE raised. PTnnn and PGRST are turned into HTTP status nnn by PostgREST.';
comment on column wedsync_internal.error_catalog.http_status is 'HTTP status that a PostgREST client sees.';
comment on column wedsync_internal.error_catalog.message is 'Text for people. Never holds data.';
comment on column wedsync_internal.error_catalog.hint is 'What to do about it.';

alter table wedsync_internal.error_catalog enable row level security;

insert into wedsync_internal.error_catalog (name, sqlstate, http_status, message, hint) values
('not_signed_in', '42501', 401, 'Sign in first', 'Send a token whose sub claim is your user id (a uuid).'),
('not_allowed', '42501', 403, 'You are not allowed to do this', null),
('fields_not_allowed', '42501', 403, 'You are not allowed to use these fields', 'The detail lists the fields that were refused.'),
('not_found', 'PT404', 404, 'Not found or not visible to you', null),
('version_conflict', 'PT409', 409, 'Somebody changed the same field meanwhile', 'Read the record again, then repeat the change with the new version.'),
('state_conflict', 'PT409', 409, 'This is not possible in the present state', null),
('cap_reached', 'PT409', 409, 'There are as many of these as this installation allows', 'The detail names the setting and its value. Remove what is not needed, or ask an administrator to raise it.'),
('history_trimmed', 'PT410', 410, 'What came right after this number is not kept any more', 'Read a fresh snapshot, then go on with after_seq 0.'),
('invalid_value', '22023', 400, 'A parameter has an invalid value', null),
('invalid_fields', 'PT422', 422, 'Some fields were refused', 'The detail lists path and rule of each; nothing was changed.'),
('several_weddings', 'PT400', 400, 'This would change more than one wedding', 'Filter by couple_id. An administrator allows more at once by the setting weddings_per_update.'),
('read_only_view', 'PT405', 405, 'This view is not written in this way', null),
('read_is_logged', 'PT405', 405, 'This read is logged, so it cannot run in a read-only transaction', 'Call the function with POST.'),
('too_large', 'PT413', 413, 'The request is too large', null),
('rate_limited', 'PGRST', 429, 'Too many requests', 'Wait for the number of seconds in Retry-After.'),
('limiter_unavailable', 'PGRST', 503, 'A limit of this installation is missing', 'An administrator must insert the row of rate_limits or settings that the detail names.'),
('stronger_sign_in', 'PT403', 403, 'A stronger sign-in is needed', 'aal2');

create table wedsync_internal.error_rules (
    name text not null,
    meaning text not null,
    constraint error_rules_pkey primary key (name)
);
comment on table wedsync_internal.error_rules is 'What the rules mean that the detail of invalid_fields names. fail() puts the meaning beside the name.';
comment on column wedsync_internal.error_rules.name is 'Name of the rule; N stands for a number.';
comment on column wedsync_internal.error_rules.meaning is 'What is asked for, for people. Never holds data.';

alter table wedsync_internal.error_rules enable row level security;

insert into wedsync_internal.error_rules (name, meaning) values
('unknown_path', 'No field has this name; did_you_mean has the nearest, docs/reference/fields.md lists all.'),
('unknown_field', 'No field, group or level has this name; did_you_mean has the nearest.'),
('read_only', 'The field is kept by the database and cannot be set.'),
('required', 'A value is needed.'),
('not_blank', 'A text with at least one visible character is needed.'),
('text', 'A text (a JSON string) is needed.'),
('email', 'One address is needed, as emma@example.org: no spaces, a dot in the part after the @. The empty text removes it.'),
('phone', 'A number is needed that begins with a digit or +, then digits, spaces and ( ) . / - only; at its end an extension as x12 or ext. 12. The empty text removes it.'),
('currency', 'A currency is needed as text: three capital letters of ISO 4217, as GBP.'),
('iso_4217_code', 'Three capital letters of ISO 4217 are needed, as GBP.'),
('date', 'A date is needed as text, as 2027-06-12.'),
('date_as_YYYY-MM-DD', 'A date that exists is needed, as 2027-06-12.'),
('not_a_date', 'A date up to 9999-12-31 is needed.'),
('not_older_than_a_year', 'The date lies too far in the past: wedding_date_max_age_days in the settings says how far it may.'),
('time', 'A time of day is needed as text, as 14:30.'),
('time_as_HH:MM', 'A time of day is needed, as 14:30 or 14:30:00.'),
('time_zone', 'The name of a time zone is needed as text, as Europe/London.'),
('iana_time_zone', 'The IANA name of a time zone is needed, as Europe/London or UTC.'),
('number', 'A number (not a text) is needed.'),
('whole_number', 'A number without decimals is needed.'),
('between_N_and_N', 'A number between these two is needed.'),
('at_most_two_decimals', 'An amount has at most two decimals.'),
('true_or_false', 'true or false is needed.'),
('object', 'A JSON object is needed.'),
('array_of_texts', 'An array of texts is needed.'),
('array_of_elements', 'An array of objects with their ids is needed.'),
('at_most_N_characters', 'The text is longer than this.'),
('at_most_N_entries', 'There are more entries than this.'),
('entries_at_most_N_characters', 'An entry is longer than this.'),
('entries_not_blank', 'An entry is empty.'),
('no_repeated_entries', 'An entry comes twice; capitals make no difference.'),
('no_control_characters', 'The text holds a control character other than tab and new line.'),
('colour_as_#RRGGBB', 'Each colour is needed as # and six hexadecimal digits, as #FFEEDD.'),
('sum_of_adults_and_children', 'The total is the sum of adults and children; leave it out and it follows by itself.'),
('given_twice', 'The patch names this field twice, with two values.'),
('element_id_needed', 'This is a field of list elements: name the element by its id, as timeline.keyMoments.<id>.name.'),
('known_element_id', 'No element of this list has this id.'),
('too_many_elements', 'The list is full: list_max_elements in the settings says how many there may be.'),
('not_removed_by_leaving_out', 'Elements are removed by remove_list_element only.'),
('never_for_suppliers', 'Budget and private fields are given to no supplier.'),
('a_partner_name_is_needed_while_sharing', 'As long as suppliers have access, the first partner has a name.'),
('path_of_the_field_catalogue', 'A path, column, list or object of the field catalogue is needed; did_you_mean has the nearest.'),
('known_form_field', 'The form has no field of this name: insert it into form_fields first.'),
('known_type', 'text, number, date, time, boolean, list or object is needed.'),
('object_or_array_of_objects', 'A transformation is one step or an array of steps, each an object.'),
('at_most_N_steps', 'A transformation has more steps than this.'),
('at_most_N_bytes', 'The value is larger than this.'),
('step_needs_op', 'Each step of a transformation is an object with op, a text.'),
('known_op', 'The step''s op is none of upper, lower, title, trim, date_format, time_format, join, split, number_format, default and lookup.'),
('unknown_option', 'The step has an option that its op does not take.'),
('format_of_N_to_N_characters', 'The option format is needed, a pattern of to_char of this length.'),
('separator_of_at_most_N_characters', 'The option separator is longer than this, or empty where a text is split.'),
('decimals_N_to_N', 'The option decimals is a number in this range.'),
('prefix_suffix_at_most_N_thousands_N_character', 'The options prefix, suffix or thousands are longer than this.'),
('value_needed', 'The op default needs the option value.'),
('map_object_needed', 'The op lookup needs the option map, an object.');
