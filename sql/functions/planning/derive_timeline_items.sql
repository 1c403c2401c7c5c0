create or replace function wedsync_internal.derive_timeline_items(
    op text, old_record wedsync_data.timeline_items, new_record wedsync_data.timeline_items
)
returns wedsync_data.timeline_items
language plpgsql
stable
as $$
declare
    is_local_new constant boolean := new_record.starts_local is distinct from old_record.starts_local;
    is_start_new constant boolean := new_record.starts_at is distinct from old_record.starts_at;
    is_end_new constant boolean := new_record.ends_at is distinct from old_record.ends_at;
begin
    if new_record.time_zone is null then
        new_record.time_zone := wedsync_internal.wedding_time_zone(new_record.couple_id);
    end if;
    -- what is wrong is reported later, with the other problems
    if wedsync_internal.time_zone_problem(new_record.time_zone) is null
        and coalesce(new_record.starts_at, now()) between '0001-01-01 00:00+00' and '9999-12-31 23:59:59.999999+00'
        and coalesce(new_record.ends_at, now()) between '0001-01-01 00:00+00' and '9999-12-31 23:59:59.999999+00' then
        if is_local_new and not is_start_new
            or op = 'UPDATE' and new_record.time_zone is distinct from old_record.time_zone and not is_start_new then
            new_record.starts_at := wedsync_internal.instant_of_local_time(new_record.starts_local, new_record.time_zone);
        elsif new_record.starts_at is not null then
            new_record.starts_local := to_char(new_record.starts_at at time zone new_record.time_zone, 'YYYY-MM-DD"T"HH24:MI');
        end if;
        if is_end_new and new_record.duration_minutes is not distinct from old_record.duration_minutes then
            -- far beyond the limit it may not fit an integer
            new_record.duration_minutes := greatest(-1, least(100000, ceil(extract(epoch from new_record.ends_at - new_record.starts_at) / 60)));
        else
            new_record.ends_at := new_record.starts_at + make_interval(mins => new_record.duration_minutes);
        end if;
    end if;
    if new_record.status is distinct from old_record.status then
        if new_record.status in ('running', 'done') then
            new_record.actual_start := coalesce(new_record.actual_start, pg_catalog.statement_timestamp());
        end if;
        if new_record.status = 'done' then
            new_record.actual_end := coalesce(new_record.actual_end, pg_catalog.statement_timestamp());
        end if;
    end if;
    if op = 'INSERT' then
        new_record.uid := coalesce(new_record.uid, new_record.id || '@wedsync');
        new_record.stamped_at := coalesce(new_record.stamped_at, date_trunc('second', pg_catalog.statement_timestamp()));
    else
        new_record.uid := old_record.uid;
        -- an import brings its own revision
        if new_record.stamped_at is not distinct from old_record.stamped_at and (
            new_record.title, new_record.category, new_record.starts_at, new_record.ends_at, new_record.time_zone, new_record.location, new_record.cue,
            new_record.owner, new_record.supplier_ids, new_record.participants, new_record.status = 'skipped'
        ) is distinct from (
            old_record.title, old_record.category, old_record.starts_at, old_record.ends_at, old_record.time_zone, old_record.location, old_record.cue,
            old_record.owner, old_record.supplier_ids, old_record.participants, old_record.status = 'skipped'
        ) then
            new_record.sequence := old_record.sequence + 1;
            new_record.stamped_at := date_trunc('second', pg_catalog.statement_timestamp());
        end if;
    end if;
    return new_record;
end
$$;
comment on function wedsync_internal.derive_timeline_items(text, wedsync_data.timeline_items, wedsync_data.timeline_items) is
'Hook of the record engine: start and local start, end and duration follow from each other; actual times from the status; UID, SEQUENCE and DTSTAMP for calendars.';
revoke all on function wedsync_internal.derive_timeline_items(text, wedsync_data.timeline_items, wedsync_data.timeline_items) from public;
