"""What was pulled before is not pulled again, what came late is, and a day ends at midnight in Beijing."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from creditlake.connectors.endpoint import SourceFailed
from creditlake.connectors.service_spec import TimeForm
from creditlake.connectors.service_times import read_time, write_time
from creditlake.connectors.taken import Taken

from tests.connectors.fault_server import Agency, Rewriting, Row, serving
from tests.connectors.service_feed import BY_NUMBER, pulled, read_rows

SINCE = replace(BY_NUMBER, changed="changed", since="since", overlap=timedelta(hours=1))


def row(number: int, changed: str) -> Row:
    return {"id": number, "changed": changed}


MORNING = [row(1, "2026-10-30 08:00:00"), row(2, "2026-10-30 09:30:00")]


@dataclass
class Vault:
    """What was pulled so far, as the lake would keep it."""

    folder: Path
    taken: list[Taken] = field(default_factory=list)

    def pull(self, port: int, as_of: date = date(2026, 10, 31), accepted: bool = True) -> list[Row]:
        """Pull once more and keep what came."""
        rows, reached = pulled(port, self.folder, SINCE, taken=self.taken, as_of=as_of)
        if reached is not None:
            kept = self.folder / f"landed-{len(self.taken)}"
            shutil.copy(self.folder / f"ratings-to-{as_of:%Y%m%d}.jsonl", kept)
            self.taken.append(Taken("ratings", "", reached, partial(Path, kept), is_accepted=accepted))
        return rows


def test_the_first_pull_brings_all_and_its_position_is_the_latest_change(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    agency = Agency(MORNING[::-1])
    with serving(agency) as port:
        rows = vault.pull(port)

    assert rows == MORNING[::-1]
    assert vault.taken[0].reached == "2026-10-30 09:30:00"
    assert "since" not in agency.seen[0].query


def test_the_next_pull_brings_only_what_is_new_or_came_late_within_the_overlap(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    agency = Agency([*MORNING])
    with serving(agency) as port:
        vault.pull(port)
        late, new, corrected = (
            row(3, "2026-10-30 08:45:00"), row(4, "2026-10-30 10:00:00"), {**MORNING[1], "信用等级": "B"},
        )  # fmt: skip
        agency.rows = [MORNING[0], corrected, late, new]
        rows = vault.pull(port)
        nothing = vault.pull(port)

    assert rows == [corrected, late, new]
    assert nothing == []
    assert [one.query.get("since") for one in agency.seen] == [None, "2026-10-30 08:30:00", "2026-10-30 09:00:00"]
    assert [one.reached for one in vault.taken] == ["2026-10-30 09:30:00", "2026-10-30 10:00:00"]


def test_only_late_rows_do_not_move_the_position_back(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    agency = Agency([*MORNING])
    with serving(agency) as port:
        vault.pull(port)
        agency.rows = [*MORNING, row(3, "2026-10-30 09:00:00")]
        assert vault.pull(port) == [row(3, "2026-10-30 09:00:00")]

    assert vault.taken[1].reached == "2026-10-30 09:30:00"


def test_a_row_that_is_there_once_more_comes_once_more(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    agency = Agency([*MORNING])
    with serving(agency) as port:
        vault.pull(port)
        agency.rows = [*MORNING, MORNING[1]]
        assert vault.pull(port) == [MORNING[1]]


def test_what_was_refused_is_pulled_again(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    with serving(Agency(MORNING)) as port:
        vault.pull(port, accepted=False)
        assert vault.pull(port) == MORNING


def test_a_service_that_heeds_no_since_brings_no_row_twice(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    agency = Agency([*MORNING])
    with serving(agency) as port:
        vault.pull(port)
        agency.rows = [row(1, "2026-10-30 08:00:00"), row(5, "2026-10-30 11:00:00")]
        (vault.folder / "all").mkdir()
        deaf = replace(SINCE, since="from")
        rows, _ = pulled(port, vault.folder / "all", deaf, taken=vault.taken)

    assert rows == [row(5, "2026-10-30 11:00:00")]


def test_what_changed_after_the_business_day_waits_for_its_own(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    agency = Agency([row(1, "2026-10-30 23:59:59"), row(2, "2026-10-31T00:00:00+08:00"), row(3, "2026-10-31 09:00:00")])
    with serving(agency) as port:
        first = vault.pull(port, date(2026, 10, 30))
        second = vault.pull(port, date(2026, 10, 31))
        earlier_day_again = vault.pull(port, date(2026, 10, 29))

    assert [one["id"] for one in first] == [1]
    assert [one["id"] for one in second] == [2, 3]
    assert earlier_day_again == []


def test_the_end_of_the_day_is_said_where_the_service_takes_it(tmp_path: Path) -> None:
    agency = Agency(MORNING)
    with serving(agency) as port:
        pulled(port, tmp_path, replace(SINCE, until="until"))

    assert agency.seen[0].query["until"] == "2026-11-01 00:00:00"


def test_a_row_without_a_time_of_change_is_not_left_behind_silently(tmp_path: Path) -> None:
    for wrong in ('{"id": 1}', '{"changed": null}', '{"changed": "gestern"}', '"孙小红"'):
        body = f'{{"data": {{"page": 1, "total": 1, "list": [{wrong}]}}}}'.encode()
        with serving(Rewriting([], lambda _, said=body: said)) as port, pytest.raises(SourceFailed) as raised:
            pulled(port, tmp_path, SINCE)
        assert str(raised.value).endswith(": a row has no time of change in changed")


def test_the_same_content_again_is_nothing_and_other_content_comes_whole(tmp_path: Path) -> None:
    agency = Agency(MORNING)
    with serving(agency) as port:
        _, reached = pulled(port, tmp_path)
        kept = tmp_path / "landed"
        shutil.copy(tmp_path / "ratings-to-20261031.jsonl", kept)
        taken = [Taken("ratings", "", str(reached), partial(Path, kept))]
        again = pulled(port, tmp_path, taken=taken)
        agency.rows = [MORNING[0]]
        other = pulled(port, tmp_path, taken=taken)

    assert again == ([], None)
    assert other == ([MORNING[0]], "2026-10-31")
    assert read_rows(kept) == MORNING


def test_what_was_taken_back_and_is_said_again_is_news_once(tmp_path: Path) -> None:
    first, second = MORNING, [MORNING[0], {**MORNING[1], "信用等级": "B"}]
    agency = Agency([])
    taken: list[Taken] = []
    came: list[list[Row]] = []
    with serving(agency) as port:
        for rows in (first, second, first, first, second, first):
            agency.rows = rows
            got, reached = pulled(port, tmp_path, taken=taken)
            came.append(got)
            if reached:
                kept = tmp_path / f"landed-{len(taken)}"
                shutil.copy(tmp_path / "ratings-to-20261031.jsonl", kept)
                taken.append(Taken("ratings", "", reached, partial(Path, kept)))

    assert came == [first, second, first, [], second, first]
    assert len({one.file.read_bytes() for one in taken}) == 5


RENAMED = replace(SINCE, columns={"纳税人名称": "name", "提供日期": "changed"})


def test_the_contracts_columns_are_kept_under_its_names_and_their_values_as_they_came(tmp_path: Path) -> None:
    sent = b'{"id": 7, "name": "\\u7532\\u4e59", "extra": {"a": 1}, "changed":"2026-10-30 08:00:00"}'
    body = b'{"data": {"page": 1, "total": 1, "list": [' + sent + b"]}}"
    with serving(Rewriting([], lambda _: body)) as port:
        pulled(port, tmp_path, RENAMED)

    assert (tmp_path / "ratings-to-20261031.jsonl").read_bytes().decode() == (
        '{"纳税人名称":"\\u7532\\u4e59","提供日期":"2026-10-30 08:00:00"}\n'
    )


def test_renamed_rows_are_known_again(tmp_path: Path) -> None:
    first = [{"id": n, "name": f"公司{n}", "changed": "2026-10-30 08:00:00"} for n in range(6)]
    late = {"id": 9, "name": "公司9", "changed": "2026-10-30 08:00:00"}
    agency = Agency([*first])
    with serving(agency) as port:
        _, reached = pulled(port, tmp_path, RENAMED)
        kept = tmp_path / "landed"
        shutil.copy(tmp_path / "ratings-to-20261031.jsonl", kept)
        agency.rows = [late, *first]
        taken = [Taken("ratings", "", str(reached), partial(Path, kept))]
        rows, _ = pulled(port, tmp_path, RENAMED, taken=taken)

    assert rows == [{"纳税人名称": "公司9", "提供日期": "2026-10-30 08:00:00"}]


def test_a_time_of_change_that_is_no_column_of_the_contract_cannot_be_kept(tmp_path: Path) -> None:
    wrong = replace(RENAMED, columns={"纳税人名称": "name"})
    with serving(Agency(MORNING)) as port, pytest.raises(SourceFailed, match="is no column of the contract"):
        pulled(port, tmp_path, wrong)


@pytest.mark.parametrize(
    ("form", "value", "moment", "sent"),
    [
        ("text", "2026-10-30 08:00:01.5", "2026-10-30 08:00:01.500000", "2026-10-30 08:00:01"),
        ("text", "2026-10-30", "2026-10-30 00:00:00", "2026-10-30 00:00:00"),
        ("iso", "2026-10-30T00:00:01Z", "2026-10-30 08:00:01", "2026-10-30T08:00:01+08:00"),
        ("compact", "20261030080001", "2026-10-30 08:00:01", "20261030080001"),
        ("seconds", 1793318401, "2026-10-30 08:00:01", "1793318401"),
        ("seconds", "1793318401", "2026-10-30 08:00:01", "1793318401"),
        ("milliseconds", 1793318401500, "2026-10-30 08:00:01.500000", "1793318401500"),
    ],
)
def test_times_are_read_and_written_as_the_service_has_them(
    form: TimeForm, value: object, moment: str, sent: str
) -> None:
    found = read_time(value, form)

    assert str(found) == moment
    assert write_time(found, form) == sent


@pytest.mark.parametrize(
    ("form", "value"), [("text", 5), ("compact", "2026-10-30"), ("seconds", True), ("seconds", "x"), ("text", "")]
)
def test_what_is_no_time_is_none(form: TimeForm, value: object) -> None:
    with pytest.raises(ValueError, match="no time"):
        read_time(value, form)
