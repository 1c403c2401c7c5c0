create or replace function wedsync.render_template(couple_id uuid, template_id uuid, data jsonb default '{}')
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    access record;
    template wedsync_data.message_templates;
    used jsonb;
    problems jsonb;
    filled jsonb;
    answer jsonb;
begin
    perform wedsync_internal.enforce_rate_limit('planning-lists');
    perform wedsync_internal.check_json(data, 'data', wedsync_internal.setting_limit('patch_max_bytes'));
    perform wedsync_internal.require_given('{couple_id,template_id,data}', array[couple_id is not null, template_id is not null, data is not null]);
    perform wedsync_internal.require_caller();
    if pg_catalog.jsonb_typeof(data) <> 'object' or pg_catalog.jsonb_path_exists(data, 'strict $.* ? (@.type() == "object" || @.type() == "array")') then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "data", "rule": "an object of texts, numbers and true or false"}');
    end if;
    select a.readable into access from wedsync_internal.caller_access as a where a.couple_id = render_template.couple_id;
    select t.* into template from wedsync_data.message_templates as t where t.couple_id = render_template.couple_id and t.id = template_id;
    if template.id is null or not wedsync_internal.covers_right(access.readable, 'templates') then
        perform wedsync_internal.fail('not_found');
    end if;
    used := wedsync_internal.placeholders_of(concat_ws(' ', template.subject, template.body), data, access.readable);
    select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('path', p.value -> 'name', 'rule', p.value -> 'rule') order by p.value ->> 'name') into problems
    from pg_catalog.jsonb_array_elements(used) as p where p.value ->> 'rule' is not null;
    if problems is not null then
        perform wedsync_internal.fail('invalid_fields', pg_catalog.jsonb_build_object('problems', problems));
    end if;
    select wedsync_internal.core_fields_nested(f) into answer from wedsync.core_fields as f where f.couple_id = render_template.couple_id;
    select coalesce(pg_catalog.jsonb_object_agg(n.name, case
        when n.kind = 'field' then answer #> string_to_array(n.name, '.')
        when n.kind = 'sender' then to_jsonb(wedsync_internal.display_name_of_caller())
        else data -> n.name
    end), '{}') into filled
    from pg_catalog.jsonb_to_recordset(used) as n (name text, kind text);
    answer := pg_catalog.jsonb_build_object(
        'template_id', template.id, 'kind', template.kind, 'language', template.language, 'subject', wedsync_internal.fill_placeholders(template.subject, filled),
        'body', wedsync_internal.fill_placeholders(template.body, filled), 'empty', (
            select coalesce(pg_catalog.jsonb_agg(e.key order by e.key), '[]') from pg_catalog.jsonb_each_text(filled) as e where coalesce(e.value, '') = ''
        )
    );
    if length(answer ->> 'body') > 10000 or length(answer ->> 'subject') > 200 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "template_id", "rule": "with the values, at most 200 characters of subject and 10000 of text"}');
    end if;
    return answer;
end
$$;
comment on function wedsync.render_template(uuid, uuid, jsonb) is
'Fills the placeholders of a template: paths of the shared record such as {{wedding.date}}, {{sender.name}}, and keys of data
Only fields that the caller may read, and never budget and private fields: the text is for others. Other placeholders are problems, with the rules known_placeholder, readable_placeholder and never_in_messages. What is inserted is not looked at for placeholders again. Placeholders without a value become empty and are listed in empty. Returns {template_id, kind, language, subject, body, empty}, for send_message. Errors: not_signed_in (42501), not_found (PT404), too_large (PT413), invalid_value (22023), invalid_fields (PT422), rate_limited (429).';
revoke all on function wedsync.render_template(uuid, uuid, jsonb) from public;
grant execute on function wedsync.render_template(uuid, uuid, jsonb) to authenticated, service_role, wedsync_admin;
