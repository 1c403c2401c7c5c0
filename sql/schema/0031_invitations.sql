create table wedsync_data.invitations (
    id uuid not null default gen_random_uuid(),
    couple_id uuid,
    supplier_id uuid,
    kind text not null,
    wedding_role text,
    member_role text,
    category text,
    business_name text,
    readable_fields text[] not null default '{}',
    writable_fields text[] not null default '{}',
    token_hash bytea not null,
    invited_by uuid,
    by_server boolean not null,
    created_at timestamptz not null default clock_timestamp(),
    valid_until timestamptz not null,
    state text not null default 'open',
    answered_by uuid,
    answered_at timestamptz,
    constraint invitations_pkey primary key (id),
    constraint invitations_token_key unique (token_hash),
    constraint invitations_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint invitations_supplier_fkey foreign key (supplier_id) references wedsync_data.suppliers (id) on delete cascade,
    constraint invitations_role_fkey foreign key (wedding_role) references wedsync_data.wedding_roles (wedding_role) on delete restrict,
    constraint invitations_category_fkey foreign key (category) references wedsync_data.supplier_categories (category) on delete restrict,
    constraint invitations_state_known check (state in ('open', 'accepted', 'declined', 'revoked')),
    constraint invitations_kind_complete check (
        case kind
            when 'member' then couple_id is not null and wedding_role is not null and num_nonnulls(supplier_id, member_role, category, business_name) = 0
            when 'supplier' then couple_id is not null and category is not null and num_nonnulls(wedding_role, member_role) = 0
            when 'supplier_member' then supplier_id is not null and member_role in ('owner', 'manager', 'staff')
                and num_nonnulls(couple_id, wedding_role, category, business_name) = 0
            else false
        end
    ),
    constraint invitations_business_name_length check (length(business_name) between 1 and 200 and business_name ~ '\S')
);
create index invitations_by_couple on wedsync_data.invitations (couple_id, created_at);
create index invitations_by_supplier on wedsync_data.invitations (supplier_id, created_at);
create index invitations_by_role on wedsync_data.invitations (wedding_role);
create index invitations_by_category on wedsync_data.invitations (category);
comment on table wedsync_data.invitations is 'Invitations: a signed-in user with the token becomes a member of a wedding, its supplier, or a member of a supplier. Used once. Only hashes of tokens are stored.';
comment on column wedsync_data.invitations.id is 'Invitation id; it grants nothing.';
comment on column wedsync_data.invitations.couple_id is 'The inviting wedding; null for kind supplier_member.';
comment on column wedsync_data.invitations.supplier_id is 'For kind supplier the invited supplier, null for any of the category; for kind supplier_member the inviting supplier.';
comment on column wedsync_data.invitations.kind is 'member, supplier or supplier_member.';
comment on column wedsync_data.invitations.wedding_role is 'Role at the wedding, for kind member.';
comment on column wedsync_data.invitations.member_role is 'owner, manager or staff, for kind supplier_member.';
comment on column wedsync_data.invitations.category is 'Category, for kind supplier.';
comment on column wedsync_data.invitations.business_name is 'Name of a supplier that is not registered yet, for kind supplier.';
comment on column wedsync_data.invitations.readable_fields is 'Names granted on acceptance, for kind supplier.';
comment on column wedsync_data.invitations.writable_fields is 'Names granted for writing.';
comment on column wedsync_data.invitations.token_hash is 'SHA-256 of the token. It has 244 random bits, so a plain hash is enough.';
comment on column wedsync_data.invitations.invited_by is 'Who invited; the invitation is valid only while that user may invite.';
comment on column wedsync_data.invitations.by_server is 'Created by a trusted server role.';
comment on column wedsync_data.invitations.created_at is 'When created.';
comment on column wedsync_data.invitations.valid_until is 'Not valid from this moment on.';
comment on column wedsync_data.invitations.state is 'open, accepted, declined or revoked.';
comment on column wedsync_data.invitations.answered_by is 'Who accepted, declined or revoked.';
comment on column wedsync_data.invitations.answered_at is 'When.';

insert into wedsync_data.assurance_rules (operation, tier) values
('invite_member', 'enterprise'),
('invite_supplier', 'enterprise'),
('invite_supplier_member', 'enterprise');
insert into wedsync_data.settings (name, value, description) values
('invitations_open', '50', 'Most open invitations of one wedding, or of one supplier'),
('invitation_days', '14', 'Days that an invitation is valid by default');
