"""`wedsync import-guests` and `wedsync export-guests`: files on one side, the functions of the pack on the other.

The database reads the list: here are only bytes, encodings, and what people see.
"""

from __future__ import annotations

import codecs
import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any, LiteralString
from uuid import UUID

import psycopg
import typer
from rich.markup import escape
from rich.table import Table

from wedsync.cli_options import Dsn, Json
from wedsync.cli_output import err, out, print_json, progress_bar
from wedsync.errors import GuestListRefused, GuestListUnreadable, UsageError
from wedsync.install.database import connect
from wedsync.install.wording import counted
from wedsync.settings import load_settings

Couple = Annotated[str, typer.Option("--couple", help="Id of the wedding (a uuid).")]

# Longest first: the mark of UTF-32 little-endian starts with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SHOWN_PROBLEMS = 50


def decode(content: bytes, encoding: str | None = None) -> tuple[str, str]:
    """The text of a file and its encoding: by its byte-order mark, its NUL bytes, or whether it is UTF-8.

    Anything else is Windows-1252, in which spreadsheets of Western Europe and America save CSV files.
    Raises GuestListUnreadable for a file that is no text, and UsageError for an unknown `encoding`.
    """
    try:
        if encoding is not None:
            return content.decode(encoding), codecs.lookup(encoding).name
        for mark, name in _MARKS:
            if content.startswith(mark):
                return content.decode(name), name
        beginning = content[:4096]
        if beginning.count(0) > len(beginning) // 4:
            # Latin text in UTF-16 without a mark has a NUL in every second byte.
            name = "utf-16-le" if beginning[1::2].count(0) > beginning[::2].count(0) else "utf-16-be"
            return content.decode(name), name
        if 0 in content:
            raise GuestListUnreadable("the file is not text", hint="export the list as CSV from the spreadsheet")
        try:
            return content.decode(), "utf-8"
        except UnicodeDecodeError:
            # five bytes mean nothing in Windows-1252; latin-1 takes them
            try:
                return content.decode("cp1252"), "cp1252"
            except UnicodeDecodeError:
                return content.decode("latin-1"), "latin-1"
    except UnicodeDecodeError as error:
        raise GuestListUnreadable(
            f"the file is not {error.encoding}: byte {error.start + 1} cannot be decoded",
            hint="name its encoding with --encoding, for instance --encoding mac_roman",
        ) from error
    except LookupError as error:
        raise UsageError(f"there is no encoding {encoding}", hint="for instance utf-8, cp1252 or mac_roman") from error


def import_guests(
    file: Annotated[Path, typer.Argument(help="The list as CSV; - for standard input.", allow_dash=True)],
    couple: Couple,
    dsn: Dsn = None,
    preview: Annotated[bool, typer.Option("--preview", help="Show what would be imported; change nothing.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Delete all guests and households first.")] = False,
    skip_errors: Annotated[bool, typer.Option("--skip-errors", help="Leave out rows with errors.")] = False,
    column: Annotated[
        list[str] | None,
        typer.Option("--column", help="What a column holds: 'HEADING=FIELD', also 'HEADING=event:NAME'. Repeatable."),
    ] = None,
    event: Annotated[
        str | None, typer.Option("--event", help="Id of the event of replies, meals and tables.", show_default=False)
    ] = None,
    date_order: Annotated[
        str | None, typer.Option("--date-order", help="dmy or mdy, where the dates do not tell.", show_default=False)
    ] = None,
    encoding: Annotated[
        str | None, typer.Option("--encoding", help="Encoding of the file; by default found out.", show_default=False)
    ] = None,
    as_json: Json = False,
) -> None:
    """Import a guest list. Rows with errors are listed, and then nothing is imported, unless --skip-errors."""
    options: dict[str, Any] = {"mode": "replace" if replace else "append", "skip_errors": skip_errors}
    if column:
        options["mapping"] = dict(_pair(each) for each in column)
    if event:
        options["event_id"] = event
    if date_order:
        if date_order not in ("dmy", "mdy"):
            raise UsageError("--date-order is dmy or mdy")
        options["date_order"] = date_order
    wedding = _uuid(couple)
    with (
        closing(connect(_dsn(dsn), application_name="wedsync import-guests")) as connection,
        progress_bar(shown=not as_json) as progress,
    ):
        progress(0, 3, "reading")
        text, found = decode(_content(file), encoding)
        if not text.strip("\ufeff \t\r\n"):
            raise GuestListUnreadable("the file is empty", hint="export the list as CSV from the spreadsheet")
        progress(1, 3, "checking")
        report = _import(connection, wedding, text, options | {"preview": True})
        refused = [each for each in report["problems"] if each["severity"] == "error"]
        if not preview and (skip_errors or not refused):
            progress(2, 3, f"importing {counted(report['guests'], 'guest')}")
            report = _import(connection, wedding, text, options)
            refused = []
        progress(3, 3, "done")
    if as_json and (preview or not refused):
        print_json(report | {"encoding": found})
    elif not as_json:
        _print_report(report, found)
    if refused and not preview:
        raise GuestListRefused(
            f"{counted(len(refused), 'row')} with errors; nothing was imported",
            hint="correct these rows, or leave them out with --skip-errors: "
            + ", ".join(str(each["row"]) for each in refused[:20]),
        )


