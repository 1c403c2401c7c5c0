-- as: installer
-- Roles are cluster-wide, and installations with PostgREST or Supabase already have some of them, so only missing ones are created.
do $$
declare
    wanted constant text[] := array['wedsync_owner', 'wedsync_worker', 'wedsync_admin', 'anon', 'authenticated', 'service_role'];
    -- From 16 on, the creator of a role is a member without SET, which it has to grant to itself.
    acting constant text := case when pg_catalog.current_setting('server_version_num')::integer < 160000 then 'member' else 'set' end;
    missing text[];
    role_name text;
begin
    missing := array(
        select w.name from unnest(wanted) as w (name)
        where not exists (select from pg_catalog.pg_roles as r where r.rolname = w.name)
        order by w.name
    );
    if missing <> '{}' and not exists (
        select from pg_catalog.pg_roles as r
        where r.rolname = current_user and (r.rolsuper or r.rolcreaterole)
    ) then
        raise exception 'roles are missing and % may not create roles: %', current_user, array_to_string(missing, ', ')
            using errcode = '42501',
                hint = 'Ask an administrator to run: '
                    || (select string_agg(format('create role %I nologin;', m.name), ' ') from unnest(missing) as m (name))
                    || format(' grant wedsync_owner to %I;', current_user);
    end if;
    foreach role_name in array missing loop
        begin
            execute format('create role %I nologin', role_name);
        exception
            -- created concurrently by another installation on the same cluster
            when duplicate_object or unique_violation then
                raise notice 'role % was created meanwhile', role_name;
        end;
    end loop;
    if not pg_catalog.pg_has_role(current_user, 'wedsync_owner', acting) then
        begin
            execute format('grant wedsync_owner to %I', current_user);
        exception
            when insufficient_privilege then
                raise exception '% may not act as wedsync_owner', current_user
                    using errcode = '42501',
                        hint = format('Ask an administrator to run: grant wedsync_owner to %I;', current_user);
        end;
    end if;
    if not pg_catalog.has_database_privilege('wedsync_owner', current_database(), 'create') then
        begin
            execute format('grant create on database %I to wedsync_owner', current_database());
        exception
            when insufficient_privilege then null;
        end;
        if not pg_catalog.has_database_privilege('wedsync_owner', current_database(), 'create') then
            raise exception 'wedsync_owner may not create schemas in database %', current_database()
                using errcode = '42501',
                    hint = format('Ask the database owner to run: grant create on database %I to wedsync_owner;', current_database());
        end if;
    end if;
end
$$;
