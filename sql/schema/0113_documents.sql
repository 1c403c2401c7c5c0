create table wedsync_data.documents (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    version_number integer not null default 1,
    last_updated_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    title text not null,
    kind text not null default 'other',
    url text,
    storage_path text,
    mime_type text,
    bytes integer,
    checksum text,
    revision integer not null default 1,
    supplier_ids uuid[] not null default '{}',
    shared_roles text[] not null default '{}',
    uploaded_by uuid,
    uploaded_by_supplier uuid,
    notes text,
    constraint documents_pkey primary key (couple_id, id),
    constraint documents_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint documents_kind_known check (kind in ('contract', 'quote', 'invoice', 'insurance', 'permit', 'floor_plan', 'menu', 'design', 'speech', 'guide', 'other'))
);
create index documents_by_uploader on wedsync_data.documents (couple_id, uploaded_by_supplier) where uploaded_by_supplier is not null;
comment on table wedsync_data.documents is 'Documents about a wedding: what and where they are; files are stored elsewhere.';
comment on column wedsync_data.documents.title is 'Title.';
comment on column wedsync_data.documents.kind is 'contract, quote, invoice, insurance, permit, floor_plan, menu, design, speech, guide or other.';
comment on column wedsync_data.documents.url is 'Address of the file.';
comment on column wedsync_data.documents.storage_path is 'Path of the file in the application''s storage; there is an address, a path or both.';
comment on column wedsync_data.documents.mime_type is 'Media type, such as application/pdf.';
comment on column wedsync_data.documents.bytes is 'Size in bytes.';
comment on column wedsync_data.documents.checksum is 'SHA-256 of the file in lower-case hexadecimal.';
comment on column wedsync_data.documents.revision is 'Number of the file''s version, incremented when address, path or checksum changes.';
comment on column wedsync_data.documents.supplier_ids is 'Suppliers that it is shared with; they see it in my_documents.';
comment on column wedsync_data.documents.shared_roles is 'Roles of members that it is shared with, of family and friend; they see it in my_documents.';
comment on column wedsync_data.documents.uploaded_by is 'User who added it.';
comment on column wedsync_data.documents.uploaded_by_supplier is 'Supplier that handed it in.';
comment on column wedsync_data.documents.notes is 'Notes of couple and planner; not shared.';

create table wedsync_data.photos (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    version_number integer not null default 1,
    last_updated_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    url text not null,
    thumbnail_url text,
    caption text,
    album text,
    taken_at timestamptz,
    uploaded_by uuid,
    uploaded_by_supplier uuid,
    approved_by uuid,
    approved_at timestamptz,
    constraint photos_pkey primary key (couple_id, id),
    constraint photos_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade
);
create index photos_by_uploader on wedsync_data.photos (couple_id, uploaded_by);
create index photos_by_supplier on wedsync_data.photos (couple_id, uploaded_by_supplier) where uploaded_by_supplier is not null;
comment on table wedsync_data.photos is 'Approved photos; files are stored elsewhere. Those that wait for approval are photo_submissions.';
comment on column wedsync_data.photos.url is 'Address of the photo.';
comment on column wedsync_data.photos.thumbnail_url is 'Address of a small version.';
comment on column wedsync_data.photos.caption is 'Caption.';
comment on column wedsync_data.photos.album is 'Album.';
comment on column wedsync_data.photos.taken_at is 'When it was taken.';
comment on column wedsync_data.photos.uploaded_by is 'User who handed it in.';
comment on column wedsync_data.photos.uploaded_by_supplier is 'Supplier for which the user did.';
comment on column wedsync_data.photos.approved_by is 'Who approved it.';
comment on column wedsync_data.photos.approved_at is 'When.';

