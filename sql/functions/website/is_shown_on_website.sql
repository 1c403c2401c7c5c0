create or replace function wedsync_internal.is_shown_on_website(field wedsync_data.field_catalog, hidden_fields text[])
returns boolean
language sql
immutable
parallel safe
as $$
    select ($1).is_public and ($1).sensitivity_class not in ('budget', 'couple_private')
        and not exists (select from unnest($2) as h (path) where ($1).path = h.path or starts_with(($1).path, h.path || '.'))
$$;
comment on function wedsync_internal.is_shown_on_website(wedsync_data.field_catalog, text[]) is
'Whether the website of a wedding that hides these fields shows a field: only what the catalogue marks as public, and never budget or private fields.';
revoke all on function wedsync_internal.is_shown_on_website(wedsync_data.field_catalog, text[]) from public;
