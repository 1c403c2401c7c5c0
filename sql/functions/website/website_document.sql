create or replace function wedsync_internal.website_document(site wedsync_data.websites)
returns jsonb
language plpgsql
stable
as $$
declare
    page constant jsonb := wedsync_internal.website_values('websites', to_jsonb(site), site.hidden_fields);
    facts constant jsonb := (
        select wedsync_internal.website_values('core_fields', to_jsonb(f), site.hidden_fields) from wedsync_data.core_fields as f where f.couple_id = site.couple_id
    );
    zone constant text := facts ->> 'wedding.timeZone';
    partners constant text[] := array_remove(array[facts ->> 'couple.partner1.name', facts ->> 'couple.partner2.name'], null);
    ceremony constant jsonb := wedsync_internal.website_place(facts ->> 'wedding.ceremonyVenue.name', facts ->> 'wedding.ceremonyVenue.address');
    reception constant jsonb := wedsync_internal.website_place(facts ->> 'wedding.receptionVenue.name', facts ->> 'wedding.receptionVenue.address');
    parts jsonb;
begin
    -- the events that the couple shows, after the reception of the core fields
    select coalesce(pg_catalog.jsonb_agg(p.part order by p.starts_at nulls last, p.name), '[]') into parts
    from (
        select
            e.starts_at, e.name,
            pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
                '@type', 'Event', 'name', v.shown -> 'events.name', 'eventStatus', 'https://schema.org/EventScheduled',
                'startDate', wedsync_internal.zoned_text((v.shown ->> 'events.startsAt')::timestamptz, zone),
                'endDate', wedsync_internal.zoned_text((v.shown ->> 'events.endsAt')::timestamptz, zone),
                'location', wedsync_internal.website_place(v.shown ->> 'events.place', null), 'keywords', v.shown -> 'events.kind'
            )) as part
        from wedsync_data.wedding_events as e
        cross join lateral (select wedsync_internal.website_values('wedding_events', to_jsonb(e), site.hidden_fields) as shown) as v
        where e.couple_id = site.couple_id and e.is_public and v.shown <> '{}'
        union all
        select null, 'Reception', pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
            '@type', 'Event', 'name', 'Reception', 'eventStatus', 'https://schema.org/EventScheduled',
            'startDate', wedsync_internal.website_date(facts ->> 'wedding.date', facts ->> 'timeline.receptionTime', zone), 'location', reception
        ))
        where facts ? 'timeline.receptionTime' or reception is not null
    ) as p;
    return pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
        '@context', 'https://schema.org', '@type', 'Event', 'identifier', page -> 'website.slug',
        'name', coalesce(page ->> 'website.title', nullif(array_to_string(partners, ' & '), ''), 'Wedding'),
        'description', page -> 'website.welcomeText',
        'startDate', wedsync_internal.website_date(facts ->> 'wedding.date', coalesce(facts ->> 'timeline.ceremonyTime', facts ->> 'timeline.receptionTime'), zone),
        'endDate', (
            select wedsync_internal.zoned_text(max((wedsync_internal.website_values('wedding_events', to_jsonb(e), site.hidden_fields) ->> 'events.endsAt')::timestamptz), zone)
            from wedsync_data.wedding_events as e where e.couple_id = site.couple_id and e.is_public
        ),
        'eventStatus', 'https://schema.org/EventScheduled', 'location', coalesce(ceremony, reception),
        'organizer', (
            select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('@type', 'Person', 'name', p.name) order by p.n) from unnest(partners) with ordinality as p (name, n)
        ),
        'subEvent', nullif(parts, '[]'), 'keywords', facts -> 'wedding.style',
        'additionalProperty', case when facts ? 'wedding.colors' then pg_catalog.jsonb_build_object(
            '@type', 'PropertyValue', 'name', 'colors', 'value', facts -> 'wedding.colors'
        ) end,
        'subjectOf', (
            select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('@type', 'WebPage', 'name', 'Gift registry', 'url', l.address) order by l.n)
            from pg_catalog.jsonb_array_elements_text(page -> 'website.registryLinks') with ordinality as l (address, n)
        )
    ));
end
$$;
comment on function wedsync_internal.website_document(wedsync_data.websites) is
'The page of a wedding as an Event of schema.org, in JSON-LD. Takes no value but those of website_values; whether the page is published is for the caller to check.';
revoke all on function wedsync_internal.website_document(wedsync_data.websites) from public;
