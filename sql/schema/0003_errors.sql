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
comment on table wedsync_internal.error_catalog is 'Errors that the pack raises deliberately, one row each. Raised through wedsync_internal.fail() only.';
comment on column wedsync_internal.error_catalog.name is 'Stable name, snake_case.';
comment on column wedsync_internal.error_catalog.sqlstate is 'SQLSTATE that is raised. PostgREST maps PTnnn and PGRST to an HTTP status.';
comment on column wedsync_internal.error_catalog.http_status is 'HTTP status of the PostgREST response.';
comment on column wedsync_internal.error_catalog.message is 'Human-readable text. Never contains data.';
comment on column wedsync_internal.error_catalog.hint is 'What the caller can do about it.';

alter table wedsync_internal.error_catalog enable row level security;

insert into wedsync_internal.error_catalog (name, sqlstate, http_status, message, hint) values
('not_signed_in', '42501', 401, 'Sign in first', 'Send a token whose sub claim is your user id (a uuid).'),
('not_allowed', '42501', 403, 'You are not allowed to do this', 'Ask somebody with the necessary role, such as a partner of the wedding or an owner of the supplier.'),
('fields_not_allowed', '42501', 403, 'You are not allowed to use these fields', 'Leave out the fields listed in the detail, or ask the couple for access to them.'),
('not_found', 'PT404', 404, 'Not found or not visible to you', 'Check the id, and whether the caller has access.'),
('version_conflict', 'PT409', 409, 'Somebody else has changed the same field', 'Read the record again, then repeat the change with the new version as base_version.'),
('state_conflict', 'PT409', 409, 'The current state does not allow this', null),
('cap_reached', 'PT409', 409, 'The limit for objects of this kind has been reached', 'Delete objects that are no longer needed, or ask an administrator to raise the setting that the detail names.'),
('history_trimmed', 'PT410', 410, 'The events after this number are no longer retained', 'Fetch a fresh snapshot, then continue with after_seq 0.'),
('invalid_value', '22023', 400, 'A parameter has an invalid value', 'Correct the parameter that the detail names.'),
('invalid_fields', 'PT422', 422, 'Some fields are invalid', 'Correct the fields listed in the detail. Nothing was changed.'),
('several_weddings', 'PT400', 400, 'This would change more than one wedding', 'Filter by couple_id. An administrator can raise the limit with the setting weddings_per_update.'),
('read_only_view', 'PT405', 405, 'This view does not support this operation', null),
('read_is_logged', 'PT405', 405, 'This read is logged, so it cannot run in a read-only transaction', 'Call the function with POST.'),
('too_large', 'PT413', 413, 'The request is too large', 'Send less data at a time.'),
('rate_limited', 'PGRST', 429, 'Too many requests', 'Wait for the number of seconds in Retry-After, then try again.'),
('limiter_unavailable', 'PGRST', 503, 'A rate limit or setting is missing', 'An administrator must insert the row of rate_limits or settings that the detail names.'),
('wedding_day_protected', 'PT409', 409, 'This is protected on wedding days', 'Wait until tomorrow, or have a partner call allow_on_wedding_day for the operation that the detail names.'),
('stronger_sign_in', 'PT403', 403, 'A stronger sign-in is required', 'aal2');

create table wedsync_internal.error_rules (
    name text not null,
    meaning text not null,
    constraint error_rules_pkey primary key (name)
);
comment on table wedsync_internal.error_rules is 'Explanations of the rules named in the detail of invalid_fields. fail() adds them to the detail.';
comment on column wedsync_internal.error_rules.name is 'Name of the rule, with N in place of numbers.';
comment on column wedsync_internal.error_rules.meaning is 'What the rule requires, as a sentence. Never contains data.';

alter table wedsync_internal.error_rules enable row level security;