def export_guests(
    couple: Couple,
    file: Annotated[Path | None, typer.Argument(help="File to write; by default standard output.")] = None,
    output: Annotated[str, typer.Option("--format", help="csv or vcard.")] = "csv",
    dsn: Dsn = None,
) -> None:
    """Export the guests as CSV, which import-guests reads again, or as vCards."""
    if output not in ("csv", "vcard"):
        raise UsageError("--format is csv or vcard")
    text = ""
    with closing(connect(_dsn(dsn), application_name="wedsync export-guests")) as connection:
        for skip in range(0, 1_000_000, 20_000):
            row = _call(connection, "select wedsync.export_guests(%s, %s, 20000, %s)", [_uuid(couple), output, skip])
            part: str = row or ""
            body = part.partition("\r\n")[2] if output == "csv" and skip else part
            if not body:
                break
            text += body
            if output == "csv" and body.count("\n") < 20_000:
                break
    if file is None:
        sys.stdout.write(text)
    else:
        # with the mark by which spreadsheets know UTF-8
        try:
            file.write_text(text, encoding="utf-8-sig" if output == "csv" else "utf-8", newline="")
        except OSError as error:
            raise UsageError(f"{file} cannot be written: {error.strerror}") from error


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("import-guests")(import_guests)
    app.command("export-guests")(export_guests)


def _dsn(dsn: str | None) -> str:
    return dsn or load_settings().need_dsn()


def _uuid(couple: str) -> UUID:
    try:
        return UUID(couple)
    except ValueError as error:
        raise UsageError("--couple is not a uuid") from error


def _pair(column: str) -> tuple[str, str]:
    heading, separator, field = column.rpartition("=")
    if not separator or not heading or not field:
        raise UsageError("--column is HEADING=FIELD", hint="for instance --column 'Invited as=household'")
    return heading, field


def _content(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error


def _import(connection: psycopg.Connection, couple: UUID, text: str, options: Mapping[str, Any]) -> dict[str, Any]:
    # PostgreSQL has no character 0
    arguments = [couple, text.replace("\x00", ""), json.dumps(options)]
    report: dict[str, Any] = _call(connection, "select wedsync.import_guests(%s, %s, %s)", arguments)
    return report


def _call(connection: psycopg.Connection, query: LiteralString, arguments: Sequence[object]) -> Any:
    try:
        row = connection.execute(query, arguments).fetchone()
    except psycopg.Error as error:
        if error.sqlstate in ("22023", "42501", "PT404", "PT409", "PT413", "PT422"):
            # Hints refer to the detail.
            told = (error.diag.message_hint, error.diag.message_detail and f"detail: {error.diag.message_detail}")
            raise GuestListRefused(
                error.diag.message_primary or str(error), hint=" ".join(filter(None, told)) or None
            ) from error
        raise
    return row[0] if row else None


def _print_report(report: Mapping[str, Any], encoding: str) -> None:
    separator = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar"}.get(report["separator"], report["separator"])
    out.print(f"{encoding}, {separator}, headings in row {report['header_row']}, {counted(report['rows'], 'row')}")
    columns = Table("column", "is read as", box=None, header_style="dim")
    for each in report["columns"]:
        columns.add_row(escape(each["heading"]), each["field"] or "[dim]not read[/]")
    out.print(columns)
    if report["preview"]:
        sample = Table("row", "household", "name", "e-mail", box=None, header_style="dim")
        for each in report["sample"]:
            name = " ".join(each[key] for key in ("title", "first_name", "last_name") if key in each)
            sample.add_row(
                str(each["row"]), escape(each.get("household", "")), escape(name), escape(each.get("email", ""))
            )
        out.print(sample)
    for each in report["problems"][:_SHOWN_PROBLEMS]:
        mark = "[red]✗[/]" if each["severity"] == "error" else "[yellow]![/]"
        where = f"row {each['row']}" + (f", {escape(each['column'])}" if each["column"] else "")
        out.print(f"{mark} {where}: {escape(report['rules'].get(each['rule'], each['rule']))}")
    if report["problem_count"] > _SHOWN_PROBLEMS:
        err.print(f"[dim]and {report['problem_count'] - _SHOWN_PROBLEMS} more; --json lists them[/]")
    counts = (
        f"{counted(report['guests'], 'guest')} in {counted(report['households'], 'household')}, "
        f"{counted(report['invitations'], 'invitation')}, {counted(report['skipped'], 'row')} left out"
    )
    if report["preview"]:
        out.print(f"preview: would import {counts}")
    else:
        out.print(f"[green]✓[/] imported {counts}, {counted(report['deleted'], 'guest')} deleted")
