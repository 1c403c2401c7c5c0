create table wedsync_data.users (
    id uuid not null,
    display_name text,
    email text,
    created_at timestamptz not null default now(),
    constraint users_pkey primary key (id),
    constraint users_display_name_length check (length(display_name) <= 200),
    constraint users_email_length check (length(email) <= 255)
);
comment on table wedsync_data.users is 'People who have signed in, known by the sub claim of their token. Passwords and sign-in are managed by the identity provider.';
comment on column wedsync_data.users.id is 'The sub claim.';
comment on column wedsync_data.users.display_name is 'Name shown in audit trails; null until the user sets one.';
comment on column wedsync_data.users.email is 'The email claim of the last token that carried one.';
comment on column wedsync_data.users.created_at is 'When the user was first recorded.';

create table wedsync_data.weddings (
    id uuid not null default gen_random_uuid(),
    created_by uuid,
    created_at timestamptz not null default now(),
    tier text not null default 'standard',
    constraint weddings_pkey primary key (id),
    constraint weddings_tier_known check (tier in ('standard', 'premium', 'enterprise'))
);
comment on table wedsync_data.weddings is 'The tenant. A wedding is identified by its couple: this id is the couple_id of every other table.';
comment on column wedsync_data.weddings.id is 'The couple id.';
comment on column wedsync_data.weddings.created_by is 'Who registered the couple.';
comment on column wedsync_data.weddings.created_at is 'When the couple was registered.';
comment on column wedsync_data.weddings.tier is 'standard, premium or enterprise; set by an administrator.';

create table wedsync_data.wedding_roles (
    wedding_role text not null,
    hierarchy_rank smallint not null,
    readable_names text[] not null,
    writable_names text[] not null,
    readable bit(128) not null default repeat('0', 128)::bit(128),
    writable bit(128) not null default repeat('0', 128)::bit(128),
    description text not null,
    constraint wedding_roles_pkey primary key (wedding_role)
);
comment on table wedsync_data.wedding_roles is 'What each role at a wedding may read and write by default; grants can add to it.';
comment on column wedsync_data.wedding_roles.wedding_role is 'partner, planner, family or friend.';
comment on column wedsync_data.wedding_roles.hierarchy_rank is 'Order in which roles are listed, the highest first.';
comment on column wedsync_data.wedding_roles.readable_names is 'Field names, groups, levels or paths that the role reads.';
comment on column wedsync_data.wedding_roles.writable_names is 'Field names, groups, levels or paths that the role writes.';
comment on column wedsync_data.wedding_roles.readable is 'readable_names as a mask of rights; maintained by trigger.';
comment on column wedsync_data.wedding_roles.writable is 'writable_names as a mask of rights; maintained by trigger.';
comment on column wedsync_data.wedding_roles.description is 'Description.';

create table wedsync_data.wedding_members (
    couple_id uuid not null,
    user_id uuid not null,
    wedding_role text not null,
    added_by uuid,
    added_at timestamptz not null default now(),
    constraint wedding_members_pkey primary key (couple_id, user_id),
    constraint wedding_members_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint wedding_members_role_fkey foreign key (wedding_role) references wedsync_data.wedding_roles (wedding_role) on delete restrict
);
create index wedding_members_by_user on wedsync_data.wedding_members (user_id, couple_id);
create index wedding_members_by_role on wedsync_data.wedding_members (wedding_role);
comment on table wedsync_data.wedding_members is 'Members of weddings: partners, planner, family and friends. Suppliers are not members; they have grants.';
comment on column wedsync_data.wedding_members.couple_id is 'The wedding.';
comment on column wedsync_data.wedding_members.user_id is 'The user.';
comment on column wedsync_data.wedding_members.wedding_role is 'The role, which decides the default rights.';
comment on column wedsync_data.wedding_members.added_by is 'Who added the member.';
comment on column wedsync_data.wedding_members.added_at is 'When.';

create table wedsync_data.supplier_categories (
    category text not null,
    default_fields text[] not null,
    description text not null,
    constraint supplier_categories_pkey primary key (category)
);
comment on table wedsync_data.supplier_categories is 'Categories of suppliers, with the fields that they usually need.';
comment on column wedsync_data.supplier_categories.category is 'Key, snake_case.';
comment on column wedsync_data.supplier_categories.default_fields is 'Field names requested when a supplier of the category requests access without naming fields.';
comment on column wedsync_data.supplier_categories.description is 'Description.';

