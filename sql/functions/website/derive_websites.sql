create or replace function wedsync_internal.derive_websites(op text, old_record wedsync_data.websites, new_record wedsync_data.websites)
returns wedsync_data.websites
language plpgsql
volatile
as $$
begin
    -- before the constraints, whose errors name no field
    if new_record.slug !~ '^[a-z0-9]([a-z0-9-]{1,61})[a-z0-9]$' then
        perform wedsync_internal.refuse_field('website.slug', 'slug');
    end if;
    if new_record.slug is distinct from old_record.slug then
        -- one after the other, so that of two weddings that take the same address at once the second finds it taken
        perform from wedsync_data.record_catalog as r where r.record_name = 'websites' for no key update;
        if exists (select from wedsync_data.websites as w where w.slug = new_record.slug and w.couple_id <> new_record.couple_id) then
            perform wedsync_internal.refuse_field('website.slug', 'slug_taken');
        end if;
    end if;
    return new_record;
end
$$;
comment on function wedsync_internal.derive_websites(text, wedsync_data.websites, wedsync_data.websites) is
'Hook of the record engine: refuses addresses with other characters, and those that another wedding has.';
revoke all on function wedsync_internal.derive_websites(text, wedsync_data.websites, wedsync_data.websites) from public;
