"""Guest lists as tools export them and people write them: the headings are real, the guests made up."""

from __future__ import annotations

import csv
import json
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from harness.command import wedsync
from harness.database import Database
from harness.weddings import Wedding

ZOLA = (
    "Title,First Name,Last Name,Suffix,Partner Title,Partner First Name,Partner Last Name,Partner Suffix,"
    "Relationship To Couple,Total Definitely Invited,Email,Phone Number,Street Address,Street Address (line 2),City,"
    "State / Region,Zip / Postal Code,Country,"
    + ",".join(f"Child {n} First Name,Child {n} Last Name" for n in range(1, 6))
)


class Lists:
    """One wedding, and what an import makes of it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.wedding = Wedding.new(database)

    def read(self, csv: str, **options: Any) -> dict[str, Any]:
        report: dict[str, Any] = self.wedding.emma.call(
            "select wedsync.import_guests(%s, %s, %s)", self.wedding.id, csv, json.dumps(options)
        )
        return report

    def refused(self, csv: str, **options: Any) -> psycopg.Error:
        with pytest.raises(psycopg.Error) as caught:
            self.read(csv, **options)
        return caught.value

    def rows(self, columns: str, table: str = "guests") -> list[tuple[Any, ...]]:
        return self.database.query(
            f"select {columns} from wedsync_data.{table} as g where couple_id = %s order by 1, 2", self.wedding.id
        )

    def named(self, columns: str) -> list[tuple[Any, ...]]:
        """Guests with a name, with the household, in order of names."""
        return self.database.query(
            f"""select concat_ws(' ', g.first_name, g.last_name), {columns} from wedsync_data.guests as g
            left join wedsync_data.households as h on h.couple_id = g.couple_id and h.id = g.household_id
            where g.couple_id = %s order by g.age_class, 1, 2""",
            self.wedding.id,
        )

    def event(self, name: str, is_main: bool = False) -> Any:
        return self.wedding.emma.call(
            "insert into wedsync.wedding_events (couple_id, name, is_main) values (%s, %s, %s) returning id",
            self.wedding.id,
            name,
            is_main,
        )


def rules(report: dict[str, Any]) -> list[tuple[int, str]]:
    return [(each["row"], each["rule"]) for each in report["problems"]]


@pytest.fixture
def lists(database18: Database) -> Lists:
    return Lists(database18)


@pytest.mark.proves("F004-65")
def test_households_of_zola(lists: Lists) -> None:
    report = lists.read(
        f"{ZOLA}\r\n"
        "Mr.,Sam,Hill,Jr.,Mrs.,Pia,Stone,,Friend,4,sam@example.org,555-0100,1 Main St,Apt 2,Boston,MA,2134,USA,"
        "Tim,,Zoe,Stone,,,,,,\r\n"
        ",Lou,King,,,Guest,,,Family,2,,,,,,,,,,,,,,,,,,\r\n"
    )
    assert report["separator"] == ","
    assert report["guests"] == 6
    assert report["households"] == 2
    assert lists.named("coalesce(g.title, ''), g.suffix, h.name, h.postcode, g.plus_one_of is not null") == [
        ("", "", None, "Lou King", None, True),
        ("Lou King", "", None, "Lou King", None, False),
        ("Pia Stone", "Mrs.", None, "Sam Hill & Pia Stone", "02134", False),
        ("Sam Hill", "Mr.", "Jr.", "Sam Hill & Pia Stone", "02134", False),
        ("Tim Hill", "", None, "Sam Hill & Pia Stone", "02134", False),
        ("Zoe Stone", "", None, "Sam Hill & Pia Stone", "02134", False),
    ]
    assert (2, "import_postcode") in rules(report)


@pytest.mark.proves("F004-65")
@pytest.mark.parametrize(
    ("csv", "expected"),
    [
        pytest.param(
            "name,email,phone,dietary,notes\nAda Poe,ada@example.org,,vegan,aunt\n",
            [("Ada Poe", "ada@example.org", None, ["vegan"])],
            id="Dream Planner",
        ),
        pytest.param(
            "name,seat_number,tag\nAda Poe,3,family\nBo Poe,3,\n",
            [("Ada Poe", None, None, []), ("Bo Poe", None, None, [])],
            id="youare-invited",
        ),
        pytest.param(
            'name,email,phone\n"Poe, Ada","a@example.org; b@example.org",Mobile: +1 555 0100 x12\nBo,none,ask mum\n',
            [("Ada Poe", "a@example.org", "+1 555 0100 x12", []), ("Bo", None, None, [])],
            id="buxmate",
        ),
        pytest.param(
            "name,email,phone,plusOnesAllowed,groupName,groupId,isPrimaryContact,tableNumber,dietaryRestrictions,notes\n"
            "Ada Poe,,,1,Poes,g1,true,4,None,\nBo Poe,,,0,Poes,g1,false,4,Gluten-Free,\n",
            [("Ada Poe", None, None, []), ("Bo Poe", None, None, ["gluten-free"])],
            id="goaing-to-the-chapel",
        ),
        pytest.param(
            "\ufeffUnsere Gästeliste 2027;;;\n;;;\nVorname;Nachname;Handy;Diät\n"
            "Jürgen;Groß;0170 1234567;Vegetarisch\n\nIna und Uwe;Bär;;\n",
            [
                ("Ina Bär", None, None, []),
                ("Jürgen Groß", None, "0170 1234567", ["vegetarisch"]),
                ("Uwe Bär", None, None, []),
            ],
            id="German",
        ),
        pytest.param(
            "Nombre\tApellidos\tCorreo\tAsistencia\nInés\tLópez Ruiz\tines@example.org\tSÍ\nJosé y Eva\tPaz\t\tNO\n",
            [
                ("Eva Paz", None, None, []),
                ("Inés López Ruiz", "ines@example.org", None, []),
                ("José Paz", None, None, []),
            ],
            id="Spanish",
        ),
    ],
)
def test_headings_of_other_tools(lists: Lists, csv: str, expected: list[tuple[Any, ...]]) -> None:
    lists.read(csv)
    assert lists.named("g.email, g.phone, g.diets") == expected


@pytest.mark.proves("F004-65", "F001-04")
def test_invitations_to_events_in_columns(lists: Lists) -> None:
    for name in ("Mehndi", "Ceremony", "Dinner"):
        lists.event(name, is_main=name == "Dinner")
    report = lists.read(
        "Guest Name,Mehndi,Ceremony,RSVP Dinner\nAda Poe,0,-1,Yes\nBo Poe,4,yes,regrets\nCy Poe,,,no\n",
    )
    invited = lists.database.query(
        """select g.first_name, e.name, r.status from wedsync_data.rsvps as r
        join wedsync_data.guests as g on g.id = r.guest_id join wedsync_data.wedding_events as e on e.id = r.event_id
        where r.couple_id = %s order by 1, 2""",
        lists.wedding.id,
    )
    assert invited == [
        ("Ada", "Ceremony", "pending"),
        ("Ada", "Dinner", "attending"),
        ("Bo", "Ceremony", "pending"),
        ("Bo", "Dinner", "declined"),
        ("Bo", "Mehndi", "pending"),
        ("Cy", "Dinner", "declined"),
    ]
    assert report["invitations"] == 6
    assert lists.database.value("select guest_count ->> 'confirmed' from wedsync_data.core_fields") == "1"


def test_names_of_events_replies_dates_meals_and_tables(lists: Lists) -> None:
    dinner = lists.event("Dinner", is_main=True)
    lists.event("Brunch")
    lists.wedding.emma.call(
        "insert into wedsync.meal_options (couple_id, event_id, name) values (%s, %s, 'Fish') returning id",
        lists.wedding.id,
        dinner,
    )
    report = lists.read(
        "Name,Events,RSVP,RSVP date,Meal,Table,Seat,Side,Thank you sent,Gift\n"
        'Ada Poe,"Dinner, Brunch",accepted,13/5/2027,fish,One,2,Emma,yes,Vase\n'
        "Bo Poe,Brunch; Ball,Maybe?,01/02/2027,Goat,One,2,groom,,\n"
        "Cy Poe,Dinner,,31/02/2027,,Two,,both,,\n"
    )
    assert rules(report) == [(3, "import_event"), (3, "import_meal"), (4, "import_date")]
    replies = lists.database.query(
        """select g.first_name, e.name, r.status, r.answered_at::date::text, m.name from wedsync_data.rsvps as r
        join wedsync_data.guests as g on g.id = r.guest_id join wedsync_data.wedding_events as e on e.id = r.event_id
        left join wedsync_data.meal_options as m on m.id = r.meal_option_id
        where r.couple_id = %s order by 1, 2""",
        lists.wedding.id,
    )
    assert replies == [
        ("Ada", "Brunch", "pending", None, None),
        ("Ada", "Dinner", "attending", "2027-05-13", "Fish"),
        ("Bo", "Brunch", "pending", None, None),
        ("Bo", "Dinner", "tentative", "2027-02-01", None),
        ("Cy", "Dinner", "pending", None, None),
    ]
    assert lists.rows("name, capacity", "seating_tables") == [("One", 10), ("Two", 10)]
    assert sorted(number or 0 for (number, _) in lists.rows("number, id", "seats")) == [0, 0, 2]
    assert lists.rows("gift, thank_you_sent", "guest_notes") == [("Vase", True)]
    assert [side for (_, side) in lists.named("g.side")] == ["partner1", "partner2", "both"]


@pytest.mark.proves("F001-05")
def test_diets_and_allergies_written_in_one_cell(lists: Lists) -> None:
    lists.read(
        "Name,Dietary restrictions,Allergies\n"
        'Ada Poe,"Vegetarian, severe nut allergy (EpiPen)",\nBo Poe,None,"Shellfish; kiwi"\nCy Poe,lactose intolerant,n/a\n'
    )
    found = lists.database.query(
        """select g.first_name, g.diets, a.allergen, a.severity from wedsync_data.guests as g
        left join wedsync_data.guest_allergens as a on a.guest_id = g.id where g.couple_id = %s order by 1, 3""",
        lists.wedding.id,
    )
    assert found == [
        ("Ada", ["vegetarian"], "nuts", "anaphylaxis"),
        ("Bo", [], "crustaceans", "severe"),
        ("Bo", [], "other", "severe"),
        ("Cy", [], "milk", "mild"),
    ]


def test_counts_as_text_companions_and_families(lists: Lists) -> None:
    lists.read("Name,Party size,Children\nThe Poe Family,4,two\nAda Lee,1+1,\nBo & Guest,,\nEve Orr,hm,\n")
    assert lists.rows("age_class, count(*) over (partition by age_class), g.plus_one_of is not null", "guests")[0][
        :2
    ] == (
        "adult",
        7,
    )
    assert lists.database.value("select count(*) from wedsync_data.guests where age_class = 'child'") == 2


@pytest.mark.proves("F004-65")
def test_companions_name_whom_they_accompany(lists: Lists) -> None:
    lists.read("Household,First name,Last name\nOld,Otto,Alt\n")
    report = lists.read(
        "Household,First name,Last name,Plus one of\n"
        "Poe,Ada,Poe,\n"
        "Poe,Bob,Ray,ADA POE\n"
        "Moe,Ada,Poe,\n"
        "Lee,Cleo,Lee,Ada Poe\n"  # two are called so, none in the household
        "Lee,Dan,Lee,Otto Alt\n"  # a guest of before
        "Kay,Eve,Kay,Nobody\n"
        "Kay,Fay,Kay,Fay Kay\n"
    )
    assert rules(report) == [(5, "import_plus_one_of"), (7, "import_plus_one_of"), (8, "import_plus_one_of")]
    assert report["guests"] == 7
    companions = lists.database.query(
        """select g.first_name, o.first_name, o.household_id = g.household_id from wedsync_data.guests as g
        join wedsync_data.guests as o on o.couple_id = g.couple_id and o.id = g.plus_one_of
        where g.couple_id = %s order by 1""",
        lists.wedding.id,
    )
    assert companions == [("Bob", "Ada", True), ("Dan", "Otto", False)]


def test_a_list_comes_twice_and_is_imported_once(lists: Lists) -> None:
    csv = "Household,First name,Last name\nPoes,Ada,Poe\nPoes,Bo,Poe\nPoes,ada,POE\nLees,Ada,Poe\n"
    first = lists.read(csv)
    assert (first["guests"], first["skipped"], rules(first)) == (3, 1, [(4, "import_duplicate")])
    second = lists.read(csv + "Poes,Cy,Poe\n")
    assert (second["guests"], second["skipped"]) == (1, 4)
    assert lists.database.value("select count(*) from wedsync_data.households") == 2
    assert lists.read(csv, duplicates="add")["guests"] == 3


def test_same_names_on_both_sides_are_two_people(lists: Lists) -> None:
    report = lists.read("Name,Side\nJohn Smith,bride\nJohn Smith,groom\n")
    assert report["guests"] == 2
    assert rules(report) == [(2, "import_same_name"), (3, "import_same_name")]
    found = lists.wedding.emma.call(
        "select array_agg(cardinality(guest_ids)) from wedsync.find_duplicate_guests(%s)", lists.wedding.id
    )
    assert found == [2]


def test_a_preview_changes_nothing(lists: Lists) -> None:
    before = lists.database.value("select version from wedsync_data.wedding_clocks")
    report = lists.read("Name,RSVP\nAda Poe,yes\n,no\n", preview=True)
    assert (report["guests"], report["preview"], rules(report)) == (1, True, [(3, "import_name")])
    assert report["sample"][0]["first_name"] == "Ada"
    assert lists.database.value("select version from wedsync_data.wedding_clocks") == before
    assert lists.rows("1, 2") == []


def test_rows_with_errors_refuse_the_list_unless_left_out(lists: Lists) -> None:
    csv = "Name,Email\nAda Poe,\n,x@example.org\n"
    refused = lists.refused(csv)
    assert refused.sqlstate == "PT422"
    assert json.loads(refused.diag.message_detail or "")["problems"][0]["row"] == 3
    assert lists.rows("1, 2") == []
    assert lists.read(csv, skip_errors=True)["guests"] == 1


def test_replacing_deletes_and_is_protected_on_the_wedding_day(lists: Lists) -> None:
    database = lists.database
    lists.read("Name\nAda Poe\nBo Poe\n")
    # a Saturday is a wedding day
    is_saturday = database.value("select wedsync_internal.is_wedding_day_of(%s)", lists.wedding.id)
    if not is_saturday:
        database.query(
            "update wedsync_data.core_fields set wedding_date = (now() at time zone time_zone)::date where couple_id = %s",
            lists.wedding.id,
        )
    assert lists.refused("Name\nCy Poe\n", mode="replace").diag.message_primary == "This is protected on wedding days"
    assert lists.read("Name\nCy Poe\n", mode="replace", preview=True)["guests"] == 1
    lists.wedding.emma.call(
        "select wedsync.allow_on_wedding_day(%s, 'bulk_replace', 'The final list')", lists.wedding.id
    )
    assert lists.read("Name\nCy Poe\n", mode="replace")["deleted"] == 2
    assert [name for (name, _) in lists.named("1")] == ["Cy Poe"]


@pytest.mark.parametrize(
    ("csv", "options", "state", "said"),
    [
        ("", {}, "22023", "import_heading"),
        ("a,b\n1,2\n", {}, "22023", "import_heading"),
        ("Name\nA\n", {"hat": 1}, "22023", "hat"),
        ("Name\nA\n", {"mode": "wipe"}, "22023", "append or replace"),
        ("Name\nA\n", {"separator": '"'}, "22023", "one character"),
        ("Name\nA\n", {"mapping": {"Name": "salary"}}, "22023", "mapping to a field: Name"),
        ("Name\nA\n", {"event_id": "00000000-0000-0000-0000-000000000000"}, "22023", "event_id"),
        ("Name\n" + "x" * 5_300_000, {}, "PT413", "bytes"),
        ("Name\n" + "x\n" * 20_001, {}, "PT413", "rows"),
    ],
)
def test_hostile_lists(lists: Lists, csv: str, options: dict[str, Any], state: str, said: str) -> None:
    refused = lists.refused(csv, **options)
    assert refused.sqlstate == state
    assert said in str(refused)
    assert lists.rows("1, 2") == []


def test_one_cell_does_not_hold_everybody(lists: Lists) -> None:
    started = time.monotonic()
    report = lists.read("Name,Diet\n" + "A&" * 50_000 + "B Poe," + "vegan; nut allergy, " * 20_000 + "\n")
    assert report["guests"] == 1
    assert (2, "import_too_long") in rules(report)
    assert time.monotonic() - started < 20


def test_strange_texts_stay_texts(lists: Lists) -> None:
    lists.read(
        'Name,Notes,Email\n"=HYPERLINK(""http://x"")",\'+44,\n"O\'Brien; drop table guests",@SUM(1),\n'
        '"Zoë ""Zo"" Ray","two\nlines, and a comma",\n\x01Bell Toll,\x07,\n' + "L" * 300 + ",,\n"
    )
    assert len(lists.rows("1, 2")) == 5
    exported: str = lists.wedding.emma.call("select wedsync.export_guests(%s)", lists.wedding.id)
    cells = [cell for row in csv.reader(exported.splitlines(keepends=True)) for cell in row]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t")]
    assert "two\nlines, and a comma" in cells


def test_exports_come_back_as_they_were(lists: Lists) -> None:
    lists.event("Dinner", is_main=True)
    lists.read(
        "Household,First name,Last name,Email,Phone,Diets,Allergies,Age class,RSVP,Notes,Postcode,Dietary note\n"
        "Poes,Ada,Poe,ada@example.org; a2@example.org,+44 7700 900001,vegan; low-salt,nuts (anaphylaxis),,yes,"
        "-5 points,01234,no spice\n"
        "Poes,Cy,Poe,,,,,child,no,,,\nLees,Lou,Lee,,,,,,,,,\nLees,Guest,,,,,,,,,,\n"
    )
    exported: str = lists.wedding.emma.call("select wedsync.export_guests(%s)", lists.wedding.id)
    other = Lists(lists.database)
    other.event("Dinner", is_main=True)
    report = other.read(exported)
    assert report["problems"] == []
    columns = (
        "h.name, g.email, g.other_emails, g.phone, g.diets, g.dietary_note, g.age_class, h.postcode,"
        "(select array_agg(a.allergen || a.severity) from wedsync_data.guest_allergens as a where a.guest_id = g.id),"
        "(select array_agg(r.status) from wedsync_data.rsvps as r where r.guest_id = g.id),"
        "(select n.notes from wedsync_data.guest_notes as n where n.guest_id = g.id)"
    )
    assert other.named(columns) == lists.named(columns)
    assert other.wedding.emma.call("select wedsync.export_guests(%s)", other.wedding.id) == exported
    assert other.read(exported)["guests"] == 0


def test_vcards(lists: Lists) -> None:
    lists.read(
        "Name,Email,Phone,Address,City\n"
        '"Ada Poe","ada@example.org",+44 7700 900001,"1; The, Street","York"\n' + "Ünal " + "Ä" * 60 + ",,,,\n"
    )
    cards: str = lists.wedding.emma.call("select wedsync.export_guests(%s, 'vcard')", lists.wedding.id)
    lines = cards.split("\r\n")
    assert max(len(line.encode()) for line in lines) <= 75
    unfolded = cards.replace("\r\n ", "").split("\r\n")
    assert "ADR:;;1\\; The\\, Street;York;;;" in unfolded
    assert "FN:Ada Poe" in unfolded
    assert "FN:Ünal " + "Ä" * 60 in unfolded
    assert unfolded.count("BEGIN:VCARD") == unfolded.count("END:VCARD") == 2


@pytest.mark.proves("F003-18")
def test_exports_show_what_the_caller_may_read(lists: Lists) -> None:
    lists.read("Name,Email,Diets,Notes\nAda Poe,ada@example.org,vegan,hush\n")
    venue = lists.wedding.supplier("guests.names")
    exported: str = venue.owner.call("select wedsync.export_guests(%s)", lists.wedding.id)
    assert "Ada" in exported
    assert "vegan" not in exported
    assert "example.org" not in exported
    assert "hush" not in exported
    assert "Notes" not in exported
    with pytest.raises(psycopg.Error, match="not allowed"):
        venue.owner.call("select wedsync.import_guests(%s, %s)", lists.wedding.id, "Name\nEve\n")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_files_in_encodings_of_spreadsheets(lists: Lists, tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "guests.csv"
    file.write_bytes("Vorname;Nachname\r\nJürgen;Groß\r\n".encode(encoding))
    done = wedsync("import-guests", str(file), "--couple", str(lists.wedding.id), "--json", dsn=lists.database.dsn)
    assert done.code == 0, done.err
    assert [name for (name, _) in lists.named("1")] == ["Jürgen Groß"]
    assert done.json["encoding"].startswith(encoding[:5])


def test_the_command(lists: Lists, tmp_path: Path) -> None:
    dsn, couple = lists.database.dsn, str(lists.wedding.id)
    file = tmp_path / "guests.csv"
    file.write_text("Title of the list\nName,Mail me at\nAda Poe,ada@example.org\n,b@example.org\n")
    preview = wedsync(
        "import-guests", str(file), "--couple", couple, "--preview", "--column", "Mail me at=email", dsn=dsn
    )
    assert preview.code == 0
    assert "headings in row 2" in preview.out
    assert "row 4: The row has no name." in preview.out
    refused = wedsync("import-guests", str(file), "--couple", couple, dsn=dsn)
    assert (refused.code, "--skip-errors" in refused.err) == (71, True)
    nobody = wedsync("import-guests", str(file), "--couple", str(uuid4()), "--date-order", "dmy", dsn=dsn)
    assert (nobody.code, "Check the id" in nobody.err) == (71, True)
    unknown = wedsync("import-guests", str(file), "--couple", couple, "--column", "Mail me at=nonsense", dsn=dsn)
    assert (unknown.code, 'detail: {"' in unknown.err) == (71, True), unknown.err
    assert lists.rows("1, 2") == []
    done = wedsync("import-guests", str(file), "--couple", couple, "--skip-errors", dsn=dsn)
    assert (done.code, "imported 1 guest in 1 household," in done.out) == (0, True)
    target = tmp_path / "out.csv"
    assert wedsync("export-guests", str(target), "--couple", couple, dsn=dsn).code == 0
    assert target.read_bytes().startswith(b"\xef\xbb\xbfHousehold,")
    assert "FN:Ada Poe" in wedsync("export-guests", "--couple", couple, "--format", "vcard", dsn=dsn).out
    nowhere = wedsync("export-guests", str(tmp_path / "none" / "list.csv"), "--couple", couple, dsn=dsn)
    assert (nowhere.code, nowhere.err.startswith("error: ")) == (2, True), nowhere.err
    (tmp_path / "image.csv").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" * 20)
    assert wedsync("import-guests", str(tmp_path / "image.csv"), "--couple", couple, dsn=dsn).code == 70
    assert wedsync("import-guests", str(tmp_path / "none.csv"), "--couple", couple, dsn=dsn).code == 2
    assert wedsync("import-guests", str(file), "--couple", "x", dsn=dsn).code == 2
    assert wedsync("import-guests", str(file), "--couple", couple, "--encoding", "utf-99", dsn=dsn).code == 2
    assert wedsync("import-guests", str(file), "--couple", couple, "--encoding", "utf-16", dsn=dsn).code in (70, 71)


def test_ten_thousand_rows_in_one_call(lists: Lists) -> None:
    csv = "Household,First name,Last name,Email\n" + "".join(
        f"House {n // 2},Ann{n},Poe{n // 2},a{n}@example.org\n" for n in range(10_000)
    )
    report = lists.read(csv)
    assert (report["guests"], report["households"]) == (10_000, 5_000)
    assert lists.read(csv)["guests"] == 0
