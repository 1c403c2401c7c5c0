create or replace function wedsync_internal.build_rows_view(record_name text)
returns void
language plpgsql
volatile
as $generator$
declare
    record wedsync_data.record_catalog;
    withheld constant text := record_name || '_withheld';
    columns record;
begin
    select r.* into record from wedsync_data.record_catalog as r where r.record_name = build_rows_view.record_name;
    if not exists (
        select from pg_catalog.pg_attribute as a where a.attrelid = 'wedsync_data.visibility_masks'::regclass and a.attname = withheld
    ) then
        execute format('alter table wedsync_data.visibility_masks add column %I text[]', withheld);
        execute format(
            'comment on column wedsync_data.visibility_masks.%I is %L', withheld, 'Paths of the hidden fields of ' || record.record_name || ', in the order of the catalogue.'
        );
    end if;
    perform wedsync_internal.refresh_visibility_masks();
    select
        string_agg(format(E',\n    case when m.shows[%s] then e.%2$I end as %2$I', f.right_no, f.column_name), '' order by a.attnum) as masked,
        string_agg(format(', %I', f.column_name), '' order by a.attnum) as names,
        string_agg(format(
            E'comment on column wedsync.%I.%I is %L;\n', record.record_name, f.column_name, pg_catalog.col_description(a.attrelid, a.attnum)
        ), '' order by a.attnum) as comments,
        string_agg(distinct format('m.shows[%s]', f.right_no), ' or ') as any_shown,
        bit_or(pg_catalog.set_bit(repeat('0', 128)::bit(128), f.right_no, 1)) as rights
    into columns
    from wedsync_data.field_catalog as f
    join pg_catalog.pg_attribute as a on a.attrelid = format('wedsync_data.%I', record.record_name)::regclass and a.attname = f.column_name
    where f.table_name = record.record_name;
    -- Version, author and time of a row also tell of changes of its hidden fields: they show to who sees all of them. New columns come last, as in the table.
    execute format($f$
create or replace view wedsync.%1$I
with (security_barrier = true, security_invoker = false) as
select
    e.couple_id,
    e.id,
    case when m.%2$I = '{}' then e.version_number end as version_number,
    case when m.%2$I = '{}' then e.last_updated_by end as last_updated_by,
    e.created_at,
    case when m.%2$I = '{}' then e.updated_at end as updated_at,
    m.%2$I as withheld_fields%3$s
from wedsync_data.reach as r
join wedsync_data.visibility_masks as m on m.id = r.mask_id
join wedsync_data.%1$I as e on e.couple_id = r.couple_id
where r.user_id = (select wedsync_internal.reader()) and r.valid_from <= now() and r.valid_until > now() and (%4$s)
    -- known before the table is looked at: the time that a read takes does not tell how many rows are hidden
    and r.readable & %8$L::bit(128) <> repeat('0', 128)::bit(128)
    -- The pack's functions log their reads themselves. The joins and what is shown stand here again, because a plan may evaluate them later.
    and case when r.by_grant and current_user <> 'wedsync_owner' and e.couple_id = r.couple_id and m.id = r.mask_id and (%4$s)
        then wedsync_internal.log_view_read(e.couple_id, %1$L) else true end;
comment on view wedsync.%1$I is %5$L;
comment on column wedsync.%1$I.couple_id is 'The wedding.';
comment on column wedsync.%1$I.id is 'Id of the row.';
comment on column wedsync.%1$I.version_number is 'Version of the wedding''s record when the row last changed; null where fields are withheld.';
comment on column wedsync.%1$I.last_updated_by is 'User who last changed the row, null for the system; null where fields are withheld.';
comment on column wedsync.%1$I.created_at is 'When the row was created.';
comment on column wedsync.%1$I.updated_at is 'When the row last changed; null where fields are withheld.';
comment on column wedsync.%1$I.withheld_fields is 'Paths hidden from the caller, to distinguish hidden from empty.';
%6$s
revoke all on wedsync.%1$I from public, authenticated;
-- no DELETE, and UPDATE by column: with the right to either on the view as a whole a session could lock the tables behind it for everybody
grant select, insert (couple_id, id, version_number, last_updated_by, created_at, updated_at, withheld_fields%7$s),
    update (couple_id, id, version_number, last_updated_by, created_at, updated_at, withheld_fields%7$s) on wedsync.%1$I to authenticated;
grant select, insert, update, delete on wedsync.%1$I to service_role, wedsync_admin;
$f$,
        record.record_name, withheld, columns.masked, columns.any_shown, record.description, columns.comments, columns.names,
        columns.rights
    );
end
$generator$;
comment on function wedsync_internal.build_rows_view(text) is 'Generates the masked view of a record of rows, with its comments and grants.';
revoke all on function wedsync_internal.build_rows_view(text) from public;
