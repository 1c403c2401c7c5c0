create or replace function wedsync_internal.validate_helper_contacts(
    op text, old_record wedsync_data.helper_contacts, new_record wedsync_data.helper_contacts
)
returns jsonb
language sql
stable
as $$
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('path', p.path, 'rule', p.rule)), '[]')
    from (values
        ('helpers.name', 'not_blank', new_record.name !~ '\S'),
        ('helpers.language', 'language_tag', new_record.language !~ '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$')
    ) as p (path, rule, is_broken)
    where p.is_broken
$$;
comment on function wedsync_internal.validate_helper_contacts(text, wedsync_data.helper_contacts, wedsync_data.helper_contacts) is
'Hook of the record engine: rules of helpers in addition to those of the catalogue. Returns an array of {path, rule}.';
revoke all on function wedsync_internal.validate_helper_contacts(text, wedsync_data.helper_contacts, wedsync_data.helper_contacts) from public;
