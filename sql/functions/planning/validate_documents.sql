create or replace function wedsync_internal.validate_documents(op text, old_record wedsync_data.documents, new_record wedsync_data.documents)
returns jsonb
language sql
stable
as $$
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('path', p.path, 'rule', p.rule)), '[]')
    from (values
        ('documents.title', 'not_blank', new_record.title !~ '\S'),
        ('documents.url', 'url_or_storage_path', new_record.url is null and new_record.storage_path is null),
        ('documents.url', 'https_address', not wedsync_internal.is_https_address(new_record.url)),
        (
            'documents.storage_path', 'path_in_storage',
            new_record.storage_path !~ '^[^/]' or new_record.storage_path ~ '[[:cntrl:]\\:]|(^|/)\.{0,2}(/|$)'
        ),
        ('documents.mime_type', 'media_type', new_record.mime_type !~ '^[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*$'),
        ('documents.checksum', 'sha256_in_hexadecimal', new_record.checksum !~ '^[0-9a-f]{64}$'),
        ('documents.shared_roles', 'family_or_friend', not new_record.shared_roles <@ '{family,friend}'),
        (
            'documents.supplier_ids', 'suppliers_of_the_wedding',
            new_record.supplier_ids is distinct from old_record.supplier_ids and exists (
                select from unnest(new_record.supplier_ids) as s (id)
                where s.id <> all (coalesce(old_record.supplier_ids, '{}')) is not false and not exists (
                    select from wedsync_data.connections as c where c.couple_id = new_record.couple_id and c.supplier_id = s.id
                )
            )
        )
    ) as p (path, rule, is_broken)
    where p.is_broken
$$;
comment on function wedsync_internal.validate_documents(text, wedsync_data.documents, wedsync_data.documents) is
'Hook of the record engine: rules of documents in addition to those of the catalogue. Returns an array of {path, rule}.';
revoke all on function wedsync_internal.validate_documents(text, wedsync_data.documents, wedsync_data.documents) from public;
