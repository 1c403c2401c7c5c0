-- proves: F000-52, F000-53, F000-68, F002-02, F002-03, F002-16
-- The frames of one change: the broadcast in the envelope of the source, the row change as stock clients decode it.
begin;
select plan(28);
select tap.wedding('emma');
select tap.supplier('chef', 'emma', '{basic}', '{basic}');
select tap.listen(w.who, 'core_fields_' || tap.couple('emma')) from (values ('emma'), ('chef')) as w (who);
select tap.forget();
select tap.patch('chef', 'emma', '{"partner1_name": "Em", "guest_count": {"adults": 12}}');
create temporary table heard on commit drop as
select w.who, h.* from (values ('emma'), ('chef')) as w (who), lateral tap.heard(w.who, 'core_fields_' || tap.couple('emma')) with ordinality as h;
select is(
    (select array_agg(h.kind order by h.ordinality) from heard as h where h.who = w.who), '{broadcast,postgres_changes}'::text[],
    w.who || ': first the broadcast, then the row'
) from (values ('emma'), ('chef')) as w (who);
create temporary table told on commit drop as select h.payload as v from heard as h where h.who = 'emma' and h.kind = 'broadcast';
select is((select array_agg(k order by k) from told, jsonb_object_keys(v) as k), '{event,meta,payload,type}'::text[], 'a Phoenix broadcast');
select is((select v -> 'type' from told), '"broadcast"', 'type');
select is((select v -> 'event' from told), '"core_fields_updated"', 'event');
select is(
    (select v #>> '{meta,id}' from told),
    (select concat(e.couple_id, ':', e.seq) from wedsync_data.events as e where e.couple_id = tap.couple('emma') order by e.seq desc limit 1),
    'an id that is the same for everybody'
);
select is(
    (select array_agg(k order by k) from told, jsonb_object_keys(v -> 'payload') as k),
    '{couple_id,data,metadata,server_timestamp,timestamp,type,updatedBy}'::text[], 'the envelope of the source'
);
select is((select v #> '{payload,data}' from told), '{"couple.partner1.name": "Em", "wedding.guestCount.total": 12, "wedding.guestCount.adults": 12}', 'data');
select is((select v #> '{payload,updatedBy}' from told), '"supplier"', 'updatedBy');
select is((select v #> '{payload,couple_id}' from told), to_jsonb(tap.couple('emma')), 'couple_id');
select is(
    (select (v #> '{payload,metadata}') - '{seq,version,changed}'::text[] from told),
    jsonb_build_object('table', 'core_fields', 'operation', 'UPDATE', 'updatedById', tap.id('chef'), 'supplierId', tap.firm('chef')), 'metadata'
);
select is(
    (select (v #>> '{payload,metadata,seq}')::bigint from told), (select h.seq from heard as h where h.who = 'emma' and h.kind = 'broadcast'),
    'with the sequence number of the wedding'
);
create temporary table row_told on commit drop as select h.payload as v from heard as h where h.who = 'emma' and h.kind = 'postgres_changes';
select is(
    (select array_agg(k order by k) from row_told, jsonb_object_keys(v -> 'data') as k),
    '{columns,commit_timestamp,errors,old_record,record,schema,table,type}'::text[], 'the data of a row change'
);
select is((select v #> '{data,errors}' from row_told), 'null', 'errors is null');
select is(
    (select concat_ws('.', v #>> '{data,schema}', v #>> '{data,table}', v #>> '{data,type}') from row_told), 'wedsync.core_fields.UPDATE',
    'schema, table and type'
);
select ok((select v #>> '{data,commit_timestamp}' ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$' from row_told), 'a time as clients parse it');
select is((select v #> '{data,columns}' from row_told), wedsync_internal.published_columns('core_fields'), 'columns with their types');
select is_empty(
    'select k from row_told, jsonb_object_keys(v #> ''{data,record}'') as k except select c.v ->> ''name'' from '
    'jsonb_array_elements(wedsync_internal.published_columns(''core_fields'')) as c (v)',
    'a record has no column beyond them'
);
select ok((select jsonb_array_length(v -> 'ids') = 1 and (v #>> '{ids,0}')::bigint > 0 from row_told), 'ids');
select is((select v #> '{data,old_record,guest_count,adults}' from row_told), 'null', 'before, there was no number of adults');
select is((select v #>> '{data,old_record,partner1_name}' from row_told), 'Emma', 'but a name');
select is_empty($$
    select c.oid::regclass from pg_catalog.pg_class as c
    where c.relnamespace = 'wedsync_data'::regnamespace and c.relkind in ('r', 'p') and c.relreplident <> 'd'
$$, 'which takes no replica identity: whole old rows are in nobody''s stream of the log');
select is(
    (select h.payload #> '{data,record,withheld_fields}' from heard as h where h.who = 'chef' and h.kind = 'postgres_changes') ? 'budget.total', true,
    'the supplier is told which fields are withheld'
);
select is(
    (select h.payload #> '{data,record,budget_total}' from heard as h where h.who = 'chef' and h.kind = 'postgres_changes'), 'null', 'and sees null there'
);

-- lists: an element is a change of the record
select tap.forget();
select tap.call(
    'emma',
    format('select wedsync.add_list_element(%L, ''key_moments'', ''{"name": "Cake", "time": "18:00", "description": "three tiers"}'')', tap.couple('emma'))
);
select is(
    (select r ->> 'type' || ' ' || (r ->> 'table') from tap.rows_heard('chef', 'core_fields_' || tap.couple('emma')) as r), 'UPDATE core_fields',
    'an element that is added updates the record'
);
select is(
    (select (r #> '{record,key_moments,0}') - 'id' from tap.rows_heard('emma', 'core_fields_' || tap.couple('emma')) as r) ->> 'description', 'three tiers',
    'the couple sees all of it'
);
select ok(
    (
        select r #> '{record,key_moments,0}' ->> 'name' = 'Cake' and not r #> '{record,key_moments,0}' ? 'description'
        from tap.rows_heard('chef', 'core_fields_' || tap.couple('emma')) as r
    ), 'the supplier the keys that it may see'
);
select is_empty(
    'select h.payload from tap.heard(''chef'', ''core_fields_'' || tap.couple(''emma'')) as h where h.payload::text like ''%three tiers%''',
    'and nowhere a trace of the others'
);
select * from finish();
rollback;
