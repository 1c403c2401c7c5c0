"""Small trees of SQL files for tests of the migration itself."""

from __future__ import annotations

import shutil
from pathlib import Path

from wedsync.install.sql_files import SqlTree, default_root, load_tree

_FILES = {
    "schema/0002_schemas.sql": """
create schema if not exists wedsync;
create schema if not exists wedsync_data;
""",
    "schema/0003_guests.sql": """
create table wedsync_data.guests (id integer primary key, name text);
alter table wedsync_data.guests enable row level security;
comment on table wedsync_data.guests is 'Guests.';
""",
    "functions/guests/guest_count.sql": """
create or replace function wedsync.guest_count() returns bigint language sql stable set search_path = ''
as $$ select count(*) from wedsync_data.guests $$;
comment on function wedsync.guest_count() is 'How many.';
revoke all on function wedsync.guest_count() from public;
""",
    "functions/guests/a_summary.sql": """
create or replace function wedsync.a_summary() returns text language sql stable set search_path = ''
as $$ select wedsync.guest_count() || ' guests' $$;
""",
    "policies/guests.sql": """
drop policy if exists everybody on wedsync_data.guests;
create policy everybody on wedsync_data.guests for select to authenticated using (true);
grant select on wedsync_data.guests to authenticated;
""",
}


class SmallTree:
    """A tree below `root` that a test may change file by file; the roles file is the real one."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name, text in _FILES.items():
            self.write(name, text)
        shutil.copy(default_root() / "schema" / "0001_roles.sql", root / "schema")

    def write(self, name: str, text: str) -> SmallTree:
        """Put a file there."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return self

    def append(self, name: str, text: str) -> SmallTree:
        """Add to a file."""
        return self.write(name, (self.root / name).read_text(encoding="utf-8") + text)

    def remove(self, name: str) -> SmallTree:
        """Take a file away."""
        (self.root / name).unlink()
        return self

    def load(self) -> SqlTree:
        """What the migration gets to see."""
        return load_tree(self.root)
