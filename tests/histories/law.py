"""The law that the model knows, written from its texts: how grave a penalty is and how long a record may be shown.

Numbers that no published text gives are the project's defaults, as its users' page of rules has them.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from tests.histories.facts import Entry, Penalty

ORDER_36 = date(2026, 4, 1)
"""信用修复管理办法 (Order 36 of 2025), in force from this day."""
GENERAL_MONTHS, SERIOUS_MONTHS = 12, 36
"""Order 36, chapter 2: a general one is shown for a year at the longest, a serious one for three."""
ORDER_58_MONTHS = 36
"""Order 58 of 2023: three years at the longest, for all that were published."""
ORDER_58 = date(2023, 5, 1)
SIMPLE_LIMIT = {"unit": 3000, "individual": 200}
"""行政处罚法 art 51: fined on the spot at most so much; such a decision is minor."""
HUGE_FINE = 1_000_000
"""巨额: no number was published; a default."""
GRAVE = {"降低资质等级", "吊销许可证件", "限制开展生产经营活动", "责令停产停业", "责令关闭", "限制从业"}
"""Order 36, chapter 2: serious whatever the fine."""
REVOKING = "暂扣或者吊销许可证、暂扣或者吊销执照"
"""A kind of the standard of 2018 that holds a revocation."""
SUSPENDING = "暂扣许可证件"
WARNING = {"警告", "通报批评"}
LIST_MONTHS = {
    "失信被执行人": 36,
    "安全生产严重失信主体名单": 36,
    "统计严重失信企业": 12,
    "社会组织严重违法失信名单": 24,
    "行业重点关注名单": 12,
    "海关高级认证企业": None,
    "守合同重信用企业": 24,
}
"""The longest term of each list in months, by its own law and at most the three years of Order 36; none: no end."""
RED, ATTENTION = {"海关高级认证企业", "守合同重信用企业"}, {"行业重点关注名单"}
RATING_MONTHS = 24
"""A yearly rating stands in until the next one; a default."""
OPEN_END = date(2099, 12, 31)


def after(day: date, months: int) -> date:
    """The same day some months later; the last of the month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def full_months(start: date, end: date) -> int:
    """How many months have gone by in full."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months - (end.day < start.day)


def reached(start: date, months: int) -> date:
    """The first day on which so many months have gone by in full."""
    day = after(start, months)
    return day if day.day == start.day else day + timedelta(days=1)


def severity(penalty: Penalty, party: str) -> str:
    """Minor, general or serious; of several kinds in one decision the gravest decides."""
    grave = {_severity(kind, penalty, party) for kind in penalty.kinds}
    return next(one for one in ("serious", "general", "minor") if one in grave)


def _severity(kind: str, penalty: Penalty, party: str) -> str:
    if kind in WARNING:
        return "minor"
    if kind == "罚款":
        fine = penalty.fine or 0
        return "serious" if fine >= HUGE_FINE else "minor" if fine <= SIMPLE_LIMIT[party] else "general"
    if kind == SUSPENDING:
        # the draft of Order 36 called it general, a note on the final text serious
        return "serious" if penalty.decided >= ORDER_36 else "general"
    return "serious" if kind in GRAVE or kind == REVOKING else "general"


def penalty_until(penalty: Penalty, party: str) -> date | None:
    """The last day on which a penalty may be shown; None where it is not published at all.

    The term runs from the day of the document. Older decisions: the shorter of the term of their own day and that of
    Order 36 (a default). Never longer than the agency's own date.
    """
    grade = severity(penalty, party)
    if grade == "minor":
        return None  # published under neither order
    months = GENERAL_MONTHS if grade == "general" else SERIOUS_MONTHS
    if ORDER_58 <= penalty.decided < ORDER_36:
        months = min(months, ORDER_58_MONTHS)
    longest = after(penalty.decided, months)
    return longest if penalty.until is None else min(longest, penalty.until)


def entry_until(entry: Entry) -> date | None:
    """The last day on which an entry of a list may be shown; None where nothing ends it but its exit."""
    months = LIST_MONTHS[entry.kind]
    ends = [entry.until] if entry.until else []
    return min([*ends, after(entry.entered, months)] if months else ends, default=None)
