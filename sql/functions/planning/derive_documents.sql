create or replace function wedsync_internal.derive_documents(op text, old_record wedsync_data.documents, new_record wedsync_data.documents)
returns wedsync_data.documents
language plpgsql
stable
as $$
begin
    if op = 'INSERT' then
        new_record.uploaded_by := coalesce(new_record.uploaded_by, wedsync_internal.current_user_id());
    elsif (new_record.url, new_record.storage_path, new_record.checksum) is distinct from (old_record.url, old_record.storage_path, old_record.checksum)
        and new_record.revision = old_record.revision then
        new_record.revision := old_record.revision + 1;
    end if;
    return new_record;
end
$$;
comment on function wedsync_internal.derive_documents(text, wedsync_data.documents, wedsync_data.documents) is
'Hook of the record engine: who added a document, and the number of its version.';
revoke all on function wedsync_internal.derive_documents(text, wedsync_data.documents, wedsync_data.documents) from public;
