create or replace function wedsync_internal.validate_websites(op text, old_record wedsync_data.websites, new_record wedsync_data.websites)
returns jsonb
language sql
stable
as $$
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('path', p.path, 'rule', p.rule)), '[]')
    from (values
        ('website.registryLinks', 'web_address', exists (
            select from unnest(new_record.registry_links) as l (address) where wedsync_internal.is_web_address(l.address) is not true
        )),
        ('website.hiddenFields', 'public_fields', exists (
            select from unnest(new_record.hidden_fields) as h (path)
            where not exists (
                select from wedsync_data.field_catalog as f where f.is_public and (f.path = h.path or starts_with(f.path, h.path || '.'))
            )
        ))
    ) as p (path, rule, is_broken)
    where p.is_broken
$$;
comment on function wedsync_internal.validate_websites(text, wedsync_data.websites, wedsync_data.websites) is
'Hook of the record engine: rules of websites in addition to those of the catalogue. Returns an array of {path, rule}.';
revoke all on function wedsync_internal.validate_websites(text, wedsync_data.websites, wedsync_data.websites) from public;
