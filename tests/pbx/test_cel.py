"""The CEL file is read whole: in whatever pieces, torn or glued, rotated, removed or begun anew."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbx import cel
from pbx.names import CEL_FILE

START = cel.Mark(1, 0)
HOSTILE = (
    'a "quoted" name', '"', '""', '","', "${SHELL(reboot)}", "semi;colon", "comma, comma", "смайл 🙂", "x" * 1000,
    "line\nbreak", 'forged"\n"CHAN_START","","1.000000"', "tab\t", "\\", "NUL\x00", "",
)  # fmt: skip


def line(name: str = "", event: str = "CHAN_START", uniqueid: str = "1.1") -> bytes:
    """A row as cel_custom writes it: every field quoted, quotes doubled."""
    values = [event, "", "1795291200.250000", "0441234567", name, "s", "call-in", "PJSIP/trunk-1-00000001",
              "", "", "7", uniqueid, "1.1", "", ""]  # fmt: skip
    return (",".join('"' + value.replace('"', '""') + '"' for value in values) + "\n").encode()


def write(folder, text: bytes, name: str = CEL_FILE) -> None:
    with (folder / name).open("ab") as file:
        file.write(text)


@pytest.fixture
def no_late_rows(monkeypatch):
    """Nobody writes to a file that was put away."""
    monkeypatch.setattr(cel, "LATE_ROW_SECONDS", 0)


def read_all(folder, mark=START, limit=cel.CHUNK_BYTES):
    rows, torn = [], 0
    while True:
        batch = cel.read(folder, mark, limit)
        rows += batch.rows
        torn += batch.torn
        if not batch.more and batch.mark == mark:
            return rows, torn, mark
        mark = batch.mark


def test_a_row_has_every_field_and_its_instant(tmp_path):
    write(tmp_path, line("Оксана"))
    (row,) = cel.read(tmp_path, START).rows
    assert row.event == "CHAN_START"
    assert row.at == dt.datetime(2026, 11, 21, 20, 0, 0, 250_000, dt.UTC)
    assert (row.cid_num, row.cid_name, row.exten, row.context) == ("0441234567", "Оксана", "s", "call-in")
    assert (row.accountcode, row.uniqueid, row.linkedid) == ("7", "1.1", "1.1")
    assert (row.file_number, row.offset) == (1, 0)


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_a_caller_calls_himself_the_row_and_its_neighbours_are_read(tmp_path, name):
    write(tmp_path, line("before") + line(name) + line("after"))
    rows, torn, _ = read_all(tmp_path)
    assert [row.cid_name for row in rows] == ["before", name.replace("\x00", "\ufffd"), "after"]
    assert torn == 0


def test_bytes_that_are_no_text_do_not_stop_the_reading(tmp_path):
    write(tmp_path, line("NAME").replace(b"NAME", b"\xff\xfe\x80") + line("after"))
    rows, torn, _ = read_all(tmp_path)
    assert [row.cid_name for row in rows] == ["\ufffd\ufffd\ufffd", "after"]
    assert torn == 0


def test_a_row_still_being_written_is_left_until_it_is_whole(tmp_path):
    whole = line("half")
    write(tmp_path, line("first") + whole[:40])
    batch = cel.read(tmp_path, START)
    assert len(batch.rows) == 1
    assert batch.torn == 0
    write(tmp_path, whole[40:])
    assert [row.cid_name for row in cel.read(tmp_path, batch.mark).rows] == ["half"]


@pytest.mark.parametrize("cut", range(1, len(line("torn"))))
def test_a_row_glued_to_a_torn_one_is_recovered_wherever_the_tear_is(tmp_path, cut):
    write(tmp_path, line("before") + line("torn")[:cut] + line("glued") + line("after"))
    rows, torn, _ = read_all(tmp_path)
    assert [row.cid_name for row in rows] == ["before", "glued", "after"]
    assert torn == 1


@pytest.mark.parametrize(
    "rubbish", [b"rubbish\n", b"\n", b'"CHAN_START"\n', b"\x00" * 5000 + b"\n", b'"' * 999 + b"\n", b'"a","b"\n']
)
def test_a_line_that_is_no_row_is_counted_and_skipped(tmp_path, rubbish):
    write(tmp_path, line("before") + rubbish + line("after"))
    rows, torn, _ = read_all(tmp_path)
    assert [row.cid_name for row in rows] == ["before", "after"]
    assert torn == 1


def test_a_row_of_an_event_or_an_instant_that_does_not_exist_is_no_row(tmp_path):
    write(tmp_path, line(event="SOMETHING") + line().replace(b"1795291200.250000", b"yesterday") + line("after"))
    rows, torn, _ = read_all(tmp_path)
    assert [row.cid_name for row in rows] == ["after"]
    assert torn == 2


def test_a_long_stretch_without_a_line_end_is_passed_over(tmp_path):
    write(tmp_path, line("before") + b"\x00" * 40_000 + line("after"))
    rows, torn, _ = read_all(tmp_path, limit=8_000)
    assert [row.cid_name for row in rows] == ["before", "after"]
    assert torn == 1


@given(names=st.lists(st.sampled_from(HOSTILE), max_size=8), cuts=st.lists(st.integers(0, 9000), max_size=6))
@settings(max_examples=60, deadline=None)
def test_however_the_file_grows_every_row_is_read_once(tmp_path_factory, names, cuts):
    folder = tmp_path_factory.mktemp("cel")
    text = b"".join(line(name, uniqueid=str(place)) for place, name in enumerate(names))
    edges = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    rows, mark = [], START
    for start, end in zip(edges, edges[1:], strict=False):
        write(folder, text[start:end])
        more, torn, mark = read_all(folder, mark)
        assert torn == 0
        rows += more
    assert [row.uniqueid for row in rows] == [str(place) for place in range(len(names))]


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_no_bytes_whatever_stop_the_reading(tmp_path_factory, rubbish):
    folder = tmp_path_factory.mktemp("cel")
    write(folder, rubbish + b"\n" + line("after") + line("last"))
    rows, _, _ = read_all(folder)
    assert [row.cid_name for row in rows][-1:] == ["last"]


def test_a_numbered_file_is_read_to_its_end_before_the_current_one(tmp_path, no_late_rows):
    write(tmp_path, line("a") + line("b"))
    mark = cel.read(tmp_path, START, limit_bytes=len(line("a")) + 1).mark
    assert cel.rotate(tmp_path, mark) == tmp_path / "cel-1.csv"
    write(tmp_path, line("c"))
    rows, _, mark = read_all(tmp_path, mark)
    assert [(row.cid_name, row.file_number) for row in rows] == [("b", 1), ("c", 2)]
    assert mark == (2, len(line("c")))


def test_rotations_between_two_readings_lose_nothing(tmp_path, no_late_rows):
    for name in "abc":
        write(tmp_path, line(name))
        assert cel.rotate(tmp_path, START)
    write(tmp_path, line("d"))
    rows, _, mark = read_all(tmp_path)
    assert [(row.cid_name, row.file_number) for row in rows] == [("a", 1), ("b", 2), ("c", 3), ("d", 4)]
    assert mark.file_number == 4


def test_a_row_that_arrives_in_a_file_just_put_away_is_still_read(tmp_path):
    write(tmp_path, line("a"))
    mark = cel.read(tmp_path, START).mark
    cel.rotate(tmp_path, mark)
    batch = cel.read(tmp_path, mark)
    assert batch.mark.file_number == 1
    write(tmp_path, line("late"), "cel-1.csv")
    assert [row.cid_name for row in cel.read(tmp_path, batch.mark).rows] == ["late"]


def test_a_torn_end_of_a_numbered_file_is_counted(tmp_path, no_late_rows):
    write(tmp_path, line("a") + line("b")[:30])
    cel.rotate(tmp_path, START)
    write(tmp_path, line("c"))
    rows, torn, _ = read_all(tmp_path)
    assert [row.cid_name for row in rows] == ["a", "c"]
    assert torn == 1


def test_a_small_or_missing_file_is_not_rotated(tmp_path):
    assert cel.rotate(tmp_path, START) is None
    write(tmp_path, line())
    assert cel.rotate(tmp_path, START, at_least_bytes=1_000_000) is None
    assert cel.rotate(tmp_path / "nowhere", START) is None


def test_a_folder_that_is_gone_is_an_empty_file(tmp_path):
    batch = cel.read(tmp_path / "nowhere", cel.Mark(3, 700))
    assert batch == ([], 0, (3, 700), False)


def test_a_file_removed_and_begun_anew_is_read_from_its_start(tmp_path):
    write(tmp_path, line("a") + line("b"))
    mark = cel.read(tmp_path, START).mark
    (tmp_path / CEL_FILE).unlink()
    write(tmp_path, line("c"))
    assert [row.cid_name for row in read_all(tmp_path, mark)[0]] == ["c"]


def test_numbered_files_that_were_cleared_away_are_passed_over(tmp_path, no_late_rows):
    write(tmp_path, line("seven"), "cel-7.csv")
    write(tmp_path, line("eight"))
    rows, _, mark = read_all(tmp_path, cel.Mark(3, 50))
    assert [row.cid_name for row in rows] == ["seven", "eight"]
    assert mark.file_number == 8
