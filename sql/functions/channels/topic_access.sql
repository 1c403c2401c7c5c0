create or replace function wedsync_internal.topic_access(
    user_id uuid, is_service boolean, topic text,
    out code text, out reason text, out scope text, out tables text[], out couple_id uuid, out supplier_id uuid, out principals uuid[],
    out readable bit, out can_broadcast boolean, out can_presence boolean, out valid_until timestamptz
)
language plpgsql
stable
as $$
declare
    channel wedsync_data.channel_catalog;
    access record;
    supplier_ids uuid[];
    by_rights boolean;
begin
    valid_until := 'infinity';
    principals := '{}';
    tables := '{}';
    if length(topic) > 255 then
        code := 'UnknownTopic';
        reason := 'a topic may have at most 255 characters';
        return;
    end if;
    select c.* into channel from wedsync_data.channel_catalog as c where topic ~ c.pattern limit 1;
    if channel.name is null then
        if exists (select from wedsync_data.free_topics as f where topic ~ f.pattern) then
            scope := 'free';
            can_broadcast := true;
            can_presence := true;
        else
            code := 'UnknownTopic';
            reason := 'no channel has this name and no pattern in wedsync_data.free_topics matches it';
            return;
        end if;
    else
        scope := channel.scope;
        tables := channel.tables;
        if channel.carries_rows then
            tables := tables || array(select r.record_name from wedsync_data.record_catalog as r where r.shape = 'rows' and r.is_announced order by r.position);
        end if;
        can_broadcast := channel.allows_broadcast;
        can_presence := channel.allows_presence;
    end if;
    if user_id is null and not is_service then
        code := 'Unauthorized';
        reason := 'sign in first: the token must have a sub (a uuid) and the role authenticated';
        return;
    end if;
    supplier_ids := array(select m.supplier_id from wedsync_data.supplier_members as m where m.user_id = topic_access.user_id order by 1);

    if scope = 'wedding' then
        couple_id := (regexp_match(topic, channel.pattern))[1]::uuid;
        access := wedsync_internal.user_access(user_id, couple_id);
        readable := access.readable;
        valid_until := access.valid_until;
        if is_service then
            readable := repeat('1', 128)::bit(128);
            valid_until := 'infinity';
        end if;
        if readable = repeat('0', 128)::bit(128) or not exists (select from wedsync_data.weddings as w where w.id = topic_access.couple_id) then
            code := 'Unauthorized';
        end if;
        -- records of suppliers are read by role and by supplier, not by field: the wedding's id represents those who read all of them by role
        if tables && wedsync_internal.role_read_records() and not is_service then
            principals := supplier_ids || case
                when wedsync_internal.reads_by_role(array[user_id], couple_id) then array[couple_id] else '{}'::uuid[]
            end;
        end if;
    elsif scope = 'supplier' then
        supplier_id := (regexp_match(topic, channel.pattern))[1]::uuid;
        principals := array[supplier_id];
        if not (supplier_id = any (supplier_ids) or (is_service and exists (select from wedsync_data.suppliers as s where s.id = topic_access.supplier_id))) then
            code := 'Unauthorized';
        end if;
    elsif scope = 'user' then
        principals := array[(regexp_match(topic, channel.pattern))[1]::uuid];
        if not is_service and user_id is distinct from principals[1] then
            code := 'Unauthorized';
        end if;
    elsif scope = 'caller' then
        by_rights := exists (select from wedsync_data.record_catalog as r where r.record_name = any (tables) and r.shape <> 'supplier');
        -- members of suppliers share the group of their colleagues; those without any wedding left still receive that one was deleted
        principals := supplier_ids || case
            when by_rights and supplier_ids = '{}' then array[user_id]
            when exists (
                select from wedsync_data.wedding_members as m
                where m.user_id = topic_access.user_id and (
                    by_rights
                    or tables && wedsync_internal.role_read_records() and wedsync_internal.reads_by_role(array[m.user_id], m.couple_id)
                )
            ) then array[user_id]
            else '{}'::uuid[]
        end;
        if principals = '{}' and not is_service and not by_rights then
            code := 'Unauthorized';
        end if;
    end if;
    if code is not null then
        reason := 'You do not have permissions to read from this Channel topic: ' || topic;
    end if;
end
$$;
comment on function wedsync_internal.topic_access(uuid, boolean, text) is
'What a user may do on a topic, from the channel catalogue, memberships and grants: code and reason if it may not be joined, otherwise scope, tables, ids, readable rights, and whether broadcast and presence are allowed.';
revoke all on function wedsync_internal.topic_access(uuid, boolean, text) from public;
