create or replace function wedsync_internal.ical_zone(tzid text, locations jsonb)
returns text
language sql
stable
as $$
    select z.name
    from (
        select 1 as n, tzid as name
        union all
        -- a vendor's prefix, as in /mozilla.org/20050126_1/Europe/London
        select 2, substring(tzid from '^/.*?/([A-Z][A-Za-z_]+/[A-Z][A-Za-z_-]+(?:/[A-Z][A-Za-z_-]+)?)$')
        union all
        select 3, locations ->> tzid
        union all
        select 4, w.name
        from (values
            ('GMT Standard Time', 'Europe/London'), ('Greenwich Standard Time', 'Atlantic/Reykjavik'), ('W. Europe Standard Time', 'Europe/Berlin'),
            ('Romance Standard Time', 'Europe/Paris'), ('Central Europe Standard Time', 'Europe/Budapest'),
            ('Central European Standard Time', 'Europe/Warsaw'), ('GTB Standard Time', 'Europe/Bucharest'), ('FLE Standard Time', 'Europe/Helsinki'),
            ('Turkey Standard Time', 'Europe/Istanbul'), ('Russian Standard Time', 'Europe/Moscow'), ('Israel Standard Time', 'Asia/Jerusalem'),
            ('South Africa Standard Time', 'Africa/Johannesburg'), ('Morocco Standard Time', 'Africa/Casablanca'), ('Arabian Standard Time', 'Asia/Dubai'),
            ('India Standard Time', 'Asia/Kolkata'), ('SE Asia Standard Time', 'Asia/Bangkok'), ('Singapore Standard Time', 'Asia/Singapore'),
            ('China Standard Time', 'Asia/Shanghai'), ('Tokyo Standard Time', 'Asia/Tokyo'), ('AUS Eastern Standard Time', 'Australia/Sydney'),
            ('New Zealand Standard Time', 'Pacific/Auckland'), ('Eastern Standard Time', 'America/New_York'), ('Central Standard Time', 'America/Chicago'),
            ('Mountain Standard Time', 'America/Denver'), ('Pacific Standard Time', 'America/Los_Angeles'), ('Hawaiian Standard Time', 'Pacific/Honolulu'),
            ('E. South America Standard Time', 'America/Sao_Paulo'), ('Atlantic Standard Time', 'America/Halifax'), ('UTC', 'UTC')
        ) as w (windows, name)
        where w.windows = tzid
    ) as z
    where z.name is not null and wedsync_internal.time_zone_problem(z.name) is null
    order by z.n
    limit 1
$$;
comment on function wedsync_internal.ical_zone(text, jsonb) is
'The IANA zone that a TZID means: itself, its end after a vendor''s prefix, the X-LIC-LOCATION of its VTIMEZONE (from locations), or that of a zone of Windows; null if unknown.';
revoke all on function wedsync_internal.ical_zone(text, jsonb) from public;
