create or replace function wedsync_internal.presence_topic(topic text, is_free boolean, is_private boolean)
returns text
language sql
immutable
parallel safe
return case when is_free then case when is_private then 'private:' else 'public:' end || topic else topic end;
comment on function wedsync_internal.presence_topic(text, boolean, boolean) is
'Topic name for presence. Private and public channels of a free topic are separate, with prefixes that no channel of the catalogue has.';
revoke all on function wedsync_internal.presence_topic(text, boolean, boolean) from public;
