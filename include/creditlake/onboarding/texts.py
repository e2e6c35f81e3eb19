"""The texts of a new feed's contract, suite and staging folder."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence

import yaml

from creditlake.contracts import Column, Dataset, Feed
from creditlake.onboarding.plan import Plan, Wish
from creditlake.onboarding.wiring import OPEN
from creditlake.quality.normalise import identifier

OURS = f"本项目拟定（{OPEN}：依据）"
MONEY = "^-?[0-9]{1,14}([.][0-9]{1,2})?$"
LEADING = (
    ("record_key", "Hash of the key columns of the contract: one value per record, the same in all its versions."),
    ("identity_key", "Hash of everything by which the row names its subject; see int_identity_links."),
    ("uscc", "Uniform social credit code; null where the row has none."),
    ("org_code", "Organisation code of nine characters; null where the row has none."),
    ("registration_no", "Registration number of the register; null where the row has none."),
    ("tax_no", "Taxpayer number; null where the row has none."),
    ("name", "Name of the subject as reported."),
    ("authority", "Who decided, as reported."),
    ("representative", "Hash of the legal representative; null where the feed does not say."),
    ("address", "Address as reported; null where the feed does not say."),
    ("is_natural_person", "Whether the row is about a natural person; such a row goes no further."),
)
TRAILING = (
    ("publisher", "Body that publishes the row; null where the feed names none."),
    ("document_date", "Day from which the reporting limit runs; null where the dataset has none."),
    ("batch_id", "Batch the row came in; see int_batches."),
    ("source_sha256", "Hash of the file received."),
    ("source_row", "Data row of the file, from 1."),
    ("delivered_date", "Day the batch was delivered."),
    ("provided_date", "Day the agency handed the row over; null where it does not say."),
    ("version_no", "Orders the versions of one record: hand-over, then batch, then row."),
    ("is_withdrawn", "Whether the row withdraws the record."),
)
"""What every staging model has, before and after its own columns."""


def said(text: str) -> str:
    """Return a text as YAML has it, in a mapping on one line too."""
    dumped: str = yaml.safe_dump([text], allow_unicode=True, default_flow_style=True, width=10**6)
    return dumped.strip()[1:-1]


def contract_text(wish: Wish, plan: Plan) -> str:
    """Return the contract."""
    subject = {"uscc": plan.uscc} | ({"name": plan.name} if plan.name else {})
    lines = [
        f"name: {wish.name}",
        f"title: {said(wish.title)}",
        f"publisher: {said(wish.publisher)}",
        f"owner: {said(wish.owner)}",
        f"legal_basis: {said(wish.legal_basis)}",
        f'schedule: "{wish.schedule}"',
        "connector: files",
        "datasets:",
        f"  {wish.dataset}:",
        f"    title: {said(wish.dataset_title)}",
        f"    key: [{', '.join(map(said, plan.key))}]",
        f"    subject: {{{', '.join(f'{use}: {said(name)}' for use, name in subject.items())}}}",
        "    rows: {min: 1, max: 1000000}",
        f"    watch: {{rhythm: none}} # {OPEN}: when it comes, and on what that rests, so that its silence is told",
        "    columns:",
        *(f"      {said(column.name)}: {_facts(column)}" for column in plan.columns),
    ]
    return "\n".join(lines) + "\n"


def _facts(column: Column) -> str:
    return "{}" if column.kind == "text" else f"{{kind: {column.kind}}}"


def suite_text(feed: Feed, plan: Plan) -> str:
    """Return a suite to start from: what is asked of any dataset with such columns."""
    lines = [
        f"# What a batch of the {feed.name} feed must be; scaffolded from a header: correct and complete it.",
        "# How to read it: expectations/registration.yml.",
        f"name: {feed.name}",
        "datasets:",
        f"  {feed.datasets[0].name}:",
        "    groups:",
    ]
    needed, past, days, money = plan.required, plan.past_days, plan.of("date"), plan.of("money")
    day, shape, row = "expect_column_values_to_be_day", "expect_column_values_to_match_regex", "expect_row_to_satisfy"
    groups = [
        _group("expect_column_values_to_not_be_null", OURS, {f"required.{n}": (f"{n}必须填写", {}) for n in needed}),
        _group(
            "expect_column_values_to_be_valid_uscc",
            "GB 32100-2015（登记管理部门与机构类别、校验码）",
            {f"check_digit.{plan.uscc}": (f"{plan.uscc}的类别和校验码正确", {})},
        ),
        _group(
            "expect_column_uscc_to_hold_valid_org_code",
            "GB 11714-1997（主体标识码校验码）",
            {f"inner_check_digit.{plan.uscc}": (f"{plan.uscc}内含的组织机构代码校验码正确", {})},
            severity="warning",
        ),
        _group(day, "GB/T 7408（日期表示）", {f"format.{n}": (f"{n}是一个日期", {}) for n in (*days, "提供日期")}),
        _group(row, "事项发生不晚于报送", {f"not_future.{n}": (f"{n}不晚于报送日期", _not_future(n)) for n in past}),
        _group(shape, OURS, {f"format.{n}": (f"{n}是数字", {"regex": MONEY}) for n in money}),
        _group(row, OURS, {f"range.{n}": (f"{n}不小于零", {"sql": _not_negative(n)}) for n in money}),
        _group(
            "expect_column_values_to_be_in_set",
            "GB/T 39443（前置库信封）",
            {"enum.增删改标志": ("增删改标志为i、u或d", {"value_set": ["i", "u", "d"]})},
        ),
        _group(row, "数据归集规范（不重不漏、字段齐全）", _whole_row_rules(plan)),
    ]
    return "\n".join([*lines, *(line for group in groups for line in group)]) + "\n"


Rules = Mapping[str, tuple[str, Mapping[str, str | Sequence[str]]]]


def _group(kind: str, basis: str, rules: Rules, severity: str = "critical") -> list[str]:
    if not rules:
        return []
    head = [f"      - type: {kind}", f"        severity: {severity}", f"        basis: {said(basis)}", "        rules:"]
    return head + [f"          {said(rule)}: {_entry(title, own)}" for rule, (title, own) in rules.items()]


def _entry(title: str, own: Mapping[str, str | Sequence[str]]) -> str:
    if not own:
        return said(title)
    arguments = [f"{key}: {_argument(value)}" for key, value in own.items()]
    return f"{{title: {said(title)}, {', '.join(arguments)}}}"


def _argument(value: str | Sequence[str]) -> str:
    return said(value) if isinstance(value, str) else f"[{', '.join(map(said, value))}]"


def _not_future(name: str) -> dict[str, str]:
    return {"sql": f"{identifier(f'day_of_{name}')} <= delivered_on"}


def _not_negative(name: str) -> str:
    return f"{identifier(f'amount_of_{name}')} >= 0"


def _whole_row_rules(plan: Plan) -> Rules:
    shifted = f"coalesce(regexp_matches({identifier(plan.uscc)}, '\\p{{Han}}'), false)"
    if plan.name:
        shifted += f" or coalesce(regexp_full_match({identifier(plan.name)}, '[0-9A-Z]{{18}}'), false)"
    return {
        "duplicate_row": ("同一批次内不重复报送同一行", {"sql": "not is_repeat"}),
        "key_conflict": (f"同一{'、'.join(plan.key)}同日不报送两种内容", {"sql": "not is_conflict"}),
        "field_count": ("字段个数与表头一致", {"sql": "_ragged is null"}),
        "shifted": ("各字段的值没有错位", {"sql": f"not ({shifted})"}),
    }


def staging_text(feed: Feed, plan: Plan) -> str:
    """Return a staging model with what every dataset has; its own columns get their English names from a person."""
    dataset = feed.datasets[0]
    return f"""-- One row per delivered row of {feed.name}.{dataset.name}.