insert into wedsync_internal.error_rules (name, meaning) values
('unknown_path', 'There is no field of this name. did_you_mean suggests the nearest; docs/reference/fields.md lists all.'),
('unknown_field', 'There is no field, group or level of this name. did_you_mean suggests the nearest.'),
('read_only', 'The field is maintained by the database and cannot be set.'),
('required', 'A value is required.'),
('not_blank', 'Must contain at least one visible character.'),
('text', 'Must be a JSON string.'),
('email', 'Must be one e-mail address, such as emma@example.org, without spaces and with a dot after the @. Send an empty string to clear it.'),
('phone', 'Must start with a digit or +, followed by digits, spaces and ( ) . / - only, optionally with an extension such as x12 or ext. 12. Send an empty string to clear it.'),
('currency', 'Must be a currency as a string: three capital letters of ISO 4217, such as GBP.'),
('iso_4217_code', 'Must be three capital letters of ISO 4217, such as GBP.'),
('date', 'Must be a date as a string, such as 2027-06-12.'),
('date_as_YYYY-MM-DD', 'Must be an existing date, such as 2027-06-12.'),
('not_a_date', 'Must be a date no later than 9999-12-31.'),
('not_older_than_a_year', 'The date is too far in the past. The setting wedding_date_max_age_days sets the limit.'),
('time', 'Must be a time of day as a string, such as 14:30.'),
('time_as_HH:MM', 'Must be a time of day, such as 14:30 or 14:30:00.'),
('timestamp', 'Must be a date and time as a string, such as 2027-06-12T14:30:00Z.'),
('uuid', 'Must be a UUID as a string.'),
('at_most_N_levels', 'The value is nested too deeply.'),
('numbers_of_double_precision', 'A number is out of the range of double precision or has too many decimal places.'),
('time_zone', 'Must be the name of a time zone as a string, such as Europe/London.'),
('iana_time_zone', 'Must be an IANA time zone name, such as Europe/London or UTC.'),
('number', 'Must be a JSON number, not a string.'),
('whole_number', 'Must be an integer.'),
('between_N_and_N', 'Must be a number in this range.'),
('at_most_two_decimals', 'Must have at most two decimal places.'),
('true_or_false', 'Must be true or false.'),
('object', 'Must be a JSON object.'),
('array_of_texts', 'Must be an array of strings.'),
('array_of_elements', 'Must be an array of objects with their ids.'),
('at_most_N_characters', 'The text is too long.'),
('at_most_N_entries', 'There are too many entries.'),
('entries_at_most_N_characters', 'An entry is too long.'),
('entries_not_blank', 'Entries must not be blank.'),
('no_repeated_entries', 'Entries must be unique, regardless of case.'),
('no_control_characters', 'Must not contain control characters other than tab and newline.'),
('colour_as_#RRGGBB', 'Each colour must be # followed by six hexadecimal digits, such as #FFEEDD.'),
('sum_of_adults_and_children', 'The total must be the sum of adults and children. Leave it out to have it calculated.'),
('given_twice', 'The patch sets this field twice, to different values.'),
('element_id_needed', 'This field belongs to list elements. Name the element by its id, as in timeline.keyMoments.<id>.name.'),
('known_element_id', 'The list has no element with this id.'),
('too_many_elements', 'The list is full. The setting list_max_elements sets the limit.'),
('not_removed_by_leaving_out', 'Leaving an element out does not delete it. Call remove_list_element.'),
('never_for_suppliers', 'Budget and private fields cannot be shared with suppliers.'),
('a_partner_name_is_needed_while_sharing', 'The first partner''s name is required while suppliers have access.'),
('path_of_the_field_catalogue', 'Must be a path, column, list or object of the field catalogue. did_you_mean suggests the nearest.'),
('known_form_field', 'The form has no field of this name. Insert it into form_fields first.'),
('known_type', 'Must be text, number, date, time, boolean, list or object.'),
('object_or_array_of_objects', 'A transformation must be a step (an object) or an array of steps.'),
('at_most_N_steps', 'The transformation has too many steps.'),
('at_most_N_bytes', 'The value is too large.'),
('step_needs_op', 'Each step must be an object with a string op.'),
('known_op', 'The op must be upper, lower, title, trim, date_format, time_format, join, split, number_format, default or lookup.'),
('unknown_option', 'The op does not have this option.'),
('format_of_N_to_N_characters', 'The option format is required: a to_char pattern of this length.'),
('separator_of_at_most_N_characters', 'The option separator is too long, or empty in a split.'),
('decimals_N_to_N', 'The option decimals must be a number in this range.'),
('prefix_suffix_at_most_N_thousands_N_character', 'The option prefix, suffix or thousands is too long.'),
('value_needed', 'The op default requires the option value.'),
('map_object_needed', 'The op lookup requires the option map, an object.');
