-- proves: C-29, C-48, F000-37, F000-39
-- Invitations: who may invite, what a token opens, once, and that every token which opens nothing answers alike.
begin;
select plan(122);
select tap.wedding('emma');
select tap.wedding('olivia');
select is(tap.admit('emma', 'james', 'partner'), null, 'a second partner accepts');
select is(tap.admit('emma', 'paula', 'planner'), null, 'so does a planner');
select tap.supplier('chef', 'emma', '{basic}');
select tap.supplier('baker', category => 'baker');
select tap.hire('chef', m.name, m.role) from (values ('maria', 'manager'), ('sam', 'staff')) as m (name, role);
create function pg_temp.invites(who text, call text) returns text language sql
as $$ select coalesce(tap.error(who, format('select wedsync.' || call, tap.couple('emma'), tap.firm('chef'))) ->> 'sqlstate', 'passes') $$;

select is(pg_temp.invites(i.who, i.call), i.state, format('%s: %s', i.who, i.call)) from (values
    ('james', 'invite_member(%L, ''friend'')', 'passes'), ('paula', 'invite_member(%L, ''friend'')', '42501'),
    ('chef', 'invite_member(%L, ''friend'')', 'PT404'),
    ('stranger', 'invite_member(%L, ''friend'')', 'PT404'), (null, 'invite_member(%L, ''friend'')', '42501'),
    ('emma', 'invite_member(%L, ''boss'')', '22023'), ('emma', 'invite_member(%L, null)', '22023'), ('emma', 'invite_member(null, ''friend'')', '22023'),
    ('emma', 'invite_member(%L, ''friend'', now() - interval ''1 second'')', '22023'),
    ('emma', 'invite_member(%L, ''friend'', now() + interval ''91 days'')', '22023'),
    ('emma', 'invite_member(%L, ''friend'', ''infinity'')', '22023'), ('emma', 'invite_member(gen_random_uuid(), ''friend'')', 'PT404'),
    ('james', 'invite_supplier(%L, ''baker'')', 'passes'), ('paula', 'invite_supplier(%L, ''baker'')', '42501'),
    ('chef', 'invite_supplier(%L, ''baker'')', 'PT404'),
    ('emma', 'invite_supplier(%L, ''astrologer'')', '22023'), ('emma', 'invite_supplier(%L, null)', '22023'),
    ('emma', 'invite_supplier(%L, ''baker'', %L)', 'PT404'),
    ('emma', 'invite_supplier(%L, ''baker'', gen_random_uuid())', 'PT404'), ('emma', 'invite_supplier(%L, ''baker'', business_name => '' '')', '22023'),
    ('emma', 'invite_supplier(%L, ''baker'', readable_fields => ''{nope}'')', 'PT422'),
    ('emma', 'invite_supplier(%L, ''baker'', readable_fields => ''{budget}'')', 'PT422'),
    ('emma', 'invite_supplier(%L, ''baker'', writable_fields => ''{budget.total}'')', 'PT422'),
    ('maria', 'invite_supplier_member(%2$L)', 'passes'), ('maria', 'invite_supplier_member(%2$L, ''owner'')', '42501'),
    ('sam', 'invite_supplier_member(%2$L)', '42501'),
    ('emma', 'invite_supplier_member(%2$L)', 'PT404'), ('chef', 'invite_supplier_member(%2$L, ''boss'')', '22023'),
    ('chef', 'invite_supplier_member(null)', '22023')
) as i (who, call, state);

-- what is kept, and what is told
create temporary table token on commit drop as
select tap.invitation('emma', format('invite_member(%L, ''family'')', tap.couple('emma'))) as family,
    tap.invitation(
        'emma',
        format(
            'invite_supplier(%L, ''florist'', business_name => ''Wild Stems'', readable_fields => ''{timeline}'', writable_fields => ''{ceremony}'')',
            tap.couple('emma')
        )
    ) as florist,
    tap.invitation('chef', format('invite_supplier_member(%L)', tap.firm('chef'))) as staff;
