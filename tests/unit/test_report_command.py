"""The public credit report: what must not stand in it, and that a no writes nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from creditlake.cli import main
from creditlake.lake import LakePaths
from creditlake.release.store import make_current
from creditlake.report import DamagedRelease, UnknownSubject, read_dossier, report_page

from tests.unit import small_release
from tests.unit.report_release import CHANGES, RELEASE, USCC, page, part, told

ID_NUMBER = "150102198503071212"


def test_no_column_but_those_of_the_report_reaches_it(paths: LakePaths) -> None:
    assert "REPRESENTATIVE" not in page(paths)


@pytest.mark.parametrize("written", [ID_NUMBER, "１５０１０２１９８５０３０７１２１２", f"罚字（{ID_NUMBER}）"])
def test_an_identity_number_in_a_free_text_is_hidden(paths: LakePaths, written: str) -> None:
    html = page(paths, f"update mart_credit_records set document_no = '{written}' where record_id = 'R1'")

    assert written not in html
    assert "［身份证号已隐去］" in part(html, "行政处罚")


def test_a_number_that_is_no_identity_number_stays(paths: LakePaths) -> None:
    number = "150102198503071213"  # its check character is 2
    html = page(paths, f"update mart_credit_records set document_no = '{number}' where record_id = 'R1'")

    assert number in part(html, "行政处罚")


def test_a_hostile_name_stays_a_text(paths: LakePaths) -> None:
    name = "</style><script>alert(1)</script>\" onload='x' & \u202e有限公司"
    quoted = name.replace("'", "''")
    html = page(
        paths,
        f"update mart_subjects set name = '{quoted}'",
        f"update mart_credit_records set record_id = '\"><b>' || record_id, authority = '{quoted}',"
        f" legal_basis = '{quoted}', document_no = '{quoted}', dataset = '<i>', record_type = '<u>', batch_id = '<s>'",
        f"update mart_code_lists set title = '{quoted}', basis = '{quoted}'",
        f"update mart_portrait_tags set tag_name = '{quoted}'",
        "update mart_subject_portraits set dimension_code = dimension_code || '<i>', peer_group = '<i>'",
        "update mart_subject_profiles set evaluation_grade = '<i>', supervision_class = '<i>'",
    )

    assert "<script" not in html and "\u202e" not in html
    assert html.count("</style>") == 1
    assert not re.search(r"<(?:b|i|u|s)>[^<]*R\d|<i></|<u>|<s>|onload='", html)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_the_file_needs_nothing_else(paths: LakePaths) -> None:
    html = page(paths)

    assert not re.search(r"<(?:script|link|img|iframe|object|form)\b|https?:|url\(|@import|src=", html)
    assert "default-src 'none'" in html


def test_the_same_release_gives_the_same_bytes(paths: LakePaths, tmp_path: Path) -> None:
    again = LakePaths(tmp_path / "elsewhere")
    again.create()
    first = page(paths)

    assert page(again) == first


def test_the_command_writes_one_file(paths: LakePaths, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    release = told(paths)
    out = tmp_path / "out" / "report.html"
    out.parent.mkdir()
    out.write_text("of yesterday", encoding="utf-8")

    assert main(["report", USCC.lower(), f"--lake={paths.root}", f"--out={out}"]) == 0

    assert out.read_text(encoding="utf-8") == report_page(read_dossier(release, USCC))
    assert list(out.parent.iterdir()) == [out]
    told_words = capsys.readouterr()
    assert f"the report of {USCC} from {RELEASE}" in told_words.out
    assert told_words.err == ""


def test_without_a_name_the_file_is_called_by_code_and_release(
    paths: LakePaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(paths)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    assert main(["report", USCC, f"--lake={paths.root}"]) == 0

    assert [path.name for path in Path().iterdir()] == [f"{USCC}-{RELEASE}.html"]


def test_an_older_release_is_told_to_be_one(
    paths: LakePaths, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told(paths)
    newer = small_release.release(paths, "2026-11-30-bbbbbbbbbbbb", *CHANGES)
    make_current(paths, newer.release_id)
    out = tmp_path / "old.html"

    assert main(["report", USCC, f"--lake={paths.root}", f"--release={RELEASE}", f"--out={out}"]) == 0

    assert "not the current release" in capsys.readouterr().err
    assert RELEASE in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["91150100YYTT5J86XA"], "has no subject with the code 91150100YYTT5J86XA"),
        (["91150102MA0N8WRX02"], "its check character is wrong"),
        ([USCC, "--release=2026-09-30-cccccccccccc"], "has no release '2026-09-30-cccccccccccc'"),
        ([USCC, "--release=../releases"], "has no release '../releases'"),
    ],
)
def test_a_no_is_one_line_and_writes_nothing(
    paths: LakePaths, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], reason: str
) -> None:
    told(paths)
    (tmp_path / "out").mkdir()

    assert main(["report", *arguments, f"--lake={paths.root}", f"--out={tmp_path / 'out' / 'x.html'}"]) == 1

    words = capsys.readouterr()
    assert reason in words.err
    assert words.err.count("\n") == 1 and words.out == ""
    assert list((tmp_path / "out").iterdir()) == []


def test_an_empty_release_is_a_wrong_argument_and_not_the_current_one(paths: LakePaths, tmp_path: Path) -> None:
    told(paths)

    with pytest.raises(SystemExit) as end:
        main(["report", USCC, f"--lake={paths.root}", "--release=", f"--out={tmp_path / 'x.html'}"])

    assert end.value.code == 2
    assert not (tmp_path / "x.html").exists()


@pytest.mark.parametrize("code", ["", "9115", f"{USCC}0", "91150102MA0N8WRXI1", "青城建筑有限公司"])
def test_a_malformed_code_is_a_wrong_argument(paths: LakePaths, tmp_path: Path, code: str) -> None:
    told(paths)

    with pytest.raises(SystemExit) as end:
        main(["report", code, f"--lake={paths.root}", f"--out={tmp_path / 'x.html'}"])

    assert end.value.code == 2
    assert not (tmp_path / "x.html").exists()


def test_a_mart_that_is_not_the_published_one_makes_no_report(paths: LakePaths) -> None:
    release = told(paths)
    with open(release.mart("mart_credit_records"), "ab") as handle:
        handle.write(b"x")

    with pytest.raises(DamagedRelease, match=r"mart_credit_records of release .* is not what was published"):
        read_dossier(release, USCC)


def test_a_mart_that_is_gone_makes_no_report(paths: LakePaths) -> None:
    release = told(paths)
    release.mart("mart_batch_ledger").unlink()

    with pytest.raises(DamagedRelease, match="has no mart_batch_ledger"):
        read_dossier(release, USCC)


def test_a_code_of_another_release_is_unknown(paths: LakePaths) -> None:
    with pytest.raises(UnknownSubject):
        read_dossier(told(paths, f"delete from mart_subjects where uscc = '{USCC}'"), USCC)
