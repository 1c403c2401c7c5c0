create or replace function wedsync_internal.presence_topic(topic text, is_free boolean, is_private boolean)
returns text
language sql
immutable
parallel safe
return case when is_free then case when is_private then 'private:' else 'public:' end || topic else topic end;
comment on function wedsync_internal.presence_topic(text, boolean, boolean) is
'Under which name people are present on a topic. On a free topic private and public channels are two; no channel of the catalogue begins like them.';
revoke all on function wedsync_internal.presence_topic(text, boolean, boolean) from public;
