create table wedsync_data.assurance_rules (
    operation text not null,
    tier text not null,
    required_aal text not null default 'aal2',
    constraint assurance_rules_pkey primary key (operation, tier),
    constraint assurance_rules_tier_known check (tier in ('standard', 'premium', 'enterprise')),
    constraint assurance_rules_aal_known check (required_aal in ('aal2', 'aal3'))
);
comment on table wedsync_data.assurance_rules is 'Operations that require a second factor, by tier of the wedding or supplier. Operations without a row require none.';
comment on column wedsync_data.assurance_rules.operation is 'Name of the API function.';
comment on column wedsync_data.assurance_rules.tier is 'standard, premium or enterprise.';
comment on column wedsync_data.assurance_rules.required_aal is 'Minimum assurance level, as in the aal claim.';

insert into wedsync_data.assurance_rules (operation, tier) values
('grant_access', 'enterprise'),
('approve_access', 'enterprise'),
('grant_member_access', 'enterprise'),
('add_wedding_member', 'enterprise'),
('remove_wedding_member', 'enterprise'),
('add_supplier_member', 'enterprise'),
('remove_supplier_member', 'enterprise'),
('revert_change', 'enterprise');
