"""``creditlake feed new``: a scaffold passes the laws at once and touches the files the guide names, no other."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from creditlake.cli import main

from tests.architecture.tree import ROOT
from tests.unit.clean_rows import invented_uscc

FOLDERS = ("include", "dags", "dbt_project", "expectations", "tests", "docs")
DATASETS, CODES = "dbt_project/macros/declared_datasets.sql", "dbt_project/seeds/ref_code_values.csv"
ADDED = {
    DATASETS: ["""["water", "bills", "'供水公司'"],"""],
    CODES: ["feed,water,供水,,,本项目拟定", "dataset,bills,供水,,,本项目拟定"],
}
PERSON = "测某某"
HEADER = "统一社会信用代码,户名,户号,缴费截止日期,欠费金额（元）,用水性质,联系人姓名,抄表日期,提供日期,增删改标志"
ROW = f"{invented_uscc(1)},呼和浩特市测试有限公司,A1,2026-12-31,12.50,工业,{PERSON},2026-10-01,2026-10-20,i"
SPELLED = ["--title=供水", "--publisher=供水公司", "--dataset=bills"]
LAWS = (
    "tests/architecture/test_feeds_are_data.py",
    "tests/architecture/test_models_read_leftwards.py",
    "tests/dbt/test_declared_datasets.py",
    "tests/dbt/test_code_seeds.py",
    "tests/contract/test_fixtures.py::test_every_row_ends_where_its_fixture_says_under_exactly_those_rules[water.bills]",
    "tests/contract/test_fixtures.py::test_a_fixture_is_small_and_every_row_says_why_it_is_there[water.bills]",
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the project in which commands work."""
    made = tmp_path_factory.mktemp("project")
    no_caches = shutil.ignore_patterns("__pycache__", "target", "logs", "*.egg-info")
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, made / folder, ignore=no_caches)
    shutil.copy(ROOT / "pyproject.toml", made)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CREDITLAKE_HOME", str(made))
        yield made


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of the water company, as it would drop it."""
    path = tmp_path_factory.mktemp("sample") / "bills-2026-10.csv"
    path.write_text(f"{HEADER}\n{ROW}\n", encoding="gb18030")
    return path


@pytest.fixture(scope="module")
def changes(home: Path, sample: Path) -> dict[str, bytes | None]:
    """What scaffolding water changed: path to the content before, None for a new file."""
    before = contents(home)
    assert main(["feed", "new", "water", *SPELLED, f"--sample={sample}"]) == 0
    return {name: before.get(name) for name, content in contents(home).items() if before.get(name) != content}


def contents(root: Path) -> dict[str, bytes]:
    """Every file of a tree."""
    files = [path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def run(home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a Python module with the copy's own library."""
    settings = {"PYTHONPATH": str(home / "include"), "CREDITLAKE_HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, "-m", *command],
        env=os.environ | settings,
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )


def named_in_the_guide() -> set[str]:
    """The files of steps 1 to 6 of docs/add_a_feed.md, as it spells them for water, here with the dataset bills."""
    rows = re.findall(r"^\| [1-6] .*$", (ROOT / "docs" / "add_a_feed.md").read_text(encoding="utf-8"), re.MULTILINE)
    named, folder = set[str](), ""
    for name in (name for row in rows for name in re.findall(r"`([^`]+)`", row.split("|")[2])):
        if name.endswith("/"):
            folder = name
        else:
            named.add(name if "/" in name else folder + name)
    return {name.replace("…", "feeds").replace("arrears", "bills") for name in named}


def test_a_scaffold_touches_the_files_the_guide_names_and_no_other(changes: dict[str, bytes | None]) -> None:
    assert changes.keys() == named_in_the_guide()
    assert len(changes) == 9
    assert {name for name, before in changes.items() if before is not None} == {DATASETS, CODES}


@pytest.mark.parametrize("shared", ADDED)
def test_a_shared_list_gets_the_words_of_the_feed_and_keeps_the_others(
    home: Path, changes: dict[str, bytes | None], shared: str
) -> None:
    before = (changes[shared] or b"").decode().splitlines()
    after = (home / shared).read_text(encoding="utf-8").splitlines()

    added = [line for line in after if line not in before]
    assert sorted(line.strip() for line in added) == sorted(ADDED[shared])
    assert [line for line in after if line not in added] == before


def test_no_value_of_the_sample_is_copied(home: Path, changes: dict[str, bytes | None]) -> None:
    written = "".join((home / name).read_text(encoding="utf-8") for name in changes)

    assert PERSON not in written
    assert "A1," not in written
    assert "工业" not in written


def test_a_scaffolded_feed_passes_the_laws_and_its_fixture_ends_where_it_says(
    home: Path, changes: dict[str, bytes | None]
) -> None:
    done = run(home, "pytest", "-p", "no:cacheprovider", *LAWS)

    assert done.returncode == 0, done.stdout[-3000:]


