create table wedsync_data.visibility_masks (
    id integer generated always as identity,
    readable bit(128) not null,
    sees_all boolean not null,
    shows boolean[] not null,
    withheld_fields text[] not null,
    couple_address_hidden text[],
    ceremony_venue_hidden text[],
    reception_venue_hidden text[],
    guest_count_hidden text[],
    sharing_preferences_hidden text[],
    key_moments_hidden text[],
    wedding_party_hidden text[],
    family_vips_hidden text[],
    masked_columns jsonb not null,
    masked_keys jsonb not null,
    constraint visibility_masks_pkey primary key (id),
    constraint visibility_masks_readable_key unique (readable)
) with (toast_tuple_target = 8160);
comment on table wedsync_data.visibility_masks is 'Precomputed visibility for each rights mask in use. Derived from the catalogue; do not edit.';
comment on column wedsync_data.visibility_masks.id is 'Number of the mask, because bit strings cannot be hashed.';
comment on column wedsync_data.visibility_masks.readable is 'Readable rights.';
comment on column wedsync_data.visibility_masks.sees_all is 'Nothing is hidden.';
comment on column wedsync_data.visibility_masks.shows is 'The mask as an array with positions from 0 to 127.';
comment on column wedsync_data.visibility_masks.withheld_fields is 'Paths of the hidden fields of core fields, in the order of the catalogue.';
comment on column wedsync_data.visibility_masks.couple_address_hidden is 'Hidden keys; null if the whole column is hidden.';
comment on column wedsync_data.visibility_masks.ceremony_venue_hidden is 'Hidden keys; null if the whole column is hidden.';
comment on column wedsync_data.visibility_masks.reception_venue_hidden is 'Hidden keys; null if the whole column is hidden.';
comment on column wedsync_data.visibility_masks.guest_count_hidden is 'Hidden keys; null if the whole column is hidden.';
comment on column wedsync_data.visibility_masks.sharing_preferences_hidden is 'Hidden keys; null if the whole column is hidden.';
comment on column wedsync_data.visibility_masks.key_moments_hidden is 'Hidden keys of the elements; null if the whole list is hidden.';
comment on column wedsync_data.visibility_masks.wedding_party_hidden is 'Hidden keys of the elements; null if the whole list is hidden.';
comment on column wedsync_data.visibility_masks.family_vips_hidden is 'Hidden keys of the elements; null if the whole list is hidden.';
comment on column wedsync_data.visibility_masks.masked_columns is 'By view: hidden columns with null values and the list of withheld fields, merged into the records of events.';
comment on column wedsync_data.visibility_masks.masked_keys is 'By view: hidden keys of partly visible json columns and lists, {column: [key, ...]}.';

create table wedsync_data.reach (
    couple_id uuid not null,
    user_id uuid not null,
    valid_from timestamptz not null,
    valid_until timestamptz not null,
    mask_id integer not null,
    readable bit(128) not null,
    writable bit(128) not null,
    by_grant boolean not null,
    wedding_role text,
    supplier_ids uuid[] not null default '{}',
    constraint reach_pkey primary key (couple_id, user_id, valid_from)
);
create index reach_by_user on wedsync_data.reach (user_id, couple_id);
create index reach_by_end on wedsync_data.reach (valid_until) where valid_until < 'infinity';
comment on table wedsync_data.reach is
'The rights of each user at each wedding, combined from roles, own grants and grants to suppliers: one row for each period in which they stay the same. Derived by trigger from weddings, members, grants, supplier members and roles, in the transaction that changes them; do not edit. Trusted server roles have a row for every wedding, under an id that no user has.';
comment on column wedsync_data.reach.couple_id is 'The wedding.';
comment on column wedsync_data.reach.user_id is 'The user.';
comment on column wedsync_data.reach.valid_from is 'Not valid before.';
comment on column wedsync_data.reach.valid_until is 'Not valid from this moment on.';
comment on column wedsync_data.reach.mask_id is 'The visibility for readable, in visibility_masks.';
comment on column wedsync_data.reach.readable is 'Readable rights.';
comment on column wedsync_data.reach.writable is 'Writable rights.';
comment on column wedsync_data.reach.by_grant is 'Whether the rights come from grants only, in which case reads are logged.';
comment on column wedsync_data.reach.wedding_role is 'Role at the wedding; null for non-members.';
comment on column wedsync_data.reach.supplier_ids is 'Suppliers with access for which the user works.';
