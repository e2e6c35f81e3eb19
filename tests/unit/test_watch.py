"""The source watch: hand-worked days, medians and headers, and the alarm each must raise."""

from __future__ import annotations

from datetime import date

import pytest
from creditlake.watch.deliveries import schema_hash
from creditlake.watch.spec import WATCH_NOTHING, watch_of

from tests.unit.watched import HEADER, MONTHLY, alarms, came, kinds, months, moved, standing

TO_SEPTEMBER = months(100, 100, 100, 100, 100, 100, last=9)
"""April to September 2026, 100 rows each."""


def test_september_may_come_until_the_seventh_working_day_after_a_holiday_of_seven_days() -> None:
    # 2026-10-01 to 07 are off; 8, 9 and Saturday 10 (a make-up day) are worked, then 12 to 15: the 7th is the 15th
    to_august = months(100, 100, 100, last=8)

    assert kinds(to_august, "2026-10-15") == []
    (late,) = alarms(to_august, "2026-10-16")
    assert (late.kind, late.since, late.owner) == ("silence", date(2026, 10, 15), "双公示专员")
    assert late.sentence == (
        "行政处罚信息（各行政处罚机关）应于 2026-10-15 前报送2026年9月，截至 2026-10-16 未收到，"
        "已迟 1 个工作日；上次报送 2026-08-20。请催报。责任人：双公示专员。"
    )


def test_days_late_are_working_days() -> None:
    # after Thursday the 15th: Friday 16, Monday 19; Saturday and Sunday do not count
    (late,) = alarms(months(100, 100, 100, last=8), "2026-10-19")

    assert "已迟 2 个工作日" in late.sentence


def test_the_next_deadline_is_that_of_the_first_period_of_which_nothing_came() -> None:
    assert standing(TO_SEPTEMBER, "2026-10-20").next_due == date(2026, 11, 10)  # October: 2 to 6, 9 and 10 November
    assert standing(months(100, 100), "2026-10-31").next_due == date(2026, 12, 9)  # October came: November is next


def test_a_deadline_in_a_year_whose_holidays_nobody_knows_is_estimated_and_says_so() -> None:
    november = [came("2026-11-20"), came("2026-12-21")]

    found = standing(november, "2026-12-31")

    assert (found.next_due, found.is_estimate) == (date(2027, 2, 9), True)  # Monday 1 to Friday 5, 8 and 9 February


def test_a_source_of_which_a_month_may_hold_nothing_is_silent_only_when_several_do() -> None:
    # two rows a month are usual: four months without any may be chance, at five (ten rows) it no longer is
    assert kinds(months(2, 2, 2, last=4), "2026-09-30") == []  # May to August
    (late,) = alarms(months(2, 2, 2, last=4), "2026-10-31")
    assert late.expected == "2026-06-09 前报送2026年5月、2026年6月、2026年7月等 5 期"


def test_what_was_due_before_anything_came_to_this_lake_is_not_missed() -> None:
    yearly = {"rhythm": "yearly", "month": 4, "due": 10, "basis": "约定"}
    other = came("2025-11-03", feed="tax", dataset="ratings")

    assert kinds([other], "2026-03-31", watch=yearly) == []
    # 30 April and ten working days: 6 to 8 May, Saturday 9 (a make-up day), 11 to 15 and 18
    assert kinds([other], "2026-05-18", watch=yearly) == []
    assert kinds([other], "2026-05-19", watch=yearly) == ["silence"]


def test_what_was_never_delivered_is_silent_once_others_of_the_lake_deliver() -> None:
    other = came("2026-08-03", feed="tax", dataset="ratings")

    assert kinds([other], "2026-09-09") == []  # August: 7 working days end on 2026-09-09
    (late,) = alarms([other], "2026-09-10")
    assert late.found == "从未收到"
    assert kinds([], "2026-12-31") == []


def test_a_hole_among_the_last_periods_is_told_although_later_ones_came() -> None:
    with_hole = [one for one in months(*[100] * 6) if one.day.month != 8]

    (found,) = alarms(with_hole, "2026-10-31")

    assert found.expected == "2026-09-09 前报送2026年8月"


def test_a_hole_older_than_the_memory_is_history() -> None:
    old = [came("2025-10-20"), *months(*[100] * 10)]  # nothing in November and December 2025

    assert kinds(old, "2026-10-31") == []


def test_a_file_counts_for_the_month_in_its_name_and_not_for_the_day_it_came() -> None:
    late_file = came("2026-10-12", month=date(2026, 9, 1))

    assert kinds([*months(100, 100, 100, last=8), late_file], "2026-10-31") == []


def test_silence_that_a_person_waived_is_told_again_after_its_last_day() -> None:
    quiet = moved("quiet_until", "2026-10-30")

    assert kinds(months(100, 100, 100, last=8), "2026-10-30", quiet) == []
    assert kinds(months(100, 100, 100, last=8), "2026-10-31", quiet) == ["silence"]


