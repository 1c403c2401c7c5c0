-- proves: F000-25, C-03
-- Somebody who works for two suppliers acts for the one whose grant is in force, not for one whose grant was revoked or has run out.
begin;
select plan(2);
select tap.wedding('emma');
select tap.supplier(s.name, 'emma', '{basic}', s.writable)
from (values ('revoked', '{guest_numbers}'::text[]), ('ended', '{guest_numbers}'), ('present', '{}')) as s (name, writable);
select tap.hire(s.name, 'sam', 'staff') from (values ('revoked'), ('ended'), ('present')) as s (name);
select tap.call('emma', format('select wedsync.revoke_access(%L, %L)', tap.couple('emma'), tap.firm('revoked')));
update wedsync_data.grants as g set valid_from = now() - interval '2 days', valid_until = now() - interval '1 day' where g.grantee_id = tap.firm('ended');
select tap.call('emma', format('select wedsync.grant_access(%L, %L, ''{basic}'', ''{wedding.style}'')', tap.couple('emma'), tap.firm('present')));
select tap.patch('sam', 'emma', '{"wedding_style": ["boho"]}');
select is(
    (
        select concat_ws(' ', l.actor_type, l.actor_id, l.supplier_id) from wedsync_data.audit_log as l where l.couple_id = tap.couple('emma')
        order by l.id desc limit 1
    ),
    concat_ws(' ', 'supplier', tap.id('sam'), tap.firm('present')), 'audited for the supplier that may'
);
select is(
    (select e.supplier_id from wedsync_data.events as e where e.couple_id = tap.couple('emma') order by e.seq desc limit 1), tap.firm('present'),
    'and announced for it'
);
select * from finish();
rollback;
