create or replace function wedsync.rotate_webhook_source_secret(name text, keep_old_minutes integer default 1440)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform wedsync_internal.require_given('{name,keep_old_minutes}', array[name is not null, keep_old_minutes is not null]);
    if keep_old_minutes not between 0 and 43200 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "keep_old_minutes", "rule": "0 to 43200"}');
    end if;
    perform from wedsync_data.webhook_sources as s where s.name = rotate_webhook_source_secret.name for no key update;
    if not found then
        perform wedsync_internal.fail('not_found');
    end if;
    delete from wedsync_data.webhook_secrets as s where s.source = rotate_webhook_source_secret.name and s.valid_until <= pg_catalog.clock_timestamp();
    update wedsync_data.webhook_secrets as s
    set valid_until = least(s.valid_until, pg_catalog.clock_timestamp() + make_interval(mins => keep_old_minutes))
    where s.source = rotate_webhook_source_secret.name;
    return pg_catalog.jsonb_build_object(
        'name', name, 'secret', wedsync_internal.add_webhook_secret(name),
        'old_valid_until', pg_catalog.clock_timestamp() + make_interval(mins => keep_old_minutes)
    );
end
$$;
comment on function wedsync.rotate_webhook_source_secret(text, integer) is
'Gives a source a new secret and returns {name, secret, old_valid_until}
Earlier secrets stay valid for keep_old_minutes, 0 to 43200, so that the sender can change over. The secret is returned only once. For server roles. Errors: not_found (PT404), invalid_value (22023).';
revoke all on function wedsync.rotate_webhook_source_secret(text, integer) from public;
grant execute on function wedsync.rotate_webhook_source_secret(text, integer) to service_role, wedsync_admin;
