create or replace function wedsync_internal.group_event_rights(audience wedsync_data.subscription_groups, event wedsync_data.events)
returns bit
language plpgsql
stable
as $$
declare
    mask bit(128);
begin
    if event.class = 'purge' and not audience.is_service and audience.scope <> 'wedding' then
        return case when event.recipients && audience.principals then repeat('1', 128)::bit(128) end;
    end if;
    if event.class = 'supplier' or event.class = 'purge' and event.supplier_id is not null then
        -- a supplier's own records: its members, and those at the wedding who read them by role
        if audience.is_service or event.supplier_id = any (audience.principals) or (event.table_name = any (wedsync_internal.role_read_records()) and (
            audience.scope = 'wedding' and event.couple_id = any (audience.principals)
            or audience.scope = 'caller' and wedsync_internal.reads_by_role(audience.principals, event.couple_id)
        )) then
            return repeat('1', 128)::bit(128);
        end if;
        return null;
    end if;
    if event.class = 'purge' and not audience.is_service and exists (
        select from wedsync_data.record_catalog as r where r.record_name = event.table_name and r.shape = 'rows'
    ) and not exists (
        select from wedsync_data.field_catalog as f where f.table_name = event.table_name and get_bit(audience.readable, f.right_no) = 1
    ) then
        return null;
    end if;
    if audience.scope = 'wedding' then
        return audience.readable;
    end if;
    if audience.is_service then
        return repeat('1', 128)::bit(128);
    end if;
    mask := wedsync_internal.principals_readable(audience.principals, event.couple_id);
    return nullif(mask, repeat('0', 128)::bit(128));
end
$$;
comment on function wedsync_internal.group_event_rights(wedsync_data.subscription_groups, wedsync_data.events) is
'Rights by which a group receives an event; null if the event is not for it.';
revoke all on function wedsync_internal.group_event_rights(wedsync_data.subscription_groups, wedsync_data.events) from public;
