-- People of the tests. A person is a name; the user id follows from it.
create function tap.id(name text)
returns uuid
language sql
immutable
as $$ select md5('wedsync test ' || name)::uuid $$;

-- who null: no claims at all. more is laid over the claims.
create function tap.become(who text, role_name text default 'authenticated', more jsonb default '{}')
returns void
language plpgsql
as $$
begin
    perform set_config('request.jwt.claims', case
        when who is null and more = '{}' then ''
        else (case when who is null then '{}' else jsonb_build_object('sub', tap.id(who), 'role', role_name) end || more)::text
    end, true);
    perform set_config('role', role_name, true);
end
$$;

create function tap.back()
returns void
language plpgsql
as $$
begin
    perform set_config('role', 'none', true);
    perform set_config('request.jwt.claims', '', true);
    -- what a request does when it commits
    perform wedsync_internal.log_noted_reads();
    if current_setting('transaction_read_only') = 'off' then
        perform wedsync_internal.push_notifications();
    end if;
end
$$;

-- The first value of a query, as text.
create function tap.call(who text, query text, role_name text default 'authenticated', more jsonb default '{}')
returns text
language plpgsql
as $$
declare
    result text;
begin
    perform tap.become(who, role_name, more);
    execute query into result;
    perform tap.back();
    return result;
end
$$;

-- How many rows a statement touched.
create function tap.run(who text, statement text, role_name text default 'authenticated')
returns bigint
language plpgsql
as $$
declare
    touched bigint;
begin
    perform tap.become(who, role_name);
    execute statement;
    get diagnostics touched = row_count;
    perform tap.back();
    return touched;
end
$$;

-- All rows of a query, as objects.
create function tap.rows(who text, query text, role_name text default 'authenticated')
returns setof jsonb
language plpgsql
as $$
begin
    perform tap.become(who, role_name);
    return query execute 'select to_jsonb(q) from (' || query || ') as q';
    perform tap.back();
end
$$;

-- How a statement fails: {sqlstate, message, detail, hint}, detail as JSON where it is JSON. Null when it passes.
create function tap.error(who text, statement text, role_name text default 'authenticated', more jsonb default '{}')
returns jsonb
language plpgsql
as $$
declare
    state text;
    said text;
    detail text;
    hint text;
begin
    begin
        perform tap.become(who, role_name, more);
        execute statement;
        perform tap.back();
        return null;
    exception
        when others then
            get stacked diagnostics state = returned_sqlstate, said = message_text, detail = pg_exception_detail, hint = pg_exception_hint;
    end;
    return jsonb_build_object(
        'sqlstate', state, 'message', said, 'hint', hint,
        'detail', case when detail ~ '^\s*[\[{]' then detail::jsonb else to_jsonb(detail) end
    );
end
$$;

-- SQLSTATE alone, 'passes' when nothing failed; whatever the statement did is undone.
create function tap.outcome(who text, statement text, role_name text default 'authenticated', probe text default null)
returns text
language plpgsql
as $$
declare
    found text;
begin
    perform tap.become(who, role_name);
    execute statement;
    perform tap.back();
    if probe is not null then
        execute probe into found;
    end if;
    raise exception using errcode = 'TAP00', message = coalesce(found, 'passes');
exception
    when sqlstate 'TAP00' then
        return sqlerrm;
    when others then
        return sqlstate;
end
$$;

create function tap.couple(partner text)
returns uuid
language sql
stable
security definer
as $$ select m.couple_id from wedsync_data.wedding_members as m where m.user_id = tap.id(partner) and m.wedding_role = 'partner' $$;

create function tap.firm(owner text)
returns uuid
language sql
stable
security definer
as $$ select m.supplier_id from wedsync_data.supplier_members as m where m.user_id = tap.id(owner) and m.member_role = 'owner' $$;

-- A couple of its own, without limits of writes a minute.
create function tap.wedding(partner text)
returns uuid
language plpgsql
as $$
begin
    update wedsync_data.rate_limits set max_requests = null where max_requests is not null;
    return tap.call(partner, format('select wedsync.register_couple(%L, null, current_date + 200, %L)', initcap(partner), 'Europe/London'));
end
$$;

-- A supplier of its own; with fields, one to which a couple granted them.
create function tap.supplier(
    owner text, partner text default null, readable text[] default '{}', writable text[] default '{}', category text default 'caterer'
)
returns uuid
language plpgsql
as $$
declare
    firm uuid := tap.call(owner, format('select wedsync.register_supplier(%L, %L)', initcap(owner) || ' Ltd', category));
begin
    if partner is not null then
        perform tap.call(partner, format('select wedsync.grant_access(%L, %L, %L, %L)', tap.couple(partner), firm, readable, writable));
    end if;
    return firm;
end
$$;

