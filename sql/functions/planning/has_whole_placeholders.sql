create or replace function wedsync_internal.has_whole_placeholders(template text)
returns boolean
language sql
immutable
parallel safe
return regexp_replace(template, '\{\{ *[A-Za-z][A-Za-z0-9_.]{0,99} *\}\}', '', 'g') !~ '\{\{|\}\}';
comment on function wedsync_internal.has_whole_placeholders(text) is 'Whether all double braces of a template belong to placeholders such as {{wedding.date}}.';
revoke all on function wedsync_internal.has_whole_placeholders(text) from public;