create table wedsync_data.photo_submissions (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    version_number integer not null default 1,
    last_updated_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    url text not null,
    thumbnail_url text,
    caption text,
    album text,
    taken_at timestamptz,
    uploaded_by uuid,
    uploaded_by_supplier uuid,
    status text not null default 'waiting',
    note text,
    decided_by uuid,
    decided_at timestamptz,
    constraint photo_submissions_pkey primary key (couple_id, id),
    constraint photo_submissions_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint photo_submissions_status_known check (status in ('waiting', 'rejected'))
);
create index photo_submissions_by_uploader on wedsync_data.photo_submissions (couple_id, uploaded_by);
create index photo_submissions_by_supplier on wedsync_data.photo_submissions (couple_id, uploaded_by_supplier) where uploaded_by_supplier is not null;
comment on table wedsync_data.photo_submissions is 'Photos that wait for approval or were rejected. An approved one moves to photos and keeps its id.';
comment on column wedsync_data.photo_submissions.url is 'Address of the photo.';
comment on column wedsync_data.photo_submissions.thumbnail_url is 'Address of a small version.';
comment on column wedsync_data.photo_submissions.caption is 'Caption.';
comment on column wedsync_data.photo_submissions.album is 'Album.';
comment on column wedsync_data.photo_submissions.taken_at is 'When it was taken.';
comment on column wedsync_data.photo_submissions.uploaded_by is 'User who handed it in.';
comment on column wedsync_data.photo_submissions.uploaded_by_supplier is 'Supplier for which the user did.';
comment on column wedsync_data.photo_submissions.status is 'waiting or rejected.';
comment on column wedsync_data.photo_submissions.note is 'Why it was rejected.';
comment on column wedsync_data.photo_submissions.decided_by is 'Who rejected it.';
comment on column wedsync_data.photo_submissions.decided_at is 'When.';