def test_a_quarterly_list_that_comes_in_the_first_month_is_late_in_the_second() -> None:
    quarterly = {"rhythm": "quarterly", "month": 1, "due": 10, "basis": "欠税公告办法"}

    # the fourth quarter's closes on 31 October; ten working days: 2 to 6 and 9 to 13 November
    assert kinds([came("2026-07-20")], "2026-11-13", watch=quarterly) == []
    assert kinds([came("2026-07-20")], "2026-11-16", watch=quarterly) == ["silence"]


def test_daily_means_every_working_day_and_what_comes_on_a_day_off_counts_for_the_next() -> None:
    daily = {"rhythm": "daily", "due": 1, "basis": "约定"}
    to_friday = [came("2026-10-22"), came("2026-10-23")]

    assert kinds(to_friday, "2026-10-27", watch=daily) == []  # Monday's may come until Tuesday
    assert kinds(to_friday, "2026-10-28", watch=daily) == ["silence"]
    assert kinds([*to_friday, came("2026-10-25"), came("2026-10-27")], "2026-10-28", watch=daily) == []


def test_a_week_ends_on_sunday() -> None:
    weekly = {"rhythm": "weekly", "due": 0, "basis": "约定"}

    assert kinds([came("2026-10-14")], "2026-10-25", watch=weekly) == []
    assert kinds([came("2026-10-14")], "2026-10-26", watch=weekly) == ["silence"]


def test_of_a_dataset_without_a_rhythm_silence_and_volume_say_nothing() -> None:
    assert kinds(months(100, 100, 100, 1, last=4), "2026-10-31", watch={"rhythm": "none"}) == []


@pytest.mark.parametrize(
    ("rows", "word"), [(60, "骤减"), (61, ""), (179, ""), (180, "骤增")], ids=["half", "over", "under", "double"]
)
def test_about_half_and_double_the_median_are_told_and_nothing_between(rows: int, word: str) -> None:
    told = alarms(months(90, 100, 110, 100, rows), "2026-10-31")

    assert [finding.kind for finding in told] == (["volume"] if word else [])
    assert all(word in finding.sentence and finding.found == f"{rows} 行" for finding in told)


def test_the_median_is_of_the_last_six_periods() -> None:
    # six months of 1000, then three of 100: of the six before October three are 1000, three 100; the median is 550
    assert standing(months(*[1000] * 6, 100, 100, 100, 1000), "2026-10-31").volume.median == 550  # type: ignore[union-attr]


def test_the_rows_of_all_deliveries_of_a_period_count_together() -> None:
    october = [came(f"2026-10-{day:02d}", 10) for day in range(1, 11)]

    assert kinds([*TO_SEPTEMBER, *october], "2026-10-31") == []


def test_a_period_that_is_still_open_may_be_small_and_not_double() -> None:
    assert kinds([*TO_SEPTEMBER, came("2026-10-02", 5)], "2026-10-30") == []
    assert kinds([*TO_SEPTEMBER, came("2026-10-02", 5)], "2026-10-31") == ["volume"]
    assert kinds([*TO_SEPTEMBER, came("2026-10-02", 200)], "2026-10-30") == ["volume"]


def test_a_halved_month_is_still_told_when_the_next_one_has_begun() -> None:
    assert kinds([*TO_SEPTEMBER, came("2026-10-20", 50), came("2026-11-02", 3)], "2026-11-03") == ["volume"]


def test_a_few_rows_may_halve_or_double_by_chance() -> None:
    # usual 9: 27 differ by 18, three times the root of 36; 26 by 17, less than three times the root of 35
    assert kinds(months(9, 9, 9, 9, 1), "2026-10-31") == []
    assert kinds(months(9, 9, 9, 9, 26), "2026-10-31") == []
    assert kinds(months(9, 9, 9, 9, 27), "2026-10-31") == ["volume"]
    # usual 54: half, 27, differ by 27, three times the root of 81; 28 do not reach it
    assert kinds(months(54, 54, 54, 54, 28), "2026-10-31") == []
    assert kinds(months(54, 54, 54, 54, 27), "2026-10-31") == ["volume"]


def test_a_source_that_begins_with_its_whole_stock_is_no_alarm() -> None:
    assert kinds(months(9000), "2026-10-31") == []
    assert kinds(months(9000, 90), "2026-10-31") == []
    assert kinds(months(9000, 90, 95, 88), "2026-10-31") == []
    assert standing(months(9000, 90, 95), "2026-10-31").volume is None


