create or replace function wedsync.submit_document(
    couple_id uuid, title text, url text, kind text default 'other', mime_type text default null, bytes integer default null, checksum text default null,
    supplier_id uuid default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    most constant integer := wedsync_internal.setting_limit('documents_per_supplier');
    opened record;
    made wedsync_data.documents;
begin
    perform wedsync_internal.enforce_rate_limit('documents-submit');
    perform wedsync_internal.require_given('{couple_id,title,url}', array[couple_id is not null, title is not null, url is not null]);
    perform wedsync_internal.open_for_member_or_supplier(couple_id, supplier_id);
    perform wedsync_internal.open_rows(couple_id);
    -- again: access may have ended while this waited for the lock
    opened := wedsync_internal.open_for_member_or_supplier(couple_id, supplier_id);
    if opened.sender_supplier is null then
        perform wedsync_internal.fail('not_allowed', '{"rule": "for suppliers"}', 'Members who may write documents insert into documents.');
    end if;
    if kind is null or kind not in ('contract', 'quote', 'invoice', 'insurance', 'permit', 'floor_plan', 'menu', 'design', 'speech', 'guide', 'other') then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "kind", "rule": "contract, quote, invoice, insurance, permit, floor_plan, menu, design, speech, guide or other"}');
    end if;
    if (
        select count(*) from wedsync_data.documents as d
        where d.couple_id = submit_document.couple_id and d.uploaded_by_supplier = opened.sender_supplier
    ) >= most then
        perform wedsync_internal.fail('cap_reached', pg_catalog.jsonb_build_object('setting', 'documents_per_supplier', 'limit', most));
    end if;
    insert into wedsync_data.documents as d (couple_id, title, kind, url, mime_type, bytes, checksum, supplier_ids, uploaded_by_supplier)
    values (
        submit_document.couple_id, submit_document.title, submit_document.kind, submit_document.url, submit_document.mime_type, submit_document.bytes,
        submit_document.checksum, array[opened.sender_supplier], opened.sender_supplier
    )
    returning d.* into made;
    perform wedsync_internal.notify(
        couple_id, 'document_received',
        pg_catalog.jsonb_build_object('document_id', made.id, 'title', made.title, 'sender', (
            select s.business_name from wedsync_data.suppliers as s where s.id = opened.sender_supplier
        )),
        null, 'document ' || made.id
    );
    return pg_catalog.jsonb_build_object('document_id', made.id, 'revision', made.revision);
end
$$;
comment on function wedsync.submit_document(uuid, text, text, text, text, integer, text, uuid) is
'Hands in a document as a supplier with access, such as a contract: the couple and planners are told, and the supplier sees it in my_documents
supplier_id is needed by members of several suppliers only. Only metadata is stored. Returns {document_id, revision}. Errors: not_signed_in and not_allowed (42501), not_found (PT404), cap_reached (PT409), invalid_value (22023), invalid_fields (PT422), rate_limited (429).';
revoke all on function wedsync.submit_document(uuid, text, text, text, text, integer, text, uuid) from public;
grant execute on function wedsync.submit_document(uuid, text, text, text, text, integer, text, uuid) to authenticated;
