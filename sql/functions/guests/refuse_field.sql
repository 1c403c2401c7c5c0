create or replace function wedsync_internal.refuse_field(path text, rule text)
returns void
language plpgsql
stable
as $$
begin
    perform wedsync_internal.fail(
        'invalid_fields', pg_catalog.jsonb_build_object('problems', pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object('path', path, 'rule', rule)))
    );
end
$$;
comment on function wedsync_internal.refuse_field(text, text) is 'Raises invalid_fields for one field and rule. For hooks that derive_<record>: before the row is stored, so that it comes before the checks of the table.';
revoke all on function wedsync_internal.refuse_field(text, text) from public;
