-- drop: function wedsync_internal.enforce_connection_rate_limit(uuid, wedsync_data.rate_limits)
create or replace function wedsync_internal.count_request_in_connection(user_id uuid, rule wedsync_data.rate_limits)
returns integer
language plpgsql
volatile
as $$
declare
    width constant numeric := rule.per_seconds / 60.0;
    bucket_now constant bigint := floor(extract(epoch from pg_catalog.clock_timestamp()) / (rule.per_seconds / 60.0));
    window_key constant text := user_id || ' ' || rule.endpoint;
    windows jsonb := coalesce(nullif(current_setting('wedsync.read_windows', true), ''), '{}')::jsonb;
    counts smallint[];
    used integer;
    oldest integer;
begin
    counts := wedsync_internal.slide_counts(
        coalesce(
            (select array_agg(c.n::smallint order by c.position) from pg_catalog.jsonb_array_elements_text(windows #> array[window_key, 'counts']) with ordinality as c (n, position)),
            array_fill(0::smallint, array[60])
        ),
        bucket_now - coalesce((windows #>> array[window_key, 'bucket'])::bigint, bucket_now)
    );
    select sum(c.n), min(c.position) filter (where c.n > 0) into used, oldest
    from unnest(counts) with ordinality as c (n, position);
    if used > rule.max_requests then
        return greatest(1, ceil(oldest * width))::integer;
    end if;
    -- past windows are dropped, so that the setting stays small
    select coalesce(pg_catalog.jsonb_object_agg(w.key, w.value), '{}') into windows
    from pg_catalog.jsonb_each(windows) as w
    where w.key <> window_key and (w.value ->> 'bucket')::bigint > bucket_now - 60;
    perform set_config(
        'wedsync.read_windows',
        (windows || pg_catalog.jsonb_build_object(window_key, pg_catalog.jsonb_build_object('bucket', bucket_now, 'counts', to_jsonb(counts))))::text,
        false
    );
    return null;
end
$$;
comment on function wedsync_internal.count_request_in_connection(uuid, wedsync_data.rate_limits) is
'count_request for read-only transactions, such as PostgREST''s GET, in which no table can be written: counted in a setting of the database connection, so that with n pooled connections up to n times the limit is allowed. Returns the seconds to wait if the limit is exceeded, otherwise null.';
revoke all on function wedsync_internal.count_request_in_connection(uuid, wedsync_data.rate_limits) from public;