insert into wedsync_data.rights (right_no, name) values
(68, 'documents'),
(69, 'photos'),
(73, 'photos.submissions');
insert into wedsync_data.record_catalog (record_name, shape, position, path, event_type, is_audited, purge_keys, write_endpoint, max_rows, description) values
('documents', 'rows', 130, 'documents', 'document_edit', true, '{id,couple_id}', 'documents-write', 5000,
'Documents of the weddings whose documents the caller can read
Suppliers, family and friends see what is shared with them in my_documents.'),
('photos', 'rows', 131, 'photos', 'photo_upload', true, '{id,couple_id}', 'documents-write', 20000,
'Approved photos of the weddings whose photos the caller can read
submit_photos hands in new ones; my_photos shows callers what became of theirs.'),
('photo_submissions', 'rows', 132, 'photoSubmissions', 'photo_submitted', true, '{id,couple_id}', 'documents-write', 5000,
'Photos that wait for approval or were rejected
decide_photos approves or rejects them.');
insert into wedsync_data.field_catalog (
    table_name, right_no, path, column_name, data_type, max_length, min_value, max_value, max_items, allowed_values,
    field_group, access_level, sensitivity_class, is_writable, personal_data, description
) values
('documents', 68, 'documents.title', 'title', 'text', 200, null, null, null, null, 'documents', null, 'couple_private', true, 'free_text', 'Document: title'),
('documents', 68, 'documents.kind', 'kind', 'text', 20, null, null, null, '{contract,quote,invoice,insurance,permit,floor_plan,menu,design,speech,guide,other}', 'documents', null, 'couple_private', true, 'none', 'Document: kind'),
('documents', 68, 'documents.url', 'url', 'text', 2000, null, null, null, null, 'documents', null, 'couple_private', true, 'none', 'Document: address of the file'),
('documents', 68, 'documents.storage_path', 'storage_path', 'text', 1000, null, null, null, null, 'documents', null, 'couple_private', true, 'none', 'Document: path of the file in the application''s storage'),
('documents', 68, 'documents.mime_type', 'mime_type', 'text', 127, null, null, null, null, 'documents', null, 'couple_private', true, 'none', 'Document: media type'),
('documents', 68, 'documents.bytes', 'bytes', 'integer', null, 0, 2147483647, null, null, 'documents', null, 'couple_private', true, 'none', 'Document: size in bytes'),
('documents', 68, 'documents.checksum', 'checksum', 'text', 64, null, null, null, null, 'documents', null, 'couple_private', true, 'none', 'Document: SHA-256 of the file'),
('documents', 68, 'documents.revision', 'revision', 'integer', null, 1, 2147483647, null, null, 'documents', null, 'couple_private', false, 'none', 'Document: number of the file''s version'),
('documents', 68, 'documents.supplier_ids', 'supplier_ids', 'text_set', 36, null, null, 100, null, 'documents', null, 'couple_private', true, 'none', 'Document: suppliers that it is shared with'),
('documents', 68, 'documents.shared_roles', 'shared_roles', 'text_set', 10, null, null, 2, null, 'documents', null, 'couple_private', true, 'none', 'Document: roles that it is shared with'),
('documents', 68, 'documents.uploaded_by', 'uploaded_by', 'uuid', null, null, null, null, null, 'documents', null, 'couple_private', false, 'none', 'Document: who added it'),
('documents', 68, 'documents.uploaded_by_supplier', 'uploaded_by_supplier', 'uuid', null, null, null, null, null, 'documents', null, 'couple_private', false, 'none', 'Document: supplier that handed it in'),
('documents', 68, 'documents.notes', 'notes', 'text', 5000, null, null, null, null, 'documents', null, 'couple_private', true, 'free_text', 'Document: notes of couple and planner'),
('photos', 69, 'photos.url', 'url', 'text', 2000, null, null, null, null, 'photos', 'full', 'basic', true, 'none', 'Photo: address'),
('photos', 69, 'photos.thumbnail_url', 'thumbnail_url', 'text', 2000, null, null, null, null, 'photos', 'full', 'basic', true, 'none', 'Photo: address of a small version'),
('photos', 69, 'photos.caption', 'caption', 'text', 500, null, null, null, null, 'photos', 'full', 'basic', true, 'free_text', 'Photo: caption'),
('photos', 69, 'photos.album', 'album', 'text', 100, null, null, null, null, 'photos', 'full', 'basic', true, 'none', 'Photo: album'),
('photos', 69, 'photos.taken_at', 'taken_at', 'timestamp', null, null, null, null, null, 'photos', 'full', 'basic', true, 'none', 'Photo: when it was taken'),
('photos', 69, 'photos.uploaded_by', 'uploaded_by', 'uuid', null, null, null, null, null, 'photos', 'full', 'basic', false, 'none', 'Photo: who handed it in'),
('photos', 69, 'photos.uploaded_by_supplier', 'uploaded_by_supplier', 'uuid', null, null, null, null, null, 'photos', 'full', 'basic', false, 'none', 'Photo: supplier that handed it in'),
('photos', 69, 'photos.approved_by', 'approved_by', 'uuid', null, null, null, null, null, 'photos', 'full', 'basic', false, 'none', 'Photo: who approved it'),
('photos', 69, 'photos.approved_at', 'approved_at', 'timestamp', null, null, null, null, null, 'photos', 'full', 'basic', false, 'none', 'Photo: when it was approved'),
('photo_submissions', 73, 'photoSubmissions.url', 'url', 'text', 2000, null, null, null, null, 'photo_submissions', null, 'couple_private', false, 'none', 'Submitted photo: address'),
('photo_submissions', 73, 'photoSubmissions.thumbnail_url', 'thumbnail_url', 'text', 2000, null, null, null, null, 'photo_submissions', null, 'couple_private', false, 'none', 'Submitted photo: address of a small version'),
('photo_submissions', 73, 'photoSubmissions.caption', 'caption', 'text', 500, null, null, null, null, 'photo_submissions', null, 'couple_private', true, 'free_text', 'Submitted photo: caption'),
('photo_submissions', 73, 'photoSubmissions.album', 'album', 'text', 100, null, null, null, null, 'photo_submissions', null, 'couple_private', true, 'none', 'Submitted photo: album'),
('photo_submissions', 73, 'photoSubmissions.taken_at', 'taken_at', 'timestamp', null, null, null, null, null, 'photo_submissions', null, 'couple_private', false, 'none', 'Submitted photo: when it was taken'),
('photo_submissions', 73, 'photoSubmissions.uploaded_by', 'uploaded_by', 'uuid', null, null, null, null, null, 'photo_submissions', null, 'couple_private', false, 'none', 'Submitted photo: who handed it in'),
('photo_submissions', 73, 'photoSubmissions.uploaded_by_supplier', 'uploaded_by_supplier', 'uuid', null, null, null, null, null, 'photo_submissions', null, 'couple_private', false, 'none', 'Submitted photo: supplier that handed it in'),
('photo_submissions', 73, 'photoSubmissions.status', 'status', 'text', 10, null, null, null, null, 'photo_submissions', null, 'couple_private', false, 'none', 'Submitted photo: waiting or rejected'),
('photo_submissions', 73, 'photoSubmissions.note', 'note', 'text', 500, null, null, null, null, 'photo_submissions', null, 'couple_private', false, 'free_text', 'Submitted photo: why it was rejected'),
('photo_submissions', 73, 'photoSubmissions.decided_by', 'decided_by', 'uuid', null, null, null, null, null, 'photo_submissions', null, 'couple_private', false, 'none', 'Submitted photo: who rejected it'),
('photo_submissions', 73, 'photoSubmissions.decided_at', 'decided_at', 'timestamp', null, null, null, null, null, 'photo_submissions', null, 'couple_private', false, 'none', 'Submitted photo: when it was rejected');
-- documents and photos that wait are private to the couple, so that no supplier gets them; planners have them by their role, and everybody at the wedding sees approved photos
update wedsync_data.wedding_roles
set readable_names = readable_names || '{documents,photo_submissions}', writable_names = writable_names || '{documents,photo_submissions}',
    description = 'Plans the wedding: everything except budget and private fields, unless granted, and internal notes of the timeline, documents and submitted photos'
where wedding_role = 'planner';
update wedsync_data.wedding_roles
set readable_names = readable_names || '{photos}',
    description = case wedding_role
        when 'family' then 'Family: reads basic fields and photos, unless granted more'
        else 'Friend: reads date, style, times and photos, unless granted more'
    end
where wedding_role in ('family', 'friend');

insert into wedsync_data.rate_limits (endpoint, max_requests, per_seconds, description) values
('documents-write', 120, 60, 'Statements on documents and photos, and functions that change them'),
('documents-submit', 60, 60, 'Handing in documents and photos');
insert into wedsync_data.settings (name, value, description) values
('waiting_photos_per_uploader', '300', 'Most submitted photos of a user that wait for approval at a wedding'),
('documents_per_supplier', '100', 'Most documents that a supplier has handed in to a wedding');
insert into wedsync_internal.error_rules (name, meaning) values
('https_address', 'Must be an https address without user name, password and fragment.'),
('path_in_storage', 'Must be a relative path without empty parts, . and .. and without backslashes, colons and control characters.'),
('url_or_storage_path', 'Give an address, a path in the storage, or both.'),
('media_type', 'Must be a media type, such as application/pdf.'),
('sha256_in_hexadecimal', 'Must be the SHA-256 of the file: 64 lower-case hexadecimal digits.'),
('family_or_friend', 'Must be family, friend or both.');
insert into wedsync_data.notification_kinds (kind, audience, priority, channels, rights, placeholders, reaches_contacts, description) values
('document_shared', '{}', 'normal', '{email,push,webhook}', '{}', '{title}', false, 'A document was shared with the recipient'),
('document_received', '{"roles": ["partner", "planner"]}', 'normal', '{push,webhook}', '{documents}', '{title,sender}', false, 'A supplier has handed in a document'),
('photos_decided', '{}', 'low', '{push,webhook}', '{}', '{count,decision}', false, 'Submitted photos were approved or rejected');
insert into wedsync_data.notification_templates (kind, language, subject, body) values
('document_shared', 'en', 'A document was shared with you', '{title}'),
('document_shared', 'de', 'Ein Dokument wurde für dich freigegeben', '{title}'),
('document_shared', 'es', 'Se ha compartido un documento contigo', '{title}'),
('document_received', 'en', 'Document from {sender}', '{title}'),
('document_received', 'de', 'Dokument von {sender}', '{title}'),
('document_received', 'es', 'Documento de {sender}', '{title}'),
('photos_decided', 'en', 'Your photos: {decision}', 'Number of photos: {count}'),
('photos_decided', 'de', 'Deine Fotos: {decision}', 'Anzahl der Fotos: {count}'),
('photos_decided', 'es', 'Tus fotos: {decision}', 'Número de fotos: {count}');
