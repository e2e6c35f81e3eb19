"""What a release says about one subject, as nouns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Subject:
    """Who the report is about; the names are those of mart_subjects."""

    subject_id: str
    uscc: str
    name: str
    subject_type: str
    registration_status: str
    is_active: bool
    district_code: str | None
    district_source: str | None
    industry_code: str | None
    industry_section: str | None
    enterprise_type_code: str | None
    established_date: date | None
    registered_capital_amount: Decimal | None
    registered_capital_currency: str | None


@dataclass(frozen=True, slots=True)
class Profile:
    """Its evaluation and figures; the names are those of mart_subject_profiles."""

    evaluation_score: Decimal | None
    evaluation_grade: str | None
    supervision_class: str | None
    penalty_count_12m: int
    penalty_count_visible: int
    fines_yuan_visible: Decimal
    tax_rating: str | None
    tax_rating_year: int | None
    tax_arrears_yuan: Decimal
    social_arrears_yuan: Decimal
    insured_headcount: int | None
    permits_valid: int
    is_on_serious_list: bool
    is_abnormal: bool


@dataclass(frozen=True, slots=True)
class Point:
    """One item of its evaluation; the names are those of mart_evaluation_points."""

    item_code: str
    feature: str
    number_value: float | None
    points: int
    reason: str
    falls_away_date: date | None


@dataclass(frozen=True, slots=True)
class Reason:
    """A record behind an item of its evaluation; the names are those of mart_profile_reasons."""

    item_code: str
    record_id: str
    reason: str
    falls_away_date: date | None


@dataclass(frozen=True, slots=True)
class Record:
    """One record that may be shown; the names are those of mart_credit_records.

    Attributes:
        is_objected: Whether an objection to it is open; False of a release from before objections were taken in.
    """

    record_id: str
    feed: str
    dataset: str
    record_type: str
    polarity: int
    severity: str | None
    occurred_date: date
    amount_yuan: Decimal | None
    confiscated_yuan: Decimal | None
    authority: str | None
    document_no: str | None
    visible_until: date | None
    legal_basis: str
    match_method: str
    is_after_deregistration: bool
    batch_id: str
    source_sha256: str
    source_row: int
    is_objected: bool = False


@dataclass(frozen=True, slots=True)
class Dimension:
    """One dimension of its portrait; the names are those of mart_subject_portraits."""

    dimension_code: str
    score: Decimal | None
    peer_group: str | None
    peer_percentile: Decimal | None
    coverage: Decimal


@dataclass(frozen=True, slots=True)
class Tag:
    """What stands out about it; the names are those of mart_portrait_tags."""

    tag_code: str
    tag_name: str
    evidence_record_id: str | None


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of the release; the names are those of mart_batch_ledger."""

    feed: str
    dataset: str
    batch_id: str
    source_sha256: str
    delivered_date: date
    rows_validated: int
    status: str

    @property
    def source(self) -> str:
        """``feed.dataset``."""
        return f"{self.feed}.{self.dataset}"


@dataclass(frozen=True, slots=True)
class Code:
    """What a code means; the names are those of mart_code_lists. Bounds: the lower is in, the upper is out."""

    column_name: str
    code: str
    title: str
    lower: float | None
    upper: float | None
    basis: str


@dataclass(frozen=True, slots=True)
class Mart:
    """A mart the report rests on, as the manifest names it."""

    name: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that a report shows.

    Attributes:
        records: The newest first.
        batches: Of all sources, also of those that say nothing about the subject; of each the latest delivered first.
    """

    release_id: str
    as_of: date
    code_version: str
    marts: tuple[Mart, ...]
    subject: Subject
    profile: Profile
    points: tuple[Point, ...]
    reasons: tuple[Reason, ...]
    records: tuple[Record, ...]
    dimensions: tuple[Dimension, ...]
    tags: tuple[Tag, ...]
    batches: tuple[Batch, ...]
    codes: tuple[Code, ...]

    def code(self, column: str, code: str) -> Code | None:
        """What the release's code lists say about a code of a column."""
        return next((known for known in self.codes if (known.column_name, known.code) == (column, code)), None)

    def title(self, column: str, code: str | None) -> str | None:
        """The words for a code; the code itself where the release explains it nowhere."""
        if code is None:
            return None
        known = self.code(column, code)
        return known.title if known else code

    def accepted(self, dataset: str) -> tuple[Batch, ...]:
        """The accepted batches of ``feed.dataset``, the latest delivered first."""
        return tuple(batch for batch in self.batches if batch.source == dataset and batch.status == "accepted")

    def is_delivered(self, dataset: str) -> bool:
        """Say whether ``feed.dataset`` has an accepted batch in the release."""
        return bool(self.accepted(dataset))
