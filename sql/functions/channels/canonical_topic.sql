create or replace function wedsync_internal.canonical_topic(topic text)
returns text
language sql
immutable
parallel safe
return case
    when topic ~ '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' then left(topic, -36) || lower(right(topic, 36))
    else topic
end;
comment on function wedsync_internal.canonical_topic(text) is 'The canonical form of a topic: with the id at its end in lower case, however the client spells it.';
revoke all on function wedsync_internal.canonical_topic(text) from public;
