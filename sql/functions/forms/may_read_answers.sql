create or replace function wedsync_internal.may_read_answers(principals uuid[], couple_id uuid)
returns boolean
language sql
stable
as $$
    select exists (
        select from wedsync_data.wedding_members as m
        where m.couple_id = $2 and m.user_id = any ($1) and m.wedding_role in ('partner', 'planner')
    )
$$;
comment on function wedsync_internal.may_read_answers(uuid[], uuid) is
'Whether any of these users reads the answers that a wedding gave to forms, as the view form_responses shows them.';
revoke all on function wedsync_internal.may_read_answers(uuid[], uuid) from public;
