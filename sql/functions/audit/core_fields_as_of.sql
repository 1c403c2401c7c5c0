create or replace function wedsync.core_fields_as_of(couple_id uuid, at timestamptz)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    readable bit(128);
    columns jsonb;
    lists jsonb;
    last record;
begin
    perform wedsync_internal.enforce_rate_limit('core-fields-read');
    perform wedsync_internal.require_given('{couple_id,at}', array[couple_id is not null, at is not null]);
    readable := wedsync_internal.authorize_history(couple_id, 'core_fields_as_of');
    select l.version_after, l.changed_at, l.actor_id into last
    from wedsync_data.audit_log as l
    where l.couple_id = core_fields_as_of.couple_id and l.changed_at <= at and get_bit(readable, l.right_no) = 1 and l.change_type <> 'rekey'
    order by l.chain_no desc, l.id desc limit 1;
    -- the record exists even if none of its readable fields was ever set
    if last.version_after is null and not exists (
        select from wedsync_data.audit_log as l where l.couple_id = core_fields_as_of.couple_id and l.changed_at <= at and l.right_no is not null
    ) then
        perform wedsync_internal.fail('not_found', '{"rule": "a time at which a record visible to you existed"}');
    end if;

    -- the newest value of every field up to that time
    with newest as (
        select distinct on (l.path) l.path, l.right_no, l.element_id, l.change_type, l.new_value
        from wedsync_data.audit_log as l
        where l.couple_id = core_fields_as_of.couple_id and l.changed_at <= at and get_bit(readable, l.right_no) = 1
        order by l.path, l.chain_no desc, l.id desc
    ),
    plain as (
        select c.column_name, c.json_key, c.data_type, n.new_value
        from wedsync_data.field_catalog as c
        join wedsync_data.record_catalog as r on r.record_name = c.table_name and r.shape = 'document'
        left join newest as n on n.path = c.path
        where c.storage <> 'element' and get_bit(readable, c.right_no) = 1
    )
    select pg_catalog.jsonb_object_agg(p.column_name, p.value) into columns
    from (
        select
            p.column_name,
            case when bool_or(p.json_key is not null)
                then coalesce(pg_catalog.jsonb_object_agg(coalesce(p.json_key, ''), p.new_value) filter (where p.json_key is not null and p.new_value is not null), '{}')
                when bool_or(p.data_type in ('text_set', 'color_set')) then coalesce((array_agg(p.new_value))[1], '[]')
                else (array_agg(p.new_value))[1]
            end as value
        from plain as p group by p.column_name
    ) as p;

    with newest as (
        select distinct on (l.path) l.path, l.table_name, l.right_no, l.element_id, l.change_type, l.new_value
        from wedsync_data.audit_log as l
        join wedsync_data.record_catalog as r on r.record_name = l.table_name and r.shape = 'list'
        where l.couple_id = core_fields_as_of.couple_id and l.changed_at <= at and l.element_id is not null and get_bit(readable, l.right_no) = 1
        order by l.path, l.chain_no desc, l.id desc
    ),
    elements as (
        select
            n.table_name,
            pg_catalog.jsonb_build_object('id', n.element_id)
                || pg_catalog.jsonb_object_agg(regexp_replace(n.path, '^.*/', ''), n.new_value) - 'order_key' as element,
            max(n.new_value #>> '{}') filter (where n.path like '%/order_key') as order_key
        from newest as n
        group by n.table_name, n.element_id
        having not bool_or(n.change_type in ('delete', 'truncate'))
    )
    select pg_catalog.jsonb_object_agg(e.table_name, e.elements) into lists
    from (
        select e.table_name, pg_catalog.jsonb_agg(e.element order by e.order_key collate "C") as elements
        from elements as e group by e.table_name
    ) as e;

    return wedsync_internal.core_fields_nested(pg_catalog.jsonb_populate_record(
        null::wedsync.core_fields,
        (
            select coalesce(pg_catalog.jsonb_object_agg(c.column_name, '[]'::jsonb), '{}')
            from wedsync_data.field_catalog as c
            where c.storage = 'element' and get_bit(readable, c.right_no) = 1
        )
        || coalesce(columns, '{}') || coalesce(lists, '{}')
        || pg_catalog.jsonb_build_object(
            'id', (select f.id from wedsync_data.core_fields as f where f.couple_id = core_fields_as_of.couple_id),
            'couple_id', core_fields_as_of.couple_id,
            'version_number', coalesce(last.version_after, 1),
            'updated_at', last.changed_at,
            'last_updated_by', last.actor_id,
            'withheld_fields', to_jsonb(wedsync_internal.record_paths('core_fields', ~ readable))
        )
    ));
end
$$;
comment on function wedsync.core_fields_as_of(uuid, timestamptz) is
'Returns the record of a wedding at a point in time, in the shape of get_core_fields
Reconstructed from the audit log and limited to what the caller may read now. Errors: not_signed_in (42501), not_found (PT404) if there was no record yet, invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.core_fields_as_of(uuid, timestamptz) from public;
grant execute on function wedsync.core_fields_as_of(uuid, timestamptz) to authenticated, service_role, wedsync_admin;
