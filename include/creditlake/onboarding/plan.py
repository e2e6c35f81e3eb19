"""From a wish and the header of a sample to the columns of a contract: guesses by name, told as such."""

from __future__ import annotations

import re
from dataclasses import dataclass

from creditlake.contracts import ENVELOPE, Column, Kind
from creditlake.readers.header import fold

_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("person_id", re.compile(r"身份证|证件号|ZJHM$|SFZH$")),
    ("person_name", re.compile(r"法定代表人|负责人|联系人|经办人|姓名|FRDB$")),
    ("date", re.compile(r"日期|时间$|有效期|截止期|RQ$|YXQZI?$|JZQ$")),
    ("money", re.compile(r"金额|余额|（元）|\(元\)")),
    ("code", re.compile(r"代码|编码|识别号|注册号|SHXYM$|DM$")),
)
"""What a column is by its name, the first that fits; else text. 万元 stays text: its factor is a person's to say."""
_NUMBER = re.compile(r"编号|文号|户号|单号|WSH$|BH$")
_SUBJECT_NAME = re.compile(r"(企业|单位|机构|纳税人|主体|用户|相对人)?(名称|全称)|户名|XDR_MC$")
_USCC = re.compile(r"统一社会信用代码|SHXYM$")
_FORWARD = re.compile(r"至|截止|到期|期限|有效期")
_UNUSABLE = re.compile(r"""["'{}\\\x00-\x1f]""")


class CannotPlan(ValueError):
    """A feed cannot be scaffolded; the message says what a person must say or do."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person says of a new feed.

    Attributes:
        key: Columns that identify one record; guessed when empty.
        uscc: The column of the unified code; guessed when empty.
    """

    name: str
    title: str
    publisher: str
    owner: str
    legal_basis: str
    schedule: str
    dataset: str
    dataset_title: str
    key: tuple[str, ...] = ()
    uscc: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The columns of a new dataset and what they are for; ``name`` is the subject's, empty where no column has it."""

    columns: tuple[Column, ...]
    key: tuple[str, ...]
    uscc: str
    name: str

    @property
    def required(self) -> tuple[str, ...]:
        """Columns that must have a value, in file order."""
        asked = {*self.key, self.uscc, self.name}
        return tuple(column.name for column in self.columns if column.name in asked)

    def of(self, kind: Kind) -> tuple[str, ...]:
        """Names of the columns of one kind."""
        return tuple(column.name for column in self.columns if column.kind == kind)

    @property
    def past_days(self) -> tuple[str, ...]:
        """Dates of what has happened; an end may lie ahead."""
        return tuple(name for name in self.of("date") if not _FORWARD.search(name))

    @property
    def free(self) -> str:
        """A column in which two rows of one key can differ, the plainest first; empty where there is none."""
        kinds: tuple[Kind, ...] = ("text", "code", "money", "date")
        others = [name for kind in kinds for name in self.of(kind) if name not in {*self.key, self.uscc, self.name}]
        return next((name for name in (*others, self.name, self.uscc) if name and name not in self.key), "")

    def guesses(self) -> list[str]:
        """Return what was guessed, as people read it."""
        kinds = [f"{column.name} is {column.kind}" for column in self.columns if column.kind != "text"]
        subject = f"the subject is {self.uscc}" + (f", its name {self.name}" if self.name else "")
        return [f"one record a {' + '.join(self.key)}", subject, *kinds]


def plan_of(header: list[str], wish: Wish) -> Plan:
    """Return the plan of a dataset with this header.

    Raises:
        CannotPlan: the header cannot be a contract's, or says too little of key and subject.
    """
    given = [name.strip().strip("\ufeff").strip() for name in header]
    names = [name for name in given if fold(name) not in ENVELOPE]
    bad = [place for place, name in enumerate(given, start=1) if not name or _UNUSABLE.search(name)]
    if bad or len(set(map(fold, names))) < len(names) or not names:
        what = f"column {bad[0]} has no usable name" if bad else "a name comes twice, or there is none"
        raise CannotPlan(f"the sample's first line is no header for a contract: {what}")
    columns = tuple(Column(name, name, _kind(name)) for name in names)
    uscc = wish.uscc or _first(_USCC, names)
    absent = [name for name in (*wish.key, uscc) if name and name not in names]
    if absent:
        raise CannotPlan(f"the sample has no column {absent[0]!r}")
    if not uscc:
        raise CannotPlan("no column is known as the unified social credit code: name it with --uscc")
    if uscc not in [column.name for column in columns if column.kind == "code"]:
        columns = tuple(Column(c.name, c.title, "code") if c.name == uscc else c for c in columns)
    kinds = {column.name: column.kind for column in columns}
    texts = [name for name in names if kinds[name] == "text"]
    key = wish.key or _guessed_key(names, kinds, uscc)
    plan = Plan(columns, key, uscc, _first(_SUBJECT_NAME, texts))
    if all(kinds[name] not in ("text", "code") for name in key):
        raise CannotPlan(f"{' + '.join(key)} cannot tell records apart: name the columns that do with --key")
    if not plan.free:
        raise CannotPlan("every column is in the key: name fewer with --key")
    return plan


def _kind(name: str) -> Kind:
    return next((kind for kind, pattern in _KINDS if pattern.search(name)), "text")


def _first(pattern: re.Pattern[str], names: list[str]) -> str:
    return next((name for name in names if pattern.search(name)), "")


def _guessed_key(names: list[str], kinds: dict[str, Kind], uscc: str) -> tuple[str, ...]:
    number = next((name for name in names if _NUMBER.search(name) and kinds[name] in ("text", "code")), "")
    day = next((name for name in names if kinds[name] == "date"), "")
    return (number,) if number else tuple(filter(None, (uscc, day)))
