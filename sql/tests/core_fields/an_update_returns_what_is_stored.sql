-- proves: F000-41, F000-59
-- RETURNING of an UPDATE of the view is the row as everybody reads it afterwards, also where the trigger did not read it again.
begin;
select plan(12);
select tap.matrix();
select tap.patch('emma', 'emma', '{"wedding.style": ["boho"], "wedding.guestCount": {"adults": 3, "children": 1}}');
select tap.call('emma', format($$ select wedsync.add_list_element(%L, 'key_moments', '{"name": "Cake"}') $$, tap.couple('emma')));
-- runs after the statement's snapshot was taken and before its row is written, as another session's commit may
create function pg_temp.meanwhile(moment jsonb) returns boolean language plpgsql volatile as $$
begin
    perform wedsync.add_list_element((select f.couple_id from wedsync.core_fields as f), 'key_moments', moment);
    return true;
end $$;
create function pg_temp.returned(who text, assignment text) returns jsonb language sql volatile as $$
    select tap.call(who, format('update wedsync.core_fields as f set %s returning to_jsonb(f)', assignment))::jsonb
$$;
create function pg_temp.shown(who text) returns jsonb language sql volatile as $$
    select tap.call(who, 'select to_jsonb(f) from wedsync.core_fields as f')::jsonb
$$;
select is(pg_temp.returned('emma', u.assignment), pg_temp.shown('emma'), u.what)
from (values
    ('partner2_phone = ''+44 20 7946 0000''', 'a text'), ('partner1_name = ''Emma'', private_notes = ''one''', 'texts'), ('partner2_phone = null', 'nothing'),
    ('ceremony_time = ''16:00''', 'a time'), ('budget_total = 5', 'an amount'),
    ('wedding_colors = ''{#AABBCC}'', couple_address = ''{"city": "York"}''', 'a set and an object'),
    ('guest_count = guest_count || ''{"adults": 7}''', 'a number from which another one is derived'),
    ('key_moments = jsonb_set(key_moments, ''{0,name}'', ''"Cutting the cake"'')', 'an element of a list'),
    ('key_moments = jsonb_set(key_moments, ''{0,name}'', ''"Cake"''), time_zone = ''Europe/Paris''', 'a list and a column'),
    ('private_notes = ''two'' where pg_temp.meanwhile(''{"name": "Speeches"}'')', 'a text, while somebody adds to a list')
) as u (assignment, what);
select tap.patch('s reads full, writes basic', 'emma', '{"couple.partner2.name": "Jim"}');
select is(
    pg_temp.returned('s reads full, writes basic', 'partner2_name = ''James'''), pg_temp.shown('s reads full, writes basic'),
    'to a supplier, only what it may see'
);
select is(pg_temp.shown('emma') ->> 'partner2_name', 'James', 'which is stored');
select * from finish();
rollback;
