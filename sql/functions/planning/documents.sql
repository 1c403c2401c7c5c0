-- uses: wedsync_internal.derive_documents, wedsync_internal.validate_documents
-- provides: wedsync.documents, wedsync.delete_documents
select wedsync_internal.build_record('documents');
