-- proves: C-48, F003-68
-- Keys of tenant tables lead with the wedding, so that it can be moved to another database as it is: nothing in them was counted here, by a sequence.
begin;
select plan(8);
create temporary table exceptions (key_name text, reason text) on commit drop;
insert into exceptions values
('core_fields_id_key', 'a record''s own id: a uuid, by which PostgREST finds it'),
('access_log_pkey', 'the number orders the entries of a moment, which is in the key'),
('invitations_pkey', 'an invitation of a supplier''s people has no wedding; a uuid'),
('deliveries_pkey', 'the key at the receiver; not every delivery is about a wedding'),
('deliveries_once', 'a device or endpoint does not belong to one wedding; uuids'),
('webhook_endpoints_pkey', 'those of suppliers have no wedding; a uuid'),
('invitations_token_key', 'whoever holds a token does not know the wedding; 244 random bits'),
('websites_slug_key', 'the address of a page is read by who does not know the wedding'),
('rsvp_codes_hash_key', 'nor does who holds the code of an invitation; 80 random bits');

-- what is not logged belongs to the processes of this database; a wedding is its own key
create temporary view tenant_tables as
select c.oid, c.relname
from pg_catalog.pg_class as c
where c.relnamespace = 'wedsync_data'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence = 'p'
    and exists (select from pg_catalog.pg_attribute as a where a.attrelid = c.oid and a.attname = 'couple_id' and not a.attisdropped);
create temporary view tenant_keys as
select
    t.relname as table_name, k.relname as key_name, i.indisprimary as is_primary, a.attname as leading,
    exists (
        select from pg_catalog.pg_attribute as n
        where n.attrelid = t.oid and n.attidentity <> '' and n.attnum = any ((i.indkey::smallint[])[0:i.indnkeyatts - 1])
    ) as is_counted
from tenant_tables as t
join pg_catalog.pg_index as i on i.indrelid = t.oid and i.indisunique
join pg_catalog.pg_class as k on k.oid = i.indexrelid
join pg_catalog.pg_attribute as a on a.attrelid = t.oid and a.attnum = i.indkey[0];
create temporary view offenders as
select k.table_name || ': ' || k.key_name as what
from tenant_keys as k
where (k.leading <> 'couple_id' or k.is_counted) and not exists (select from exceptions as e where e.key_name = k.key_name)
union all
select t.relname || ': no primary key' from tenant_tables as t
where not exists (select from tenant_keys as k where k.table_name = t.relname and k.is_primary)
union all
select t.relname || ': ' || f.conname
from tenant_tables as t
join pg_catalog.pg_constraint as f on f.contype = 'f' and f.conrelid = t.oid and f.conparentid = 0
join tenant_tables as r on r.oid = f.confrelid
join pg_catalog.pg_attribute as a on a.attrelid = t.oid and a.attnum = f.conkey[1]
where a.attname <> 'couple_id'
order by 1;

select is_empty('select what collate "default" from offenders order by 1', 'keys and references of tenant tables lead with couple_id');
select cmp_ok((select count(*) from tenant_tables), '>=', 18::bigint, 'control: tables were looked at');
select is(
    (
        select array_agg(e.key_name) from exceptions as e
        where not exists (select from tenant_keys as k where k.key_name = e.key_name and (k.leading <> 'couple_id' or k.is_counted))
    ),
    null, 'every exception is needed'
);
select ok(
    (select bool_and(k.leading = 'couple_id') from tenant_keys as k where k.table_name = t.name), t.name || ' leads with the wedding'
) from (values ('grants'), ('audit_log'), ('notifications'), ('session_tokens')) as t (name);

create table wedsync_data.gifts (
    couple_id uuid, id bigint generated always as identity, code text unique, place integer, primary key (couple_id, id), unique (couple_id, place)
);
create table wedsync_data.gift_cards (
    couple_id uuid, place integer, primary key (couple_id, place), unique (place, couple_id),
    constraint gift_cards_gift foreign key (place, couple_id) references wedsync_data.gifts (place, couple_id)
);
create table wedsync_data.gift_notes (couple_id uuid, note text);
create unlogged table wedsync_data.gift_rumours (id integer primary key, couple_id uuid);
select results_eq(
    'select what collate "default" from offenders order by 1',
    array[
        'gift_cards: gift_cards_gift', 'gift_cards: gift_cards_place_couple_id_key', 'gift_notes: no primary key', 'gifts: gifts_code_key', 'gifts: gifts_pkey'
    ],
    'the rule finds keys, references and numbers that would not survive a move'
);
select * from finish();
rollback;
