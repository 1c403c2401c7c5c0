create or replace function wedsync_internal.announce_websites()
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    changed record;
    announced integer := 0;
begin
    for changed in
        with fresh as materialized (select e.* from wedsync_internal.read_new_events('announce_websites', '{durable}') as e),
        seen as (
            select f.couple_id, w.slug, f.seq, p.path, f.table_name
            from fresh as f
            join wedsync_data.websites as w on w.couple_id = f.couple_id
            cross join lateral (select concat(f.path_prefix, u.path) as path, u.right_no from unnest(f.paths, f.right_nos) as u (path, right_no)) as p
            join wedsync_data.record_catalog as r on r.record_name = f.table_name
            where case
                -- also the moment in which the page goes
                when f.table_name = 'websites' then w.is_published or f.old_record -> 'is_published' = 'true'
                when f.table_name = 'wedding_events' then w.is_published and (f.record -> 'is_public' = 'true' or f.old_record -> 'is_public' = 'true')
                else w.is_published
            end and (f.table_name = 'websites' or exists (
                select from wedsync_data.field_catalog as c
                where c.table_name = f.table_name and c.right_no = p.right_no and wedsync_internal.is_shown_on_website(c, w.hidden_fields)
                    and case r.shape when 'rows' then split_part(p.path, '/', 3) in ('', 'is_public', c.column_name) else p.path = c.path end
            ))
        )
        select s.couple_id, s.slug, max(s.seq) as seq, array_agg(distinct s.path order by s.path) as paths, bool_and(s.table_name = 'websites') as is_own
        from seen as s group by s.couple_id, s.slug order by s.couple_id
    loop
        -- a change of the row itself is an event of that type already
        if not changed.is_own then
            perform wedsync_internal.store_messages(
                array['wedding:' || changed.couple_id], array['website_updated'],
                array[pg_catalog.jsonb_build_object('slug', changed.slug, 'seq', changed.seq, 'paths', changed.paths)], array[true], null
            );
        end if;
        perform wedsync_internal.notify(
            changed.couple_id, 'website_updated', pg_catalog.jsonb_build_object('address', changed.slug, 'seq', changed.seq), null, 'seq ' || changed.seq
        );
        announced := announced + 1;
    end loop;
    return announced;
end
$$;
comment on function wedsync_internal.announce_websites() is
'Announces what has changed on published pages since the last call: website_updated on the channel of the wedding, and as a notification, which reaches webhooks. Changes of hidden fields are not announced. Returns the number of weddings. Run by the worker as a scheduled job.';
revoke all on function wedsync_internal.announce_websites() from public;