def test_a_moved_bound_holds_from_its_day_on() -> None:
    wider = moved("least", "0.4", "2026-10-31")

    assert kinds(months(100, 100, 100, 45), "2026-10-31") == ["volume"]
    assert kinds(months(100, 100, 100, 45), "2026-10-31", wider) == []
    assert kinds(months(100, 100, 100, 45), "2026-10-31", moved("least", "0.4", "2026-11-01")) == ["volume"]
    assert standing(months(100), "2026-10-31", wider).moves == (wider,)


def test_the_last_move_of_a_bound_holds() -> None:
    once, again = moved("due", "20", "2026-02-01"), moved("due", "0", "2026-10-01")

    assert kinds(months(100, 100, last=8), "2026-10-01", once, again) == ["silence"]  # September closed the day before


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ((*HEADER, "决定书类别"), "新增列 决定书类别"),
        (HEADER[:2], "缺少列 备注"),
        (("决定日期", "决定书文号", "备注"), "列的次序改变"),
        (("决定书文号", "公开日期", "备注"), "新增列 公开日期，缺少列 决定日期"),
    ],
)
def test_another_header_is_told_with_what_is_other(header: tuple[str, ...], said: str) -> None:
    (found,) = alarms([*TO_SEPTEMBER, came("2026-10-20", header=header)], "2026-10-31")

    assert (found.kind, found.since) == ("schema", date(2026, 10, 20))
    assert found.found == f"表头 {schema_hash(header)}：{said}"


def test_a_changed_header_stays_an_alarm_until_a_person_agrees_or_the_old_one_is_back() -> None:
    wider = (*HEADER, "决定书类别")
    changed = [*TO_SEPTEMBER, came("2026-10-20", header=wider), came("2026-11-20", header=wider)]

    assert kinds(changed, "2026-11-30") == ["schema"]
    assert kinds(changed, "2026-11-30", moved("schema", schema_hash(wider))) == []
    assert kinds([*changed, came("2026-12-20")], "2026-12-31") == []


def test_one_odd_header_among_several_files_of_the_period_is_found() -> None:
    october = [came("2026-10-20", 50, header=HEADER[:2]), came("2026-10-25", 50)]

    assert kinds([*TO_SEPTEMBER, *october], "2026-10-31") == ["schema"]


def test_rows_that_name_their_columns_may_order_them_otherwise_and_leave_empty_ones_out() -> None:
    keyed = came("2026-10-20", header=("备注", "决定书文号"), file="decisions-2026-10.jsonl")
    wider = came("2026-10-20", header=(*HEADER, "决定书类别"), file="decisions-2026-10.jsonl")

    assert kinds([*TO_SEPTEMBER, keyed], "2026-10-31") == []
    assert kinds([*TO_SEPTEMBER, wider], "2026-10-31") == ["schema"]


def test_a_file_refused_for_its_header_is_told_until_a_good_one_follows() -> None:
    bad = came("2026-10-20", header=None, refusal="unknown_header")  # type: ignore[arg-type]

    assert kinds([*TO_SEPTEMBER, bad], "2026-10-31") == ["schema"]
    assert kinds([*TO_SEPTEMBER, bad, came("2026-10-21")], "2026-10-31") == []


def test_a_refused_file_is_no_delivery() -> None:
    refused = came("2026-10-20", 5000, header=None, refusal="truncated")  # type: ignore[arg-type]

    (late,) = alarms([*TO_SEPTEMBER, refused], "2026-11-11")
    assert late.found == "上次报送 2026-09-20，其后拒收 1 个文件"


def test_what_comes_later_than_the_business_date_does_not_count_yet() -> None:
    assert standing(months(100, 100), "2026-10-19").last == date(2026, 9, 20)


def test_the_contract_may_name_another_owner_than_the_feeds() -> None:
    (late,) = alarms(months(100, last=8), "2026-10-31", watch=MONTHLY | {"owner": "执法数据专员"})

    assert late.owner == "执法数据专员"


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"rhythm": "hourly", "basis": "约定"}, "hourly"),
        ({"rhythm": "monthly"}, "basis is missing"),
        ({"rhythm": "monthly", "basis": "约定", "month": 2}, "no month 2"),
        ({"rhythm": "yearly", "basis": "约定", "month": 13}, "no month 13"),
        ({"rhythm": "monthly", "basis": "约定", "due": -1}, "due"),
        ({"rhythm": "monthly", "basis": "约定", "least": 1.5}, "least"),
        ({"rhythm": "monthly", "basis": "约定", "grace": 3}, "grace"),
        ("monthly", "mapping"),
    ],
)
def test_a_contract_that_expects_what_cannot_be_is_a_mistake(entry: object, told: str) -> None:
    with pytest.raises((TypeError, ValueError), match=told):
        watch_of(entry)


def test_a_contract_that_says_nothing_has_only_its_schema_watched() -> None:
    assert watch_of(None) == WATCH_NOTHING
