create or replace function wedsync_internal.may_read_form_responses(principals uuid[], couple_id uuid)
returns boolean
language sql
stable
as $$
    select exists (
        select from wedsync_data.wedding_members as m
        where m.couple_id = $2 and m.user_id = any ($1) and m.wedding_role in ('partner', 'planner')
    )
$$;
comment on function wedsync_internal.may_read_form_responses(uuid[], uuid) is
'Whether any of these users may read the form responses of a wedding, as in the view form_responses.';
revoke all on function wedsync_internal.may_read_form_responses(uuid[], uuid) from public;