create table wedsync_data.suppliers (
    id uuid not null default gen_random_uuid(),
    business_name text not null,
    category text not null,
    created_by uuid,
    created_at timestamptz not null default now(),
    tier text not null default 'standard',
    constraint suppliers_pkey primary key (id),
    constraint suppliers_tier_known check (tier in ('standard', 'premium', 'enterprise')),
    constraint suppliers_category_fkey foreign key (category) references wedsync_data.supplier_categories (category) on delete restrict,
    constraint suppliers_business_name_length check (length(business_name) between 1 and 200 and business_name ~ '\S')
);
create index suppliers_by_category on wedsync_data.suppliers (category);
comment on table wedsync_data.suppliers is 'Businesses that serve weddings. Users belong to a supplier through supplier_members.';
comment on column wedsync_data.suppliers.id is 'Supplier id.';
comment on column wedsync_data.suppliers.business_name is 'Name shown to couples, 1 to 200 characters.';
comment on column wedsync_data.suppliers.category is 'Trade.';
comment on column wedsync_data.suppliers.created_by is 'Who registered it.';
comment on column wedsync_data.suppliers.created_at is 'When.';
comment on column wedsync_data.suppliers.tier is 'standard, premium or enterprise; set by an administrator.';

create table wedsync_data.supplier_members (
    supplier_id uuid not null,
    user_id uuid not null,
    member_role text not null default 'staff',
    added_by uuid,
    added_at timestamptz not null default now(),
    constraint supplier_members_pkey primary key (supplier_id, user_id),
    constraint supplier_members_supplier_fkey foreign key (supplier_id) references wedsync_data.suppliers (id) on delete cascade,
    constraint supplier_members_role_known check (member_role in ('owner', 'manager', 'staff'))
);
create index supplier_members_by_user on wedsync_data.supplier_members (user_id, supplier_id);
comment on table wedsync_data.supplier_members is 'Members of suppliers.';
comment on column wedsync_data.supplier_members.supplier_id is 'The supplier.';
comment on column wedsync_data.supplier_members.user_id is 'The user.';
comment on column wedsync_data.supplier_members.member_role is 'owner and manager may add and remove members and request access; staff may read and write what is granted.';
comment on column wedsync_data.supplier_members.added_by is 'Who added the member.';
comment on column wedsync_data.supplier_members.added_at is 'When.';

insert into wedsync_data.supplier_categories (category, default_fields, description) values
('venue', '{basic,guest_numbers,timeline,people,ceremony,reception}', 'Ceremony or reception venue'),
('planner', '{standard}', 'Planner or coordinator business'),
('caterer', '{basic,guest_numbers,timeline,reception}', 'Caterer'),
('bar', '{basic,guest_numbers,timeline,reception}', 'Bar and drinks'),
('baker', '{basic,guest_numbers,reception}', 'Cakes and desserts'),
('photographer', '{basic,timeline,people,ceremony,reception}', 'Photographer'),
('videographer', '{basic,timeline,people,ceremony,reception}', 'Videographer'),
('content_creator', '{basic,timeline}', 'Content creator'),
('florist', '{basic,timeline,ceremony,reception}', 'Florist'),
('decor', '{basic,guest_numbers,timeline,ceremony,reception}', 'Decoration and lighting'),
('rentals', '{basic,guest_numbers,timeline,reception}', 'Rentals and tents'),
('dj', '{basic,guest_numbers,timeline,reception}', 'DJ'),
('band', '{basic,guest_numbers,timeline,reception}', 'Band'),
('ceremony_musicians', '{basic,timeline,ceremony}', 'Ceremony musicians'),
('mc', '{basic,timeline,people,reception}', 'Master of ceremonies'),
('officiant', '{basic,timeline,people,ceremony}', 'Officiant or celebrant'),
('hair', '{basic,timeline,people}', 'Hair'),
('make_up', '{basic,timeline,people}', 'Make-up'),
('attire', '{basic}', 'Attire'),
('jeweller', '{basic}', 'Jeweller'),
('stationery', '{basic,guest_numbers}', 'Stationery and calligraphy'),
('transport', '{basic,guest_numbers,timeline,people,ceremony,reception}', 'Transport'),
('accommodation', '{basic,guest_numbers}', 'Accommodation'),
('childcare', '{basic,guest_numbers,timeline}', 'Childcare'),
('security', '{basic,guest_numbers,timeline,ceremony,reception}', 'Security'),
('photo_booth', '{basic,guest_numbers,timeline,reception}', 'Photo booth'),
('fireworks', '{basic,timeline,reception}', 'Fireworks and effects'),
('favours', '{basic,guest_numbers}', 'Favours'),
('pet_care', '{basic,timeline}', 'Pet care'),
('registry', '{basic}', 'Gift registry'),
('insurance', '{basic}', 'Insurance'),
('other', '{basic}', 'Anything else');
