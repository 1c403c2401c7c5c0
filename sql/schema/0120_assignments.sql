create table wedsync_data.vendor_assignments (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    version_number integer not null default 1,
    last_updated_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    category text not null default 'other',
    company_name text not null,
    supplier_id uuid,
    status text not null default 'idea',
    arrival_at timestamptz,
    meals_needed smallint not null default 0,
    contact_name text,
    email text,
    phone text,
    web_address text,
    contract_state text not null default 'none',
    signed_on date,
    insurance text,
    insured_until date,
    notes text,
    constraint vendor_assignments_pkey primary key (couple_id, id),
    constraint vendor_assignments_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint vendor_assignments_category_fkey foreign key (category) references wedsync_data.supplier_categories (category) on delete restrict,
    constraint vendor_assignments_status_known check (status in ('idea', 'shortlisted', 'contacted', 'quoted', 'booked', 'declined', 'cancelled')),
    constraint vendor_assignments_contract_known check (contract_state in ('none', 'requested', 'received', 'signed', 'ended')),
    constraint vendor_assignments_meals_range check (meals_needed between 0 and 1000)
);
create index vendor_assignments_by_category on wedsync_data.vendor_assignments (category);
create index vendor_assignments_by_supplier on wedsync_data.vendor_assignments (supplier_id, couple_id);
comment on table wedsync_data.vendor_assignments is 'Businesses that a couple considers or has booked, whether they use the application or not.';
comment on column wedsync_data.vendor_assignments.category is 'What is needed, as in supplier_categories.';
comment on column wedsync_data.vendor_assignments.company_name is 'Name of the business.';
comment on column wedsync_data.vendor_assignments.supplier_id is 'The supplier, if it is connected to the wedding.';
comment on column wedsync_data.vendor_assignments.status is 'idea, shortlisted, contacted, quoted, booked, declined or cancelled.';
comment on column wedsync_data.vendor_assignments.arrival_at is 'When it arrives on the day.';
comment on column wedsync_data.vendor_assignments.meals_needed is 'How many of its people eat at the wedding.';
comment on column wedsync_data.vendor_assignments.contact_name is 'Person to talk to.';
comment on column wedsync_data.vendor_assignments.email is 'E-mail address.';
comment on column wedsync_data.vendor_assignments.phone is 'Phone.';
comment on column wedsync_data.vendor_assignments.web_address is 'Address of its website.';
comment on column wedsync_data.vendor_assignments.contract_state is 'none, requested, received, signed or ended.';
comment on column wedsync_data.vendor_assignments.signed_on is 'Day on which the contract was signed.';
comment on column wedsync_data.vendor_assignments.insurance is 'What its insurance covers.';
comment on column wedsync_data.vendor_assignments.insured_until is 'Last day of its insurance.';
comment on column wedsync_data.vendor_assignments.notes is 'Notes of the couple, for themselves.';

