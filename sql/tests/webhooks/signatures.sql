-- proves: F001-13, F001-14, F001-49, C-67
-- HMAC-SHA256 without pgcrypto, by the vectors of RFC 4231; what is signed, with which secret, and how it is compared.
begin;
select plan(40);
select is(encode(wedsync_internal.hmac_sha256(decode(v.key, 'hex'), decode(v.message, 'hex')), 'hex'), v.digest, 'RFC 4231 ' || v.name) from (values
    ('1', repeat('0b', 20), encode('Hi There', 'hex'), 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'),
    ('2', encode('Jefe', 'hex'), encode('what do ya want for nothing?', 'hex'), '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'),
    ('3', repeat('aa', 20), repeat('dd', 50), '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe'),
    ('6', repeat('aa', 131), encode('Test Using Larger Than Block-Size Key - Hash Key First', 'hex'),
        '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54'),
    ('7', repeat('aa', 131), encode('This is a test using a larger than block-size key and a larger than block-size data. '
        'The key needs to be hashed before being used by the HMAC algorithm.', 'hex'),
        '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2')
) as v (name, key, message, digest);
select is(wedsync_internal.equal_in_constant_time(e.one, e.other), e.answer, format('%s and %s', e.one, e.other)) from (values
    ('\x01'::bytea, '\x01'::bytea, true), ('\x01', '\x02', false), ('\x01', '\x0101', false), ('\x', '\x', true), ('\x0102', '\x0103', false),
    ('\x0102', '\x0302', false)
) as e (one, other, answer);

-- a source of each scheme
create temp table keys as
select s.scheme, decode(replace(wedsync.create_webhook_source(s.scheme || '-source', scheme => s.scheme) ->> 'secret', 'whsec_', ''), 'base64') as secret
from (values ('standard'), ('body')) as s (scheme);
create function pg_temp.now() returns text language sql as $$ select extract(epoch from clock_timestamp())::bigint::text $$;
create function pg_temp.signature(secret bytea, id text, at text, body text) returns text language sql as $$
    select 'v1,' || encode(wedsync_internal.hmac_sha256(secret, convert_to(id || '.' || at || '.' || body, 'UTF8')), 'base64')
$$;
create function pg_temp.send(source text, body text, headers jsonb) returns text language sql as $$
    select tap.call(null, format(
        'select wedsync.receive_webhook(%L, %L)', convert_to(body, 'UTF8'), jsonb_build_object('Webhook-Source', source) || headers
    ), 'anon')::jsonb ->> 'status'
$$;
create function pg_temp.standard(id text, body text default '{"a": 1}', at text default null, signature text default null) returns text language sql as $$
    select pg_temp.send('standard-source', body, jsonb_build_object(
        'Webhook-Id', id, 'webhook-timestamp', coalesce(at, pg_temp.now()),
        'WEBHOOK-SIGNATURE', coalesce(signature, pg_temp.signature((select secret from keys where scheme = 'standard'), id, coalesce(at, pg_temp.now()), body))
    ))
$$;
update wedsync_data.rate_limits set max_requests = 1000 where endpoint = 'webhook-unverified';
update wedsync_data.webhook_sources set max_requests = 1000;
select is(pg_temp.standard('m1'), 'accepted', 'as Standard Webhooks signs');
select is((select payload from wedsync_data.webhook_deliveries where id = 'm1'), '{"a": 1}', 'it is kept');
select is(
    pg_temp.standard('m2', signature => 'v1,' || encode(sha256('x'), 'base64') || ' v2,abc ' || pg_temp.signature(secret, 'm2', pg_temp.now(), '{"a": 1}')),
        'accepted',
    'one of several signatures is enough'
) from keys where scheme = 'standard';
select is(
    pg_temp.standard('m3', signature => repeat('v1,' || encode(sha256('x'), 'base64') || ' ', 4) || pg_temp.signature(secret, 'm3', pg_temp.now(), '{"a": 1}')),
        'unverified', 'if it is among the first four'
) from keys where scheme = 'standard';
select is(pg_temp.standard('m3', signature => pg_temp.signature(secret, 'm3', pg_temp.now(), '{"a": 1}')), 'unverified', 'the secret of another source')
from keys where scheme = 'body';
select is(pg_temp.standard('m3', signature => s.signature), 'unverified', s.why) from (values
    ('v1,' || encode(sha256('x'), 'base64'), 'another signature'), ('', 'none'), ('v1,', 'an empty one'), ('v1,AAAA', 'a short one'),
    ('v1,' || repeat('A', 86) || '==', 'a long one'), ('v1,' || repeat('!', 43) || '=', 'no base64'), (encode(sha256('x'), 'hex'), 'hexadecimal')
) as s (signature, why);
select is(pg_temp.standard('m3', signature => pg_temp.signature(secret, s.id, s.at, s.body)), 'unverified', s.why)
from keys cross join (values
    ('m4', pg_temp.now(), '{"a": 1}', 'the id is signed'), ('m3', (pg_temp.now()::bigint - 60)::text, '{"a": 1}', 'the timestamp is signed'),
    ('m3', pg_temp.now(), '{"a": 2}', 'each byte of the body is signed'), ('m3', pg_temp.now(), '{"a": 1} ', 'and blanks are bytes')
) as s (id, at, body, why) where scheme = 'standard';
select is(pg_temp.send('standard-source', '{}', h.headers), 'unverified', 'missing headers: ' || h.headers::text) from (values
    ('{}'::jsonb), ('{"webhook-id": "x", "webhook-timestamp": "1"}'), ('{"webhook-signature": null}')
) as h (headers);
select is(
    pg_temp.send('body-source', b.body,
        jsonb_build_object('x-webhook-signature', b.prefix || encode(wedsync_internal.hmac_sha256(k.secret, convert_to(b.body, 'UTF8')), 'hex'))),
    b.answer, b.why
)
from keys as k cross join (values
    ('', format('{"id": "b1", "timestamp": %s}', pg_temp.now()), 'accepted', 'hexadecimal, over the raw bytes'),
    ('sha256=', format('{"id": "b2", "timestamp": "%s"}', pg_temp.now()), 'accepted', 'with its prefix'),
    ('md5=', format('{"id": "b3", "timestamp": %s}', pg_temp.now()), 'unverified', 'of another kind'),
    ('', format('{"timestamp": %s}', pg_temp.now()), 'malformed', 'without an id'), ('', '{"id": "b4"}', 'malformed', 'without a timestamp')
) as b (prefix, body, answer, why) where k.scheme = 'body';

-- secrets are replaced without a gap
create temp table rotated as select decode(replace(wedsync.rotate_webhook_source_secret('standard-source', 60) ->> 'secret', 'whsec_', ''), 'base64') as secret;
select wedsync.rotate_webhook_source_secret('standard-source', 1440);
select is((
    select array_agg(s.valid_until < now() + interval '61 minutes' order by s.valid_until) from wedsync_data.webhook_secrets as s
    where s.source = 'standard-source'
), '{t,f,f}', 'another change does not lengthen its hour');
select is(pg_temp.standard('r1'), 'accepted', 'the old secret is valid for an hour');
select is(pg_temp.standard('r2', signature => pg_temp.signature(secret, 'r2', pg_temp.now(), '{"a": 1}')), 'accepted', 'and the new one') from rotated;
update wedsync_data.webhook_secrets set valid_until = now() - interval '1 second' where valid_until < 'infinity';
select is(pg_temp.standard('r3'), 'unverified', 'then no longer');
select wedsync_internal.prune_webhooks();
select is((select count(*) from wedsync_data.webhook_secrets where source = 'standard-source'), 1::bigint, 'and it is forgotten');
select * from finish();
rollback;
