-- proves: F000-40, F001-20
-- Each leaf shows its own column, or its own key of one: with the right to that leaf alone nothing else is seen.
begin;
select plan(2);
select tap.matrix();
-- one member with a right of one leaf after the other
select tap.admit('emma', 'reader', 'friend');
create function pg_temp.seen(path text) returns jsonb language plpgsql as $$
declare
    shown jsonb;
begin
    update wedsync_data.wedding_roles as r set readable_names = array[seen.path] where r.wedding_role = 'friend';
    select r into shown from tap.rows('reader', 'select * from wedsync.core_fields') as r;
    return shown;
end $$;
create temporary table shown on commit drop as
select l.right_no, l.path, l.value, pg_temp.seen(l.path)::text as record from leaves as l;
select is_empty(
    $$ select s.path from shown as s where jsonb_typeof(s.value) <> 'boolean' and not tap.shows(s.record, s.value) $$, 'with its right each leaf is seen'
);
select is_empty(
    $$ select s.path, l.path from shown as s, leaves as l where l.right_no <> s.right_no and tap.shows(s.record, l.value) $$, 'and no other'
);
select * from finish();
rollback;