-- The token of an invitation: to a wedding as a role, to a supplier as a role, to a wedding for a supplier.
create function tap.invitation(who text, invitation text)
returns text
language sql
as $$ select tap.call(who, 'select wedsync.' || invitation || ' ->> ''token''') $$;

-- How the answer to an invitation ends: SQLSTATE, or null.
create function tap.accept_error(who text, token text, more text default '')
returns text
language sql
as $$ select tap.error(who, format('select wedsync.accept_invitation(%L%s)', token, more)) ->> 'sqlstate' $$;

-- Somebody comes into a wedding or a supplier as people do: invited, and accepting.
create function tap.admit(partner text, who text, wedding_role text)
returns text
language sql
as $$ select tap.accept_error(who, tap.invitation(partner, format('invite_member(%L, %L)', tap.couple(partner), wedding_role))) $$;

create function tap.hire(owner text, who text, member_role text)
returns text
language sql
as $$ select tap.accept_error(who, tap.invitation(owner, format('invite_supplier_member(%L, %L)', tap.firm(owner), member_role))) $$;

-- A supplier that is registered accepts an invitation of a couple, with these fields offered.
create function tap.welcome(partner text, owner text, readable text[] default '{}')
returns jsonb
language plpgsql
as $$
declare
    token constant text := tap.invitation(partner, format(
        'invite_supplier(%L, %L, %L, readable_fields => %L)', tap.couple(partner),
        (select s.category from wedsync_data.suppliers as s where s.id = tap.firm(owner)), tap.firm(owner), readable
    ));
begin
    return tap.call(owner, format('select wedsync.accept_invitation(%L)', token));
end
$$;

-- update_core_fields for people who have one wedding.
create function tap.patch(who text, partner text, patch jsonb, base_version integer default null, reason text default null)
returns jsonb
language sql
as $$
    select tap.call(who, format('select wedsync.update_core_fields(%L, %L, %L, %L)', tap.couple(partner), patch, base_version, reason))::jsonb
$$;

create function tap.patch_error(who text, partner text, patch jsonb, base_version integer default null, reason text default null)
returns jsonb
language sql
as $$
    select tap.error(who, format('select wedsync.update_core_fields(%L, %L, %L, %L)', tap.couple(partner), patch, base_version, reason))
$$;

-- Rules that a patch breaks: {path: rule}.
create function tap.patch_rules(who text, partner text, patch jsonb)
returns jsonb
language sql
as $$
    select jsonb_object_agg(p.v ->> 'path', p.v ->> 'rule')
    from jsonb_array_elements(tap.patch_error(who, partner, patch) #> '{detail,problems}') as p (v)
$$;

-- The record as an owner of the database sees it, with what every write would change.
create function tap.state(partner text)
returns jsonb
language sql
stable
as $$
    select jsonb_build_object(
        'row', (select to_jsonb(f) from wedsync_data.core_fields as f where f.couple_id = c.id),
        'clock', (select to_jsonb(k) from wedsync_data.wedding_clocks as k where k.couple_id = c.id),
        'lists', (select jsonb_agg(e.element order by e.id) from wedsync_internal.list_elements as e where e.couple_id = c.id),
        'grants', (select jsonb_agg(to_jsonb(g) order by g.id) from wedsync_data.grants as g where g.couple_id = c.id),
        'members', (select jsonb_agg(to_jsonb(m) order by m.user_id) from wedsync_data.wedding_members as m where m.couple_id = c.id),
        'audit', (select count(*) from wedsync_data.audit_log as l where l.couple_id = c.id),
        'events', (select count(*) from wedsync_data.events as e where e.couple_id = c.id)
    )
    from (select tap.couple(partner) as id) as c
$$;

-- What people read of all views under settings of the planner, such as 'enable_nestloop=off,work_mem=64', and which reads were noted for the log.
create function tap.reads_noted(planners text[], people text[])
returns table (plan text, who text, view_name text, rows_shown bigint, reads text)
language plpgsql
as $$
declare
    setting text;
begin
    foreach plan in array planners loop
        foreach setting in array string_to_array(plan, ',') loop
            perform set_config(split_part(setting, '=', 1), split_part(setting, '=', 2), true);
        end loop;
        foreach who in array people loop
            for view_name in
                select c.relname from pg_catalog.pg_class as c
                where c.relnamespace = 'wedsync'::regnamespace and c.relkind = 'v' and has_table_privilege('authenticated', c.oid, 'select')
            loop
                perform set_config('wedsync.views_read', '', true);
                perform tap.become(who);
                execute format('select count(*) from wedsync.%I', view_name) into rows_shown;
                reads := current_setting('wedsync.views_read', true);
                perform set_config('wedsync.views_read', '', true);
                perform tap.back();
                return next;
            end loop;
        end loop;
        foreach setting in array string_to_array(plan, ',') loop
            execute format('reset %I', split_part(setting, '=', 1));
        end loop;
    end loop;
end
$$;