select matches(t.family, '^wsi_[0-9a-f]{64}$', 'a token is random') from token as t;
select is(
    (select count(*) from wedsync_data.invitations as i, token as t where to_jsonb(i)::text like '%' || right(t.family, 60) || '%'), 0::bigint,
    'and is not kept'
);
select is((select count(*) from wedsync_data.invitations as i, token as t where i.token_hash = sha256(t.family::bytea)), 1::bigint, 'its hash is');
select is(
    (select count(*) from wedsync_data.audit_log as l, token as t where to_jsonb(l)::text like '%' || right(t.family, 60) || '%'), 0::bigint, 'nor audited'
);
create function pg_temp.look(who text, token text) returns jsonb language sql as $$
    select tap.call(who, format('select wedsync.get_invitation(%L)', token))::jsonb - 'valid_until'
$$;
select is(pg_temp.look('fred', t.family), '{"kind": "member", "invited_by": "Emma", "wedding_role": "family"}', 'who invites, as what, and nothing more')
from token as t;
select is(pg_temp.look('fred', t.florist), '{"kind": "supplier", "invited_by": "Emma", "category": "florist", "business_name": "Wild Stems"}', 'a supplier')
from token as t;
select is(pg_temp.look('fred', t.staff), '{"kind": "supplier_member", "supplier": "Chef Ltd", "member_role": "staff"}', 'staff') from token as t;
select is(
    tap.error(null, format('select wedsync.%s(%L)', f.name, t.family), r.role) ->> 'sqlstate', '42501', format('%s without a person, as %s', f.name, r.role)
)
from token as t, (values ('get_invitation'), ('accept_invitation'), ('decline_invitation')) as f (name),
    (values ('anon'), ('authenticated'), ('service_role')) as r (role);

-- accepting, once
select is(
    tap.call('fred', format('select wedsync.accept_invitation(%L)', t.family))::jsonb,
    jsonb_build_object('kind', 'member', 'couple_id', tap.couple('emma'), 'wedding_role', 'family'), 'a relative accepts'
) from token as t;
select is(tap.call('fred', 'select role from wedsync.user_profiles'), 'family', 'and is a member');
select is((tap.call('flora', format('select wedsync.accept_invitation(%L)', t.florist))::jsonb) - '{supplier_id,couple_id}'::text[],
    '{"kind": "supplier", "status": "approved", "readable_fields": ["ceremony", "timeline"], "writable_fields": ["ceremony"], "requested_fields": []}',
    'a florist comes from nothing, with what was offered')
    from token as t;
select is(
    tap.call('flora', 'select s.business_name || s.category from wedsync.suppliers as s join wedsync.supplier_members as m on m.supplier_id = s.id'),
    'Wild Stemsflorist', 'as a new supplier with the name of the invitation'
);
select is(tap.call('flora', 'select count(*) from wedsync.core_fields'), '1', 'who sees the wedding');
select is(tap.accept_error('sid', t.staff), null, 'staff accepts') from token as t;
select is(tap.call('sid', 'select member_role from wedsync.supplier_members where user_id = ' || quote_literal(tap.id('sid'))), 'staff', 'and works there');

-- all that opens nothing answers alike
create temporary table dead on commit drop as select t.family as token, 'used' as why from token as t;
insert into dead select tap.invitation('emma', format('invite_member(%L, ''friend'')', tap.couple('emma'))), w.why
from (values ('declined'), ('revoked'), ('expired')) as w (why);
insert into dead values ('wsi_' || repeat('0', 64), 'unknown'), ('', 'empty'), (repeat('x', 100000), 'long');
grant select on dead to public;
select tap.call('frank', format('select wedsync.decline_invitation(%L)', d.token)) from dead as d where d.why = 'declined';
select tap.call('james', format('select wedsync.revoke_invitation(%L)', i.id)) from wedsync_data.invitations as i
join dead as d on i.token_hash = sha256(d.token::bytea) where d.why = 'revoked';
update wedsync_data.invitations as i set valid_until = now() from dead as d where i.token_hash = sha256(d.token::bytea) and d.why = 'expired';
select is(
    tap.error('frank', format('select wedsync.%s(%L)', f.name, d.token)) - 'message',
    '{"sqlstate": "PT404", "detail": {"parameter": "token", "rule": "the invitation must be open"}, "hint": "Ask for a new invitation."}',
    format('%s, %s', f.name, d.why)
) from dead as d, (values ('get_invitation'), ('accept_invitation'), ('decline_invitation')) as f (name);
select is((select count(*) from wedsync_data.wedding_members as m where m.user_id = tap.id('frank')), 0::bigint, 'nobody came in by these');
select is((select jsonb_object_agg(d.why, r ->> 'status') from tap.rows('james', 'select * from wedsync.invitations') as r
    join wedsync_data.invitations as i on i.id = (r ->> 'id')::uuid
    join dead as d on i.token_hash = sha256(d.token::bytea)), '{"used": "accepted", "declined": "declined", "revoked": "revoked", "expired": "expired"}',
    'the couple sees what became of them');

