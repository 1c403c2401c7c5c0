create or replace function wedsync_internal.reads_by_role(principals uuid[], couple_id uuid)
returns boolean
language sql
stable
as $$
    select exists (
        select from wedsync_data.wedding_members as m
        where m.couple_id = $2 and m.user_id = any ($1)
            and exists (select from wedsync_data.record_catalog as r where m.wedding_role = any (r.reader_roles))
    )
$$;
comment on function wedsync_internal.reads_by_role(uuid[], uuid) is
'Whether any of these users may read those suppliers'' records of a wedding that roles at the wedding read, too; the same roles read them all.';
revoke all on function wedsync_internal.reads_by_role(uuid[], uuid) from public;
