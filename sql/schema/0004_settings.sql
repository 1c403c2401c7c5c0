create table wedsync_data.settings (
    name text not null,
    value jsonb not null,
    description text not null,
    constraint settings_pkey primary key (name),
    -- all settings are numbers, except addresses
    constraint settings_value_form check (
        case name
            when 'websocket_url' then jsonb_typeof(value) = 'null' or value #>> '{}' ~ '^wss?://[^[:space:]]+$'
            when 'task_link_url' then jsonb_typeof(value) = 'null' or value #>> '{}' ~ '^https?://[^[:space:]{}]+\{token\}[^[:space:]{}]*$'
            else jsonb_typeof(value) = 'number' and value >= '0'
        end
    )
);
comment on table wedsync_data.settings is 'Settings that administrators can change.';
comment on column wedsync_data.settings.name is 'Key.';
comment on column wedsync_data.settings.value is 'Value: a number, not negative; for websocket_url and task_link_url a text or null.';
comment on column wedsync_data.settings.description is 'What it controls, with units.';

insert into wedsync_data.settings (name, value, description) values
('wedding_date_max_age_days', '365', 'A wedding date may be changed to a date at most this many days in the past'),
('patch_max_bytes', '65536', 'Largest patch, list element or form response accepted, in bytes of JSON text'),
('weddings_per_update', '1', 'Most weddings that one UPDATE of the view core_fields, or one PATCH, may change, to catch forgotten filters'),
('rows_per_statement', '500', 'Most rows of a record, such as guests, that one statement of a caller may write'),
('list_max_elements', '200', 'Most elements of one list of a wedding'),
('supplier_view_reads', '1', 'Reads of views by suppliers in read-only transactions, such as PostgREST''s GET: 0 not logged, 1 logged in the server log, 2 refused with read_is_logged'),
('weddings_per_user', '20', 'A user who is a partner of this many weddings cannot register another'),
('members_per_wedding', '1000', 'Most members of a wedding'),
('suppliers_per_user', '20', 'A user who owns this many suppliers cannot register another'),
('members_per_supplier', '500', 'Most members of a supplier'),
('suppliers_per_wedding', '500', 'Most suppliers of a wedding with access, a pending request or an invitation; refused ones do not count'),
('requests_waiting_per_wedding', '50', 'Most suppliers with pending requests at one wedding'),
('requests_waiting_per_supplier', '500', 'Most weddings at which a supplier has pending requests'),
('forms_per_supplier', '200', 'Most forms of a supplier'),
('fields_per_form', '200', 'Most fields of a form'),
('responses_per_form', '100', 'Most responses of one wedding to one form'),
('journey_steps_per_wedding', '200', 'Most steps of a supplier''s journey with one wedding'),
('api_keys_per_user', '20', 'Most active API keys of a user');
