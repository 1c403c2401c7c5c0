create or replace function wedsync_internal.guests_vcard(couple_id uuid, max_rows integer, skip integer)
returns text
language sql
stable
as $$
    select coalesce(string_agg(
        E'BEGIN:VCARD\r\nVERSION:4.0\r\n'
        || wedsync_internal.vcard_line('UID:', array['urn:uuid:' || g.id])
        || wedsync_internal.vcard_line('FN:', array[concat_ws(' ', g.title, g.first_name, g.last_name, g.suffix)])
        || wedsync_internal.vcard_line('N:', array[g.last_name, g.first_name, '', g.title, g.suffix])
        || wedsync_internal.vcard_line('EMAIL:', array[g.email])
        || coalesce((select string_agg(wedsync_internal.vcard_line('EMAIL:', array[o.email]), '' order by o.n) from unnest(g.other_emails) with ordinality as o (email, n)), '')
        || wedsync_internal.vcard_line('TEL;VALUE=text:', array[g.phone])
        || case when h.line1 is not null or h.city is not null
            then wedsync_internal.vcard_line('ADR:', array['', h.line2, h.line1, h.city, h.region, h.postcode, h.country]) else '' end
        || wedsync_internal.vcard_line('LANG:', array[g.language])
        || E'END:VCARD\r\n', '' order by g.place
    ), '')
    from (
        select v.*, row_number() over (order by lower(v.last_name), lower(v.first_name), v.id) as place
        from wedsync.guests as v
        where v.couple_id = $1 and concat(v.first_name, v.last_name) ~ '\S'
        order by lower(v.last_name), lower(v.first_name), v.id
        limit $2 offset $3
    ) as g
    left join wedsync.households as h on h.couple_id = g.couple_id and h.id = g.household_id
$$;
comment on function wedsync_internal.guests_vcard(uuid, integer, integer) is 'Guests with a name as vCards, for export_guests, with what the caller may read.';
revoke all on function wedsync_internal.guests_vcard(uuid, integer, integer) from public;
