create or replace function wedsync_internal.authorize_list(list text, couple_id uuid, needed_keys text[], out list_name text, out list_path text)
language plpgsql
volatile
as $$
declare
    writable bit(128);
    refused jsonb;
begin
    perform wedsync_internal.require_caller();
    select a.writable into writable from wedsync_internal.caller_access as a where a.couple_id = authorize_list.couple_id;
    if writable is not null then
        perform wedsync_internal.lock_wedding(couple_id);
        -- read again: the right may have been revoked while this waited
        select a.writable into writable from wedsync_internal.caller_access as a where a.couple_id = authorize_list.couple_id;
    end if;
    if writable is null then
        perform wedsync_internal.fail('not_found');
    end if;
    select n.path into list_path from wedsync_data.field_names as n where n.name = list and n.kind = 'list';
    if list_path is null then
        perform wedsync_internal.fail('invalid_value', pg_catalog.jsonb_build_object(
            'parameter', 'list', 'rule', 'known list',
            'known', (select pg_catalog.jsonb_agg(n.name order by n.name) from wedsync_data.field_names as n where n.kind = 'list')
        ));
    end if;
    select c.column_name into list_name from wedsync_data.field_catalog as c where c.path like list_path || '.%' limit 1;
    select pg_catalog.jsonb_agg(c.path order by c.right_no) into refused
    from wedsync_data.field_catalog as c
    where c.column_name = list_name and c.json_key = any (needed_keys) and get_bit(writable, c.right_no) = 0;
    if refused is not null then
        perform wedsync_internal.fail('fields_not_allowed', pg_catalog.jsonb_build_object('unauthorized_fields', refused));
    end if;
end
$$;
comment on function wedsync_internal.authorize_list(text, uuid, text[]) is
'Common start of the list functions: checks identity, list name and the right to write the given keys, and takes the wedding''s lock.';
revoke all on function wedsync_internal.authorize_list(text, uuid, text[]) from public;
