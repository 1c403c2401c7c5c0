create or replace view wedsync.my_documents
with (security_barrier = true, security_invoker = false) as
select
    d.couple_id, d.id, d.title, d.kind, d.url, d.storage_path, d.mime_type, d.bytes, d.checksum, d.revision, d.uploaded_by_supplier, d.created_at, d.updated_at
from wedsync_data.reach as r
join wedsync_data.documents as d on d.couple_id = r.couple_id
where r.user_id = (select wedsync_internal.current_user_id()) and r.valid_from <= now() and r.valid_until > now()
    and (d.supplier_ids && r.supplier_ids or r.wedding_role = any (d.shared_roles))
    -- the conditions again, because a plan may evaluate them later
    and case
        when r.by_grant and current_user <> 'wedsync_owner' and d.couple_id = r.couple_id and d.supplier_ids && r.supplier_ids
            then wedsync_internal.log_view_read(d.couple_id, 'documents')
        else true
    end;
comment on view wedsync.my_documents is 'Documents that are shared with the caller''s suppliers or with the caller''s role, as long as the caller has access to the wedding
They see them even if they may not read the others.';
comment on column wedsync.my_documents.couple_id is 'The wedding.';
comment on column wedsync.my_documents.id is 'Id of the document.';
comment on column wedsync.my_documents.title is 'Title.';
comment on column wedsync.my_documents.kind is 'contract, quote, invoice, insurance, permit, floor_plan, menu, design, speech, guide or other.';
comment on column wedsync.my_documents.url is 'Address of the file.';
comment on column wedsync.my_documents.storage_path is 'Path of the file in the application''s storage.';
comment on column wedsync.my_documents.mime_type is 'Media type.';
comment on column wedsync.my_documents.bytes is 'Size in bytes.';
comment on column wedsync.my_documents.checksum is 'SHA-256 of the file.';
comment on column wedsync.my_documents.revision is 'Number of the file''s version.';
comment on column wedsync.my_documents.uploaded_by_supplier is 'Supplier that handed it in, if one did.';
comment on column wedsync.my_documents.created_at is 'When it was added.';
comment on column wedsync.my_documents.updated_at is 'When it last changed.';
revoke all on wedsync.my_documents from public;
grant select on wedsync.my_documents to authenticated;