-- who made it must still be somebody who may
create temporary table old on commit drop as
select tap.invitation('james', format('invite_member(%L, ''partner'')', tap.couple('emma'))) as partner,
    tap.invitation('maria', format('invite_supplier_member(%L)', tap.firm('chef'))) as staff;
select tap.call('emma', format('select wedsync.remove_wedding_member(%L, %L)', tap.couple('emma'), tap.id('james')));
select tap.call('chef', format('select wedsync.remove_supplier_member(%L, %L)', tap.firm('chef'), tap.id('maria')));
select is(tap.accept_error(a.who, a.token), 'PT404', a.who || ' does not come back by an invitation from before')
from old as o, lateral (values ('james', o.partner), ('maria', o.staff), ('james', o.staff)) as a (who, token);

-- a removal is a later word, also for whoever keeps a second token; leaving by one's own will is none
create temporary table spare on commit drop as
select w.who, tap.invitation('emma', format('invite_member(%L, ''friend'')', tap.couple('emma'))) as friend,
    tap.invitation('chef', format('invite_supplier_member(%L)', tap.firm('chef'))) as staff
from (values ('ron'), ('lea')) as w (who);
select is(tap.admit('emma', s.who, 'planner'), null, s.who || ' comes in') from spare as s;
select tap.hire('chef', s.who, 'staff') from spare as s;
select tap.call(case s.who when 'lea' then 'lea' else 'emma' end, format('select wedsync.remove_wedding_member(%L, %L)', tap.couple('emma'), tap.id(s.who)))
from spare as s;
select tap.call(case s.who when 'lea' then 'lea' else 'chef' end, format('select wedsync.remove_supplier_member(%L, %L)', tap.firm('chef'), tap.id(s.who)))
from spare as s;
select is(tap.accept_error(s.who, t.token), case s.who when 'ron' then 'PT404' end, s.who || ': a second token from before, for ' || t.what)
from spare as s, lateral (values ('the wedding', s.friend), ('the supplier', s.staff)) as t (what, token);
select is(tap.admit('emma', 'ron', 'friend'), null, 'an invitation from after the removal holds');

-- suppliers
create function pg_temp.for_supplier(more text default '') returns text language sql as $$
    select tap.invitation('emma', format('invite_supplier(%L, ''baker''%s)', tap.couple('emma'), more))
$$;
select is(tap.accept_error('chef', pg_temp.for_supplier(), format(', supplier_id => %L', tap.firm('chef'))), '22023', 'a caterer is no baker');
select is(
    tap.accept_error('chef', pg_temp.for_supplier(), format(', supplier_id => %L', tap.firm('baker'))), 'PT404', 'nor accepts for somebody else''s supplier'
);
select is(tap.accept_error('sam', pg_temp.for_supplier(), format(', supplier_id => %L', tap.firm('chef'))), '42501', 'staff accepts nothing for its supplier');
select is(tap.accept_error('chef', pg_temp.for_supplier()), '22023', 'a new supplier needs a name');
select is(
    tap.accept_error('baker', pg_temp.for_supplier(format(', %L', tap.firm('baker'))), ', business_name => ''Other'''), '22023',
    'one that is named comes as itself'
);
select is(tap.accept_error('chef', pg_temp.for_supplier(format(', %L', tap.firm('baker')))), 'PT404', 'and no other');
select is(tap.accept_error('baker', pg_temp.for_supplier()), null, 'the only supplier of the trade needs no naming');
select is(
    tap.call('baker', 'select readable_fields from wedsync.core_fields_permissions'),
    (select array(select unnest(c.default_fields) order by 1)::text from wedsync_data.supplier_categories as c where c.category = 'baker'),
        'without fields it is what the trade needs'
);
select is(
    tap.accept_error('paula', tap.invitation('emma', format('invite_member(%L, ''partner'')', tap.couple('emma')))), 'PT409',
    'who is a member already does not come a second time'
);
select is((select m.wedding_role from wedsync_data.wedding_members as m where m.user_id = tap.id('paula')), 'planner', 'and keeps the role');

