create or replace function wedsync_internal.documents_shared_are_told()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    shared jsonb;
    told record;
begin
    if tg_op = 'INSERT' then
        select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('couple', a.couple_id, 'id', a.id, 'title', a.title, 'suppliers', a.supplier_ids)) into shared
        from after_rows as a
        where a.supplier_ids <> '{}' and a.uploaded_by_supplier is null;
    else
        select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('couple', a.couple_id, 'id', a.id, 'title', a.title, 'suppliers', n.ids)) into shared
        from after_rows as a
        join before_rows as b on b.couple_id = a.couple_id and b.id = a.id
        cross join lateral (
            select array(select u.id from unnest(a.supplier_ids) as u (id) where u.id <> all (b.supplier_ids) or a.revision <> b.revision) as ids
        ) as n
        where n.ids <> '{}';
    end if;
    for told in
        select (s.v ->> 'couple')::uuid as couple_id, u.id::uuid as supplier_id, min(s.v ->> 'title') as title, count(*) as n, min(s.v ->> 'id') as first_id
        from pg_catalog.jsonb_array_elements(shared) as s (v)
        cross join lateral pg_catalog.jsonb_array_elements_text(s.v -> 'suppliers') as u (id)
        group by 1, 2
        order by 1, 2
    loop
        perform wedsync_internal.notify(
            told.couple_id, 'document_shared',
            pg_catalog.jsonb_build_object('title', told.title || case when told.n > 1 then format(' (+%s)', told.n - 1) else '' end, 'document_id', told.first_id),
            pg_catalog.jsonb_build_object('suppliers', array[told.supplier_id])
        );
    end loop;
    return null;
end
$$;
comment on function wedsync_internal.documents_shared_are_told() is
'Tells suppliers about documents that are shared with them from now on, and about new versions. One notification for each supplier and statement.';
revoke all on function wedsync_internal.documents_shared_are_told() from public;

create or replace trigger suppliers_told_of_inserted after insert on wedsync_data.documents
referencing new table as after_rows for each statement execute function wedsync_internal.documents_shared_are_told();
comment on trigger suppliers_told_of_inserted on wedsync_data.documents is 'Tells suppliers of shared documents.';
create or replace trigger suppliers_told_of_updated after update on wedsync_data.documents
referencing old table as before_rows new table as after_rows for each statement execute function wedsync_internal.documents_shared_are_told();
comment on trigger suppliers_told_of_updated on wedsync_data.documents is 'Tells suppliers of newly shared documents and new versions.';
