-- proves: F000-35, F000-37, C-63
-- Revoking a field takes exactly its leaves, whatever granted name covers them: the wider grant is replaced by names for the rest of it.
begin;
select plan(21);
select tap.wedding('emma');
select tap.supplier('chef');
create function pg_temp.grant(readable text, writable text default '{}') returns void language sql
as $$ select tap.call('emma', format('select wedsync.grant_access(%L, %L, %L, %L)', tap.couple('emma'), tap.firm('chef'), readable, writable)) $$;
create function pg_temp.masks(out readable bit(128), out writable bit(128)) language sql
as $$
    select coalesce(bit_or(g.readable), repeat('0', 128)::bit(128)), coalesce(bit_or(g.writable), repeat('0', 128)::bit(128)) from wedsync_data.grants as g
    where g.grantee_id = tap.firm('chef') and g.state = 'approved'
$$;
create function pg_temp.revoke(fields text) returns text language sql
as $$ select tap.error('emma', format('select wedsync.revoke_access(%L, %L, %L)', tap.couple('emma'), tap.firm('chef'), fields)) ->> 'sqlstate' $$;
-- readable and writable afterwards are those of before without the leaves of the names: null when so
create function pg_temp.wrong(readable text, writable text, fields text) returns text language plpgsql as $$
declare
    before record;
    after record;
    cut bit(128) := wedsync_internal.names_mask(fields::text[]);
begin
    perform pg_temp.grant(readable, writable);
    before := pg_temp.masks();
    if pg_temp.revoke(fields) is not null then
        return 'refused';
    end if;
    after := pg_temp.masks();
    return case
    when after.readable <> before.readable & ~ cut then 'reads ' || array_to_string(
        wedsync_internal.mask_paths(after.readable # (before.readable & ~ cut)), ','
    )
        when after.writable <> before.writable & ~ cut then 'writes ' || array_to_string(
            wedsync_internal.mask_paths(after.writable # (before.writable & ~ cut)), ','
        ) end;
end
$$;
select is(pg_temp.wrong(c.readable, c.writable, c.fields), null, format('%s and %s without %s', c.readable, c.writable, c.fields)) from (values
    ('{guest_numbers}', '{}', '{wedding.guestCount.adults}'), ('{guest_count}', '{}', '{wedding.guestCount.adults}'),
    ('{basic}', '{guest_numbers}', '{wedding.guestCount.adults}'),
    ('{full}', '{basic}', '{wedding.date,partner1_email}'), ('{everything}', '{everything}', '{timeline}'), ('{standard,timeline}', '{timeline}', '{timeline}'),
    ('{basic}', '{}', '{basic}'), ('{wedding.date}', '{}', '{basic}'), ('{key_moments}', '{key_moments}', '{timeline.keyMoments.name}'),
    ('{ceremony_venue}', '{}', '{wedding.ceremonyVenue.name}')
) as c (readable, writable, fields);
select is_empty(
    $$ select n.name from wedsync_data.field_names as n
    where n.kind in ('group', 'level') and n.mask & ~ wedsync_internal.names_mask('{class:budget,class:couple_private}') <> repeat('0', 128)::bit(128)
    and pg_temp.wrong('{everything}', '{standard}', array[n.name]::text) is not null $$, 'every group and level is taken out of everything'
);
select pg_temp.grant('{guest_numbers}');
select is(pg_temp.revoke('{wedding.guestCount.adults}'), null, 'a leaf of a group');
select is(tap.call('chef', 'select guest_count ? ''adults'' from wedsync.core_fields'), 'false', 'is gone from sight');
select is(pg_temp.revoke('{wedding.guestCount.adults}'), 'PT409', 'once');
select is(pg_temp.revoke('{budget,nope}'), 'PT409', 'what is not granted cannot be revoked');
select is(
    tap.error(
        'emma', format('select wedsync.revoke_access(%L, %L, array_fill(''timeline''::text, array[129]))', tap.couple('emma'), tap.firm('chef'))
    ) ->> 'sqlstate', 'PT413', 'more names than there are kinds of'
);
select is(
    length(
        tap.error(
            'emma', format('select wedsync.grant_access(%L, %L, array[repeat(''x'', 1000000)])', tap.couple('emma'), tap.firm('chef'))
        ) #>> '{detail,problems,0,path}'
    ), 200, 'a name of a megabyte is not repeated'
);
-- limits in time stay with what is left, and what waits goes on waiting
select pg_temp.grant('{guest_numbers}', '{guest_numbers}');
update wedsync_data.grants as g set valid_until = now() + interval '1 day' where g.state = 'approved';
select tap.call('chef', format('select wedsync.request_access(%L, %L, ''{full}'')', tap.couple('emma'), tap.firm('chef')));
select is(pg_temp.revoke('{wedding.guestCount.adults}'), null, 'a leaf of a grant that ends');
select is(
    (select array_agg(distinct (g.valid_until - now())::text || ' ' || g.can_write) from wedsync_data.grants as g where g.state = 'approved'),
    '{"1 day true"}'::text[], 'the rest ends with it'
);
select is((select array_agg(g.field_name) from wedsync_data.grants as g where g.state = 'pending'), '{full}'::text[], 'a request is no grant');
select is((tap.call('emma', format('select wedsync.verify_audit_chain(%L)', tap.couple('emma')))::jsonb) -> 'valid', 'true', 'the chain holds');
select * from finish();
rollback;
