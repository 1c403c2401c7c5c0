create or replace function wedsync_internal.fail(
    error_name text, error_detail jsonb default null, error_hint text default null, error_message text default null
)
returns void
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    entry wedsync_internal.error_catalog;
    detail jsonb;
    text_for_people text;
begin
    select c.* into entry from wedsync_internal.error_catalog as c where c.name = error_name;
    if entry.name is null then
        raise exception 'unknown error name %', error_name using errcode = 'XX000';
    end if;
    detail := wedsync_internal.explained_detail(error_detail);
    text_for_people := coalesce(error_message, wedsync_internal.error_text(entry.message, detail));
    if entry.sqlstate = 'PGRST' then
        -- PostgREST reads status and headers from this format; a malformed one would become a 500.
        raise exception using
            errcode = 'PGRST',
            message = pg_catalog.jsonb_build_object(
                'code', 'WS' || entry.http_status, 'message', text_for_people,
                'details', detail::text, 'hint', coalesce(error_hint, entry.hint)
            )::text,
            detail = pg_catalog.jsonb_build_object(
                'status', entry.http_status,
                'headers', pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('Retry-After', error_detail ->> 'retry_after'))
            )::text;
    end if;
    raise exception using
        errcode = entry.sqlstate,
        message = text_for_people,
        detail = coalesce(detail::text, ''),
        hint = coalesce(error_hint, entry.hint, '');
end
$$;
comment on function wedsync_internal.fail(text, jsonb, text, text) is
'Raises an error of the error catalogue; all errors of the pack are raised here. detail is JSON: the message includes its parameter and rule, and refused fields are explained with the meaning of their rule and the nearest names. The detail must not contain values that the caller may not see.';
revoke all on function wedsync_internal.fail(text, jsonb, text, text) from public;
