"""The generated documents are those of this code, and every id and path in the list of features exists."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
from harness.database import Database

ROOT = Path(__file__).parents[3]


@pytest.fixture
def generator(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """scripts/lib/documents, as ./scripts/docs runs it."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts/lib"))
    import documents.__main__ as main

    return main


@pytest.mark.proves("F000-98")
def test_generated_documents_are_up_to_date(generator: ModuleType, database: Database) -> None:
    stale = [
        name for name, text in generator.documents(database.dsn).items() if (ROOT / name).read_text("utf-8") != text
    ]
    assert stale == [], "run ./scripts/docs"


def test_a_changed_comment_shows(generator: ModuleType, database18: Database) -> None:
    before = generator.documents(database18.dsn)
    database18.query("update wedsync_internal.error_catalog set hint = 'Another hint.' where name = 'not_found'")
    database18.query(
        "update wedsync_data.field_catalog set description = 'Another field' where path = 'couple.partner1.name'"
    )
    # behind a change of the catalogue, which makes the view anew
    database18.query("comment on column wedsync.core_fields.wedding_date is 'Another text.'")
    database18.query("update wedsync_data.rate_limits set max_requests = 7")
    after = generator.documents(database18.dsn)
    assert {name for name in before if name.startswith("docs/reference/") and before[name] != after[name]} == {
        "docs/reference/sql.md",
        "docs/reference/errors.md",
        "docs/reference/fields.md",
        "docs/reference/realtime.md",
        "docs/reference/settings.md",
    }


def _tree(root: Path, test: str, more: str = "", bench: str = "") -> Path:
    (root / "docs").mkdir()
    (root / "bench").mkdir()
    (root / "bench/speed.py").write_text(bench)
    (root / "sql/tests/audit").mkdir(parents=True)
    (root / "docs/features.toml").write_text(
        f'[features]\nF000-01 = ["S", "One"]\nF000-02 = ["S", "Two"]\n'
        f'F000-03 = ["T", "Fast"]\nF000-04 = ["T+O", "Many"]\n[corrections]\nC-01 = "Three"\n{more}'
    )
    (root / "sql/tests/audit/one.sql").write_text(test)
    return root


def test_a_feature_without_a_proof_is_shown_as_missing(generator: ModuleType, tmp_path: Path) -> None:
    lines = generator.features_page(_tree(tmp_path, "-- proves: F000-01, C-01\nbegin;")).splitlines()
    (one,) = (line for line in lines if line.startswith("| F000-01"))
    (two,) = (line for line in lines if line.startswith("| F000-02"))
    assert "sql/tests/audit/one.sql" in one
    assert "missing" not in one
    assert "**missing**" in two
    assert any("2 of 5 items have a proof" in line for line in lines)


def test_a_figure_is_shown_as_measured(generator: ModuleType, tmp_path: Path) -> None:
    root = _tree(
        tmp_path, "-- proves: F000-01\nbegin;", bench='MEASURES = ("F000-03", "F000-04", "C-01")\nraise RuntimeError\n'
    )
    lines = generator.features_page(root).splitlines()
    for name in ("F000-03", "F000-04", "C-01"):
        (line,) = (line for line in lines if line.startswith(f"| {name}"))
        assert line.endswith("| measured by [speed](../bench/speed.py) |")
    assert any("1 of 5 items have a proof, 3 more are measured" in line for line in lines)


@pytest.mark.parametrize(
    ("bench", "complaint"),
    [('MEASURES = ("F000-01",)', "proves nothing about F000-01"), ('MEASURES = ("F999-01",)', "F999-01")],
)
def test_a_measurement_is_for_figures_only(generator: ModuleType, tmp_path: Path, bench: str, complaint: str) -> None:
    with pytest.raises(generator.BadFeatures, match=complaint):
        generator.features_page(_tree(tmp_path, "begin;", bench=bench))


@pytest.mark.parametrize(
    ("test", "more", "complaint"),
    [
        ("-- proves: F999-01\nbegin;", "", "F999-01"),
        ("-- proves: F000-01\nbegin;", '[lives]\nC-01 = ["sql/nowhere.sql"]\n', "sql/nowhere.sql"),
        ("-- proves: F000-01\nbegin;", '[lives]\nC-99 = ["docs"]\n', "C-99"),
    ],
)
def test_unknown_ids_and_paths_are_refused(
    generator: ModuleType, tmp_path: Path, test: str, more: str, complaint: str
) -> None:
    with pytest.raises(generator.BadFeatures, match=complaint):
        generator.features_page(_tree(tmp_path, test, more))


@pytest.mark.parametrize("mark", ['pytest.mark.proves("F000-01")', '[pytest.mark.slow, pytest.mark.proves("F000-01")]'])
def test_a_mark_on_a_whole_module_is_refused(generator: ModuleType, tmp_path: Path, mark: str) -> None:
    root = _tree(tmp_path, "begin;")
    module = root / "worker/tests/unit/test_one.py"
    module.parent.mkdir(parents=True)
    module.write_text('@pytest.mark.proves("F000-01")\ndef test_it() -> None: ...\n')
    assert "unit/test_one.py" in generator.features_page(root)
    module.write_text(f"pytestmark = {mark}\n\n\ndef test_it() -> None: ...\n")
    with pytest.raises(generator.BadFeatures, match="whole module"):
        generator.features_page(root)