with

source as (

    select * from {{{{ source('validated', '{dataset.table}') }}}}
    where {{{{ delivered() }}}}

),

renamed as (

    select
{_select_text(feed, plan)}
        -- reporting
        -- no column names it: the feed's own, as in its contract
        '{feed.publisher}' as publisher,
        cast(null as date) as document_date,

        -- lineage
        {{{{ lineage_columns() }}}}
    from source

)

select * from renamed
"""


def _select_text(feed: Feed, plan: Plan) -> str:
    hidden = {plan.uscc, plan.name, *plan.of("person_name"), *plan.of("person_id")}
    own = [f"-- {column.name}" for column in plan.columns if column.name not in hidden]
    name = f", name='{identifier(plan.name)}'" if plan.name else ""
    key = [f"{_key_part(feed.datasets[0], column)}," for column in plan.key]
    return f"""        -- ids
        {{{{ record_key([
            {_lines(key, 12)}
        ]) }}}} as record_key,
        {{{{ subject_columns('{identifier(plan.uscc)}'{name}) }}}},
        false as is_natural_person,

        -- {OPEN}: the dataset's own columns by English names, renamed and cast, each described in
        -- _{feed.name}.yml:
        {_lines(own, 8)}
"""


def _key_part(dataset: Dataset, column: str) -> str:
    quoted = f"'{identifier(column)}'"
    return f"[date_key({quoted})]" if column in dataset.of_kind("date") else f"[{quoted}]"


def _lines(lines: Iterable[str], indent: int) -> str:
    return ("\n" + " " * indent).join(lines)


def sources_text(feed: Feed) -> str:
    """Return the declaration of the dataset's tables as sources."""
    tables = "".join(f"      - name: {d.table}\n        description: {_quoted(d.title)}\n" for d in feed.datasets)
    return f"""version: 2

sources:
  - name: validated
    description: "Rows that broke no critical rule: every contract column as text, and lineage."
    database: lake
    schema: validated
    tables:
{tables}  - name: quarantine
    description: "Rows that broke a critical rule, as received, with the rules and their state."
    database: lake
    schema: quarantine
    tables:
{tables}"""


def described_text(feed: Feed) -> str:
    """Return the description of the staging model."""
    dataset = feed.datasets[0]
    columns = "\n".join(
        f"      - name: {name}\n        description: {_quoted(text)}" for name, text in (*LEADING, *TRAILING)
    )
    return (
        textwrap.dedent(f"""\
        version: 2

        models:
          - name: stg_{feed.name}__{dataset.name}
            description: "One row per delivered row of {feed.name}.{dataset.name}."
            columns:
        """)
        + f"{columns}\n"
    )


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