insert into wedsync_data.rights (right_no, name) values
(75, 'vendors'),
(76, 'vendors.contract'),
(77, 'vendors.contact'),
(78, 'vendors.notes');
insert into wedsync_data.record_catalog (record_name, shape, position, path, event_type, is_audited, purge_keys, write_endpoint, max_rows, description) values
('vendor_assignments', 'rows', 119, 'vendors', 'vendor_assignment', true, '{id,couple_id}', 'vendors-write', 500, 'Businesses that the caller''s weddings consider or have booked
A change of the status notifies partners and planners. A supplier finds what was booked with itself in my_bookings.');
insert into wedsync_data.field_catalog (
    table_name, right_no, path, column_name, data_type, max_length, min_value, max_value, max_items, allowed_values,
    field_group, access_level, sensitivity_class, personal_data, description
) values
('vendor_assignments', 75, 'vendors.category', 'category', 'text', 50, null, null, null, null, 'vendors', 'full', 'basic', 'none', 'Vendor: category'),
('vendor_assignments', 75, 'vendors.companyName', 'company_name', 'text', 200, null, null, null, null, 'vendors', 'full', 'basic', 'none', 'Vendor: name of the business'),
('vendor_assignments', 75, 'vendors.supplierId', 'supplier_id', 'uuid', null, null, null, null, null, 'vendors', 'full', 'basic', 'none', 'Vendor: the supplier'),
('vendor_assignments', 75, 'vendors.status', 'status', 'text', 20, null, null, null, '{idea,shortlisted,contacted,quoted,booked,declined,cancelled}', 'vendors', 'full', 'basic', 'none', 'Vendor: status'),
('vendor_assignments', 75, 'vendors.arrivalAt', 'arrival_at', 'timestamp', null, null, null, null, null, 'vendors', 'full', 'basic', 'none', 'Vendor: arrival on the day'),
('vendor_assignments', 75, 'vendors.mealsNeeded', 'meals_needed', 'integer', null, 0, 1000, null, null, 'vendors', 'full', 'basic', 'none', 'Vendor: meals for its people'),
('vendor_assignments', 76, 'vendors.contract.contractState', 'contract_state', 'text', 20, null, null, null, '{none,requested,received,signed,ended}', 'vendors', 'full', 'sensitive', 'none', 'Vendor: state of the contract'),
('vendor_assignments', 76, 'vendors.contract.signedOn', 'signed_on', 'date', null, null, null, null, null, 'vendors', 'full', 'sensitive', 'none', 'Vendor: day of the signature'),
('vendor_assignments', 76, 'vendors.contract.insurance', 'insurance', 'text', 1000, null, null, null, null, 'vendors', 'full', 'sensitive', 'none', 'Vendor: insurance'),
('vendor_assignments', 76, 'vendors.contract.insuredUntil', 'insured_until', 'date', null, null, null, null, null, 'vendors', 'full', 'sensitive', 'none', 'Vendor: end of the insurance'),
('vendor_assignments', 77, 'vendors.contact.contactName', 'contact_name', 'text', 200, null, null, null, null, 'vendors', 'full', 'contact', 'name', 'Vendor: person to talk to'),
('vendor_assignments', 77, 'vendors.contact.email', 'email', 'email', 255, null, null, null, null, 'vendors', 'full', 'contact', 'contact', 'Vendor: e-mail address'),
('vendor_assignments', 77, 'vendors.contact.phone', 'phone', 'phone', 50, null, null, null, null, 'vendors', 'full', 'contact', 'contact', 'Vendor: phone'),
('vendor_assignments', 77, 'vendors.contact.webAddress', 'web_address', 'text', 500, null, null, null, null, 'vendors', 'full', 'contact', 'none', 'Vendor: website'),
('vendor_assignments', 78, 'vendors.notes', 'notes', 'text', 10000, null, null, null, null, 'vendors', null, 'couple_private', 'free_text', 'Vendor: notes of the couple');
insert into wedsync_data.rate_limits (endpoint, max_requests, per_seconds, description) values
('vendors-write', 120, 60, 'Statements on vendor_assignments');
insert into wedsync_internal.error_rules (name, meaning) values
('web_address', 'Must be an address that begins with https:// and has no spaces and no sign-in data.');

create table wedsync_data.supplier_syncs (
    couple_id uuid not null,
    supplier_id uuid not null,
    syncs bigint not null default 1,
    version_number integer not null,
    seq bigint not null,
    readable bit(128) not null,
    synced_by uuid,
    synced_at timestamptz not null default now(),
    constraint supplier_syncs_pkey primary key (couple_id, supplier_id),
    constraint supplier_syncs_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint supplier_syncs_supplier_fkey foreign key (supplier_id) references wedsync_data.suppliers (id) on delete cascade
) with (fillfactor = 70);
create index supplier_syncs_by_supplier on wedsync_data.supplier_syncs (supplier_id, couple_id);
comment on table wedsync_data.supplier_syncs is 'The last snapshot of a wedding that was made for each supplier, by sync_to_supplier.';
comment on column wedsync_data.supplier_syncs.couple_id is 'The wedding.';
comment on column wedsync_data.supplier_syncs.supplier_id is 'The supplier.';
comment on column wedsync_data.supplier_syncs.syncs is 'How many were made.';
comment on column wedsync_data.supplier_syncs.version_number is 'Version of the wedding''s record in it, as the supplier sees it.';
comment on column wedsync_data.supplier_syncs.seq is 'Events up to this number are in it.';
comment on column wedsync_data.supplier_syncs.readable is 'What the supplier could read.';
comment on column wedsync_data.supplier_syncs.synced_by is 'User who asked for it; null for a server.';
comment on column wedsync_data.supplier_syncs.synced_at is 'When.';

insert into wedsync_data.rate_limits (endpoint, max_requests, per_seconds, description) values
('supplier-sync', 60, 60, 'Snapshots of weddings for suppliers');
