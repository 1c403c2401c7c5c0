create or replace function wedsync.wedding_website(slug text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    hash constant bytea := pg_catalog.sha256(convert_to(coalesce(left(slug, 100), ''), 'UTF8'));
    document jsonb;
begin
    if wedsync_internal.current_user_id() is not null and not wedsync_internal.is_service() then
        perform wedsync_internal.enforce_rate_limit('wedding-website');
    else
        -- Nobody is signed in: each address is limited, and all of them together, in sixteen parts so that readers do not wait for one another.
        perform wedsync_internal.enforce_rate_limit('wedding-website', 1, encode(substr(hash, 1, 16), 'hex')::uuid);
        perform wedsync_internal.enforce_rate_limit('wedding-websites', 1, md5('wedding-websites ' || get_byte(hash, 0) % 16)::uuid);
    end if;
    perform wedsync_internal.require_given('{slug}', array[slug is not null]);
    select wedsync_internal.website_document(w) into document
    from wedsync_data.websites as w where w.slug = wedding_website.slug and w.is_published;
    if document is null then
        -- no error, whose rollback would take the count with it
        perform set_config('response.status', '404', true);
    end if;
    return document;
end
$$;
comment on function wedsync.wedding_website(text) is
'The public page of a wedding, for anybody: GET /rpc/wedding_website?slug=...
An Event of schema.org as JSON-LD: name, description, startDate, endDate, eventStatus, location, organizer, subEvent, keywords, and addresses of gift registries in subjectOf. Shows fields that the catalogue marks as public and the couple does not hide, as long as the page is published. Needs no sign-in. Null with status 404 for an address that no wedding has, or whose page is not published. Errors: invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.wedding_website(text) from public;
grant execute on function wedsync.wedding_website(text) to anon, authenticated, service_role, wedsync_admin;
