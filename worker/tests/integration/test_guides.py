"""Every command and snippet of README and guides is run, against a real database, PostgREST and worker."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import tempfile
import tomllib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from harness.database import Database
from harness.guides import JS, ROOT, Block, Failed, Stage, blocks, psql_session, secret_places, unnamed_arguments
from harness.ports import free_port
from harness.scratch import scratch
from harness.servers import Server
from harness.worker import running_worker

from wedsync import auth
from wedsync.install.database import NEWEST_TESTED_MAJOR, OLDEST_MAJOR
from wedsync.local.demo_wedding import ensure_wedding
from wedsync.local.embedded import EmbeddedServer
from wedsync.local.origin import one_origin
from wedsync.metrics import COUNTERS, DELAYS, GAUGES
from wedsync.processes import supervisor
from wedsync.server import connection
from wedsync.server.host import Limits
from wedsync.services import joins

GUIDES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
# docs/features.md is generated and docs/performance.md is about the benchmarks: figures come from running those by hand.
GUIDES = [path for path in GUIDES if path.name not in ("features.md", "performance.md")]
# These begin before the pack is there.
FROM_SCRATCH = {"dba.md"}
# As somebody new reads them.
ONE_AFTER_THE_OTHER = [
    ROOT / "README.md",
    *(
        ROOT / "docs" / f"{name}.md"
        for name in (
            "application-developers",
            "guest-import",
            "planning",
            "tasks-and-timeline",
            "suppliers",
            "notifications",
            "webhooks",
            "wedding-days",
            "realtime",
            "security",
        )
    ),
]


@pytest.fixture
def document(request: pytest.FixtureRequest) -> str:
    """Text of the guide."""
    path: Path = request.param
    return path.read_text(encoding="utf-8")


@pytest.fixture
def up_home() -> Iterator[Path]:
    """Home of a PostgreSQL that `wedsync up` makes; its user must be able to enter it, so it is not below tmp_path."""
    with tempfile.TemporaryDirectory(prefix="wedsync-guide-", dir=scratch()) as directory:
        place = Path(directory)
        place.chmod(0o755)
        yield place / "up"
        EmbeddedServer(place / "up").stop()


@asynccontextmanager
async def staged(
    text: str,
    template: str | None,
    up_home: Path,
    server18: Server,
    serve_postgrest: Callable[[Database], str],
    home: Path,
) -> AsyncIterator[Stage]:
    """A database for what `text` says, and what else it speaks to."""
    async with AsyncExitStack() as stack:
        database = stack.enter_context(server18.database(template))
        places = {
            **secret_places(),
            "postgresql://postgres@localhost/weddings": database.dsn,
            "postgresql://authenticator@localhost/weddings": database.dsn_as("authenticator"),
            "postgresql://wedsync_worker@localhost/weddings": database.worker_dsn,
        }
        environment = {
            "WEDSYNC_SOCKET_PORT": str(free_port()),
            "WEDSYNC_HTTP_PORT": str(free_port()),
            "WEDSYNC_DATA_DIR": str(up_home),
        }
        if "http://localhost:3000" in text:
            places["http://localhost:3000"] = serve_postgrest(database)
        if "wedsync worker &" not in text and "localhost:400" in text:
            worker = await stack.enter_async_context(running_worker(database))
            await worker.until_ready()
            environment["WEDSYNC_SOCKET_PORT"] = str(worker.socket_port)
            environment["WEDSYNC_HTTP_PORT"] = str(worker.http_port)
        places["localhost:4000"] = f"127.0.0.1:{environment['WEDSYNC_SOCKET_PORT']}"
        places["localhost:4001"] = f"127.0.0.1:{environment['WEDSYNC_HTTP_PORT']}"
        if "http://localhost:4002" in text:
            rest = urlsplit(places["http://localhost:3000"])
            targets = {"rest": ("127.0.0.1", int(rest.port or 0)), "sockets": ("127.0.0.1", worker.socket_port)}
            places["http://localhost:4002"] = stack.enter_context(one_origin("127.0.0.1", targets))
        made = Stage(database, home, places)
        made.environment.update(environment)
        yield made


@pytest.fixture
async def stage(
    request: pytest.FixtureRequest,
    document: str,
    up_home: Path,
    server18: Server,
    serve_postgrest: Callable[[Database], str],
    tmp_path: Path,
) -> AsyncIterator[Stage]:
    """A database for the document, and what else it speaks to."""
    template = None if request.param in FROM_SCRATCH else "wedsync_template"
    async with staged(document, template, up_home, server18, serve_postgrest, tmp_path) as made:
        yield made


def skip_unless_runnable(steps: list[Block]) -> None:
    """Skip where a program is missing that the blocks need."""
    kinds = {block.words[0] for block in steps if block.words}
    for program, kind in (("node", "js"), ("curl", "sh")):
        if kind in kinds and shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    if "js" in kinds and not (JS / "node_modules").exists():
        pytest.skip("the JavaScript clients are not installed; ./scripts/test installs them")


@pytest.mark.slow
@pytest.mark.proves("F000-98")
@pytest.mark.parametrize(
    ("stage", "document"), [(path.name, path) for path in GUIDES], ids=[path.name for path in GUIDES], indirect=True
)
def test_the_guide_can_be_followed(stage: Stage, document: str) -> None:
    steps = blocks(document)
    skip_unless_runnable(steps)
    with psql_session(stage) as psql:
        for block in steps:
            stage.run(block, psql)


@pytest.mark.slow
@pytest.mark.proves("F000-98")
async def test_a_newcomer_can_follow_one_guide_after_the_other_on_one_database(
    up_home: Path, server18: Server, serve_postgrest: Callable[[Database], str], tmp_path: Path
) -> None:
    """In one psql session and one shell, beside the demo wedding of `wedsync up`."""
    texts = [path.read_text(encoding="utf-8") for path in ONE_AFTER_THE_OTHER]
    steps = [block for text in texts for block in blocks(text)]
    skip_unless_runnable(steps)
    async with staged("\n".join(texts), "wedsync_template", up_home, server18, serve_postgrest, tmp_path) as stage:
        ensure_wedding(stage.database.dsn)

        def follow() -> None:
            with psql_session(stage) as psql:
                for block in steps:
                    stage.run(block, psql)

        await asyncio.to_thread(follow)
        people = stage.database.query(
            "select created_by, count(*) from wedsync_data.weddings group by created_by having count(*) > 1"
        )
    assert people == [], "each guide has its own people"


@pytest.mark.proves("F000-98")
@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.name)
def test_every_argument_in_sql_is_named(path: Path) -> None:
    for block in blocks(path.read_text(encoding="utf-8")):
        if block.words[:1] == ("sql",):
            assert unnamed_arguments(block.text) == [], f"line {block.line}"


def test_an_argument_without_a_name_is_found() -> None:
    assert unnamed_arguments("select wedsync.f(a => '(x, y)', b => g(1, 2)), wedsync.h()") == []
    assert unnamed_arguments("select wedsync.f(a => 1, 'x, y'); select wedsync.g(\n  :'b'\n)") == [
        "f: 'x, y'",
        "g: :'b'",
    ]


@pytest.mark.proves("F000-98")
@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (path.parent / target).exists(), target


@pytest.mark.parametrize(
    ("words", "text", "complaint"),
    [
        ("sql run", "select 1 / 0;", "22012"),
        ("sql run fails=22012", "select 1;", "expected 22012"),
        ("sql run", "\\nonsense", "invalid command"),
        ("sh run", "false", "ended with 1"),
        ("sh run", "echo $not_set", "ended with"),
        ("sh self", "rm -rf everything", "may go without a run"),
        ("python run", "raise SystemExit(3)", "ended with 3"),
        ("text", "never printed", "is not in the output"),
        ("sql", "select 1;", "nobody runs"),
        ("", "x", "nobody runs"),
    ],
)
def test_what_does_not_work_is_noticed(
    database18: Database, tmp_path: Path, words: str, text: str, complaint: str
) -> None:
    stage = Stage(database18, tmp_path, {})
    with psql_session(stage) as psql, pytest.raises(Failed, match=complaint):
        stage.run(Block(tuple(words.split()), text, 1), psql)


def test_variables_and_session_last_through_a_document(database18: Database, tmp_path: Path) -> None:
    stage = Stage(database18, tmp_path, {"there": "here"})
    document = "```sql run\nselect 40 + 2 as answer \\gset\n```\n```sql run\nselect :answer;\n```\n```text\n42\n```\n"
    document += "```sh run\nplace=there\n```\n```sh run\necho $place\n```\n```text\nhe…re\n```\n"
    with psql_session(stage) as psql:
        for block in blocks(document):
            stage.run(block, psql)
    assert "here" in stage.output


def test_no_document_is_forgotten() -> None:
    assert {"README.md", "dba.md", "operators.md", "application-developers.md"} <= {path.name for path in GUIDES}


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["embedded"]]
    for group in project["dependency-groups"].values():
        wanted += [each for each in group if isinstance(each, str)]
    names = {re.split(r"[\[><=;~! ]", each)[0] for each in wanted}
    packages = json.loads((JS / "package.json").read_text(encoding="utf-8"))
    names |= {*packages["dependencies"], *packages["devDependencies"], *packages["optionalDependencies"]}
    listed = re.findall(
        r"^\| (\S+) \| .+ \|$", (ROOT / "docs/dependencies.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert sorted(set(listed) - {"package"}) == sorted(names)


@pytest.mark.proves("F000-98")
def test_no_file_lists_the_columns_of_the_record() -> None:
    """`budget_currency` is an ordinary column: a new one needs no more than the guide says, a column and a row."""
    listing = [
        path.relative_to(ROOT)
        for folder in ("functions", "policies")
        for path in (ROOT / "sql" / folder).rglob("*.sql")
        if "budget_currency" in path.read_text(encoding="utf-8")
    ]
    assert listing == []


def test_metrics_that_the_guide_for_operators_names_are_there() -> None:
    guide = (ROOT / "docs/operators.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`wedsync_(\w+)`", guide.partition("## Monitoring")[2].partition("\n## ")[0]))
    assert {"gateway_ready", "log_unread_seconds"} <= named
    assert named <= {*(f"{name}_total" for name in COUNTERS), *GAUGES, *DELAYS, "build_info"}


def test_figures_in_the_guides_are_those_of_code_and_database(database18: Database) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    operators = (ROOT / "docs/operators.md").read_text(encoding="utf-8")
    limits = Limits()
    for line in (
        f"| message from a client | {connection.INBOUND_LIMIT:,} bytes |",
        f"| token | {auth.TOKEN_LIMIT:,} characters |",
        f"| unsent data of one socket | {limits.buffer_bytes:,} bytes",
        f"| opening handshake | {limits.handshake_seconds:.0f} s |",
        f"| ping | after {limits.ping_seconds:.0f} s |",
        f"| silence of a client | {limits.idle_seconds:.0f} s",
        f"| socket without a channel | {limits.no_channel_seconds:.0f} s",
        f"| answer to a join | {joins.JOIN_SECONDS:.0f} s |",
        f"after {supervisor.DRAIN_SECONDS:.0f} s the rest",
        f"not ended {supervisor.KILL_AFTER:.0f} s later",
    ):
        assert line in operators, line
    most = dict(database18.query("select endpoint, max_requests from wedsync_data.rate_limits"))
    rules = dict(database18.query("select name, value from wedsync_data.settings"))
    rights = database18.value("select count(*) from wedsync_data.rights")
    kept = database18.value(
        "select extract(day from keep_for)::int from wedsync_data.retention_policies where table_name = 'events'"
    )
    requests = ", ".join(str(most[f"core-fields-{name}"]) for name in ("read", "write", "populate"))
    for line in (
        f"| {requests} a minute |",
        f"| patch | {rules['patch_max_bytes']:,} bytes |",
        f"| elements of one list | {rules['list_max_elements']} |",
        f"| 128, of which {rights} are used |",
        f"| events kept | {kept} days |",
        f"| message from a socket client | {connection.INBOUND_LIMIT:,} bytes |",
        f"| PostgreSQL | {OLDEST_MAJOR} to {NEWEST_TESTED_MAJOR} |",
    ):
        assert line in readme, line
