create or replace function wedsync_internal.columns_of_events(events wedsync_data.events[])
returns jsonb
language sql
stable
as $$
    select pg_catalog.jsonb_object_agg(v.name, wedsync_internal.published_columns(v.name))
    from (select distinct wedsync_internal.published_view(e.table_name) as name from unnest(events) as e) as v
$$;
comment on function wedsync_internal.columns_of_events(wedsync_data.events[]) is
'Published columns of the views that these events changed, by name of the view.';
revoke all on function wedsync_internal.columns_of_events(wedsync_data.events[]) from public;
