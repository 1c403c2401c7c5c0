create or replace function wedsync_internal.direct_access_change()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    before constant jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
    after constant jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
    shown constant text[] := case tg_table_name
        when 'grants' then '{grantee_kind,field_name,can_read,can_write,state,valid_from,valid_until}'::text[] else '{wedding_role}'::text[]
    end;
    side record;
begin
    -- a row that moves to another wedding is removed from one and added to the other
    for side in
        select (b.v ->> 'couple_id')::uuid as couple_id, coalesce(b.v ->> 'grantee_id', b.v ->> 'user_id') as holder,
            (b.v)::jsonb as old_row, case when after ->> 'couple_id' = b.v ->> 'couple_id' then after end as new_row
        from (values (before)) as b (v) where b.v is not null
        union all
        select (a.v ->> 'couple_id')::uuid, coalesce(a.v ->> 'grantee_id', a.v ->> 'user_id'), null, a.v
        from (values (after)) as a (v) where a.v is not null and a.v ->> 'couple_id' is distinct from before ->> 'couple_id'
    loop
        insert into wedsync_data.wedding_clocks (couple_id) values (side.couple_id) on conflict on constraint wedding_clocks_pkey do nothing;
        perform wedsync_internal.record_access_change(
            side.couple_id, tg_table_name,
            case when side.old_row is null then 'create' when side.new_row is null then 'delete' else 'update' end,
            case tg_table_name when 'grants' then 'grants/' else 'members/' end || side.holder,
            (select pg_catalog.jsonb_object_agg(k.key, k.value) from pg_catalog.jsonb_each(side.old_row) as k where k.key = any (shown)),
            (select pg_catalog.jsonb_object_agg(k.key, k.value) from pg_catalog.jsonb_each(side.new_row) as k where k.key = any (shown))
        );
    end loop;
    return null;
end
$$;
comment on function wedsync_internal.direct_access_change() is
'Audits and announces direct changes of grants and memberships, such as those of an administrator. The API''s functions record their own.';
revoke all on function wedsync_internal.direct_access_change() from public;

create or replace trigger direct_access_change
after insert or update or delete on wedsync_data.grants
for each row when (current_user <> 'wedsync_owner') execute function wedsync_internal.direct_access_change();
comment on trigger direct_access_change on wedsync_data.grants is 'Audits and announces direct changes.';

create or replace trigger direct_access_change
after insert or update or delete on wedsync_data.wedding_members
for each row when (current_user <> 'wedsync_owner') execute function wedsync_internal.direct_access_change();
comment on trigger direct_access_change on wedsync_data.wedding_members is 'Audits and announces direct changes.';
