#!/usr/bin/env python3
"""Works the figures of integrity.json out again, from its tables, and says what each is. Python 3.9 or newer, nothing else.

    python3 integrity.py        in the folder of the unpacked pack

It reads integrity.json and MANIFEST.json beside it, and nothing else. Exit code: 0 all agrees, 1 not.
"""

import json
import sys
from pathlib import Path

HERE = Path(__file__).parent


def total(amounts):
    amounts = list(amounts)
    return None if None in amounts else sum(amounts)


def largest(amounts):
    amounts = list(amounts)
    return None if None in amounts else max(amounts, default=0)


def figure(value, whole):
    return {"value": value, "percent": None if value is None or not whole else round(100 * value / whole, 1)}


def figures(tables):
    online, paper = tables["counted"]["online"], tables["counted"]["paper"]
    counted = total([online, paper])
    names = [row["signatures"] for row in tables["names_with_several_addresses"]]
    domains = [row["signatures"] for row in tables["online_by_mail_domain"] if row["domain"]]
    hours = [row["additions"] for row in tables["additions_by_hour_of_day"]]
    removed = total(row["signatures"] for row in tables["removed_by_reason"])
    waiting = tables["not_confirmed"]
    return {
        "counted": figure(counted, None),
        "repeated_names": figure(total(names), online),
        "largest_domain": figure(largest(domains), online),
        "busiest_hours": figure(largest(hours), total(hours)),
        "not_confirmed": figure(waiting, total([waiting, online])),
        "removed": figure(removed, total([removed, counted])),
        "held": figure(tables["held"], None),
        "open_warnings": figure(tables["open_warnings"], None),
        "paper_twice": figure(tables["paper_twice"], paper),
    }


def disagreements(report, manifest):
    tables, smallest = report["tables"], report["smallest"]
    counted = total(tables["counted"].values())
    if counted is not None and counted != report["count"]:
        yield f"The tables count {counted} signatures, the report {report['count']}."
    if (report["campaign"], report["count"]) != (manifest["campaign"], manifest["ledger"]["total"]):
        yield "The report and MANIFEST.json are of another campaign, or of another count."
    domains = total(row["signatures"] for row in tables["online_by_mail_domain"])
    if domains is not None and domains != tables["counted"]["online"]:
        yield "The mail domains do not add up to the signatures given online."
    added = total(row["additions"] for row in tables["additions_by_hour_of_day"])
    if None not in (added, tables["endings"], counted) and added - tables["endings"] != counted:
        yield "What was added to the count less what was taken off is not the count."
    # How many signed online and on paper, and were taken out, is told as it is, like the count.
    hidden = {name: table for name, table in tables.items() if name not in ("counted", "removed_by_reason")}
    if any(0 < amount < smallest for amount in every_amount(hidden)):
        yield f"An amount below {smallest} is told."
    for name, found in figures(tables).items():
        claimed = [one for one in report["figures"] if one["name"] == name]
        if len(claimed) != 1 or {key: claimed[0][key] for key in found} != found:
            yield f"The figure {name} is not what the tables give: {found}."


def every_amount(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in ("from", "to"):
                yield from every_amount(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from every_amount(inner)
    elif isinstance(value, int):
        yield value


def main():
    report = json.loads((HERE / "integrity.json").read_text(encoding="utf-8"))
    manifest = json.loads((HERE / "MANIFEST.json").read_text(encoding="utf-8"))
    wrong = list(disagreements(report, manifest))
    for one in report["figures"]:
        value = f"fewer than {report['smallest']}, or not told" if one["value"] is None else f"{one['value']:,}"
        print(f"{one['name']}: {value}{'' if one['percent'] is None else ' (%s%%)' % one['percent']}\n    {one['definition']}")
    print("\nWhat this cannot show:", *report["cannot_show"], sep="\n- ")
    if wrong:
        sys.exit("\n" + "\n".join(wrong))
    print("\nAll figures are what the tables give, and agree with MANIFEST.json.")


if __name__ == "__main__":
    main()
