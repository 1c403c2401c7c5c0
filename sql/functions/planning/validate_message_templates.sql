create or replace function wedsync_internal.validate_message_templates(
    op text, old_record wedsync_data.message_templates, new_record wedsync_data.message_templates
)
returns jsonb
language sql
stable
as $$
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('path', p.path, 'rule', p.rule)), '[]')
    from (values
        ('templates.title', 'not_blank', new_record.title !~ '\S'),
        ('templates.body', 'not_blank', new_record.body !~ '\S'),
        ('templates.language', 'language_tag', new_record.language !~ '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$'),
        ('templates.subject', 'placeholders_in_double_braces', not wedsync_internal.has_whole_placeholders(new_record.subject)),
        ('templates.body', 'placeholders_in_double_braces', not wedsync_internal.has_whole_placeholders(new_record.body))
    ) as p (path, rule, is_broken)
    where p.is_broken
$$;
comment on function wedsync_internal.validate_message_templates(text, wedsync_data.message_templates, wedsync_data.message_templates) is
'Hook of the record engine: rules of templates in addition to those of the catalogue. Returns an array of {path, rule}.';
revoke all on function wedsync_internal.validate_message_templates(text, wedsync_data.message_templates, wedsync_data.message_templates) from public;