def test_scaffolded_python_is_as_the_linters_have_it(home: Path, changes: dict[str, bytes | None]) -> None:
    module = "include/creditlake/synthetic/feeds/water.py"

    for check in (["check"], ["format", "--check"]):
        done = run(home, "ruff", *check, "--no-cache", module)
        assert done.returncode == 0, done.stdout


def test_the_generator_delivers_rows_that_the_scaffolded_suite_takes(
    home: Path, tmp_path: Path, changes: dict[str, bytes | None]
) -> None:
    order = ["--subjects=300", "--seed=1", "--months=3", "--until=2026-10-31", "--processes=1", "--clean"]
    made = run(home, "creditlake.cli", "generate", *order, f"--out={tmp_path / 'city'}")
    files = sorted((tmp_path / "city" / "drop" / "water").glob("*.csv"))
    samples = [f"--sample={path}" for path in files]
    checked = run(home, "creditlake.cli", "feed", "check", "water", "--as-of=2026-10-31", *samples)

    assert made.returncode == checked.returncode == 0, made.stderr + checked.stderr
    accepted = [int(count) for count in re.findall(r"accepted +(\d+)", checked.stdout)]
    assert len(accepted) == len(files) > 1
    assert sum(accepted) == sum(len(path.read_text(encoding="utf-8").splitlines()) - 1 for path in files) > 0
    assert set(re.findall(r"quarantined +(\d+)", checked.stdout)) == {"0"}


def test_the_check_says_what_a_person_must_still_write(
    home: Path, sample: Path, changes: dict[str, bytes | None]
) -> None:
    easy, strict = (
        run(home, "creditlake.cli", "feed", "check", "water", "--as-of=2026-10-31", f"--sample={sample}", *more)
        for more in ([], ["--strict"])
    )

    assert (easy.returncode, strict.returncode) == (0, 1), easy.stderr
    left = easy.stdout.split("to do\n")[1].splitlines()
    assert [re.sub(r"[\d, ]+$", "", line.strip()) for line in left] == [
        f"{path} says 待填 in line"
        for path in (
            "dbt_project/models/staging/water/stg_water__bills.sql",
            "expectations/water.yml",
            "include/creditlake/feeds/water.yml",
            "include/creditlake/synthetic/feeds/water.py",
        )
    ]
    assert "accepted     1" in easy.stdout


@pytest.mark.parametrize(
    ("name", "header", "more", "reason"),
    [
        ("water", HEADER, [], "is there already; a scaffold never overwrites"),
        ("tax", HEADER, [], "is there already; a scaffold never overwrites"),
        ("ops", HEADER, [], "is there already; a scaffold never overwrites"),
        ("steam", "代号,户名", [], "name it with --uscc"),
        ("steam", HEADER, ["--uscc=代码"], "the sample has no column '代码'"),
        ("steam", HEADER, ["--key=房号"], "the sample has no column '房号'"),
        ("steam", HEADER, ["--key=抄表日期"], "cannot tell records apart"),
        ("steam", "统一社会信用代码,户号", ["--key=户号", "--key=统一社会信用代码"], "every column is in the key"),
        ("steam", "统一社会信用代码,户号,户号", [], "a name comes twice"),
        ("steam", "统一社会信用代码,,户号", [], "column 2 has no usable name"),
        ("steam", "统一社会信用代码,户'号", [], "column 2 has no usable name"),
        ("steam", "", [], "cannot be read (zero_bytes)"),
    ],
)
def test_what_cannot_be_scaffolded_writes_nothing_and_says_why(
    home: Path,
    tmp_path: Path,
    changes: dict[str, bytes | None],
    capsys: pytest.CaptureFixture[str],
    name: str,
    header: str,
    more: list[str],
    reason: str,
) -> None:
    path = tmp_path / "bills.csv"
    path.write_text(f"{header}\n" if header else "", encoding="utf-8")
    before = contents(home)

    assert main(["feed", "new", name, *SPELLED, "--dataset-title=水费欠缴", f"--sample={path}", *more]) == 1

    assert reason in capsys.readouterr().err.splitlines()[-1]
    assert contents(home) == before


@pytest.mark.parametrize(
    "wrong",
    [
        ["Water"],
        ["class"],
        ["water/x"],
        ["steam", "--title= "],
        ["steam", "--title=a'b"],
        ["steam", "--schedule=never"],
    ],
    ids=" ".join,
)
def test_a_wrong_word_is_a_wrong_argument(sample: Path, wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["feed", "new", wrong[0], *SPELLED, f"--sample={sample}", *wrong[1:]])

    assert end.value.code == 2
