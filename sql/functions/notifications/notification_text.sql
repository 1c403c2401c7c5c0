create or replace function wedsync_internal.notification_text(kind text, channel text, language text, data jsonb, out subject text, out body text)
language sql
stable
as $$
    select
        -- one line: a line break in a value must not begin a header
        coalesce(nullif(btrim(regexp_replace(wedsync_internal.fill_template(t.subject, data, 200), '[[:cntrl:]]+', ' ', 'g')), ''), '-'),
        wedsync_internal.fill_template(t.body, data, 2000)
    from wedsync_data.notification_templates as t
    where t.kind = $1 and t.channel in ($2, 'in_app') and t.language in ($3, split_part($3, '-', 1), 'en')
    order by t.channel = $2 desc, t.language = $3 desc, t.language = split_part($3, '-', 1) desc
    limit 1
$$;
comment on function wedsync_internal.notification_text(text, text, text, jsonb) is
'Subject and body of a notification: from the template of the channel, otherwise of in_app, in the language, otherwise in its main language, otherwise in English.';
revoke all on function wedsync_internal.notification_text(text, text, text, jsonb) from public;