-- who sees and revokes
select is((select count(*) > 0 from tap.rows(w.who, 'select * from wedsync.invitations')), w.sees, w.who || ' sees invitations')
from (values ('emma', true), ('chef', true), ('paula', false), ('olivia', false), ('sam', false), ('flora', false), ('stranger', false)) as w (who, sees);
create temporary table made on commit drop as select (
    tap.call('emma', format('select wedsync.invite_member(%L, ''friend'') ->> ''id''', tap.couple('emma')))
)::uuid as id;
select is(tap.error(w.who, format('select wedsync.revoke_invitation(%L)', m.id)) ->> 'sqlstate', w.state, coalesce(w.who, 'nobody') || ' revokes')
from made as m, (values ('stranger', 'PT404'), ('olivia', 'PT404'), ('paula', '42501'), (null, '42501'), ('emma', null), ('emma', 'PT409')) as w (who, state);
select is(tap.error('emma', format('select wedsync.revoke_invitation(%s)', x.id)) ->> 'sqlstate', x.state, x.id)
from (values ('null', '22023'), ('gen_random_uuid()', 'PT404')) as x (id, state);

-- limits that an administrator sets
update wedsync_data.settings
set value = to_jsonb((select count(*) from wedsync_data.invitations as i where i.couple_id = tap.couple('emma') and i.state = 'open' and i.valid_until > now()))
where name = 'invitations_open';
select is(
    tap.error('emma', format('select wedsync.invite_member(%L, ''friend'')', tap.couple('emma'))) -> 'detail' ->> 'rule', 'too many open invitations',
    'so many open invitations and no more'
);
update wedsync_data.settings set value = '1000' where name = 'invitations_open';
update wedsync_data.rate_limits set max_requests = 3 where endpoint in ('invite', 'invitation-answer');
delete from wedsync_data.rate_usage;
select is(tap.call('emma', format('select wedsync.invite_member(%L, ''friend'') ->> ''kind''', tap.couple('emma'))), null, 'one of three')
from generate_series(1, 3);
select is(tap.error('emma', format('select wedsync.invite_member(%L, ''friend'')', tap.couple('emma'))) ->> 'sqlstate', 'PGRST', 'then later');
select is((tap.call('emma', format('select wedsync.verify_audit_chain(%L)', tap.couple('emma')))::jsonb) -> 'valid', 'true', 'the chain holds');
-- a refusal is a later word
update wedsync_data.rate_limits set max_requests = null;
select tap.supplier('dj', 'olivia', '{basic}', category => 'dj');
create temporary table early on commit drop as select tap.invitation('olivia', format('invite_supplier(%L, ''dj'')', tap.couple('olivia'))) as token;
select tap.call('olivia', format('select wedsync.revoke_access(%L, %L)', tap.couple('olivia'), tap.firm('dj')));
select is(tap.accept_error('dj', e.token), 'PT404', 'an invitation from before does not undo a revocation') from early as e;
select tap.call('olivia', format('select wedsync.grant_access(%L, %L, ''{wedding.date}'')', tap.couple('olivia'), tap.firm('dj')));
select is(tap.accept_error('dj', e.token), 'PT404', 'nor when less was given again since') from early as e;
select is(tap.call('dj', 'select readable_fields from wedsync.core_fields_permissions'), '{wedding.date}', 'which is what there is') from early as e;
select is(tap.welcome('olivia', 'dj', '{basic}') ->> 'status', 'approved', 'one from after it does');
select * from finish();
rollback;
