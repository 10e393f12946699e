"""Commuters at Hong Kong's border: which figures hold the true counts, and how wide they are.

Input: Hong Kong's published daily counts (Immigration Department, data.gov.hk), as events of
synthetic persons; a fifth of residents' and Mainland visitors' crossings is made by commuters, who
cross there and back on every day from Monday to Friday. January and February 2024, at a tenth, under
the ready-made plan and under the bound of 24 a year and 4 a month that it had before; and the whole
of 2024, at a fortieth, in which commuters pass the bound of 520 in December.

Not here: speed (`border.py`).

Use: ./bench commuters      needs ../shared/data
"""

import collections
import csv
import datetime
import itertools
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "target/release/tidegauge"
PLAN = ROOT / "plans/border.toml"
COUNTS = ROOT.parent / "shared/data/hk_daily_passenger_traffic_2021_2024.csv"
SEED = 11

# The flow as it was before commuters counted in full.
EARLIER = {
    "bound = 520 ": "bound = 24\nbound_month = 4 ",
    'strategy = "identity"': 'strategy = "calendar_blt"',
}


def run(*arguments):
    """The output of the program."""
    command = [str(argument) for argument in (PROGRAM, *arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr}")
    return done.stdout


def rows(text):
    return list(csv.DictReader(text.splitlines()))


def periods(day):
    year, week, _ = day.isocalendar()
    return f"{day}", f"{year}-W{week:02}", f"{day:%Y-%m}"


def true_counts(path):
    """The true counts by point, direction, class and period, with totals."""
    counts = collections.Counter()
    for row in rows(path.read_text(encoding="utf-8")):
        day = datetime.date.fromisoformat(row["date"])
        places = (row["border_point"], "_T"), (row["traveller_class"], "_T")
        for point, travellers, period in itertools.product(*places, periods(day)):
            counts[point, row["direction"], travellers, period] += int(row["count"])
    return counts


def released(place, plan, days, scale):
    """A store of simulated commuters, released to its end, and the true counts."""
    events, truth, store = place / "events.parquet", place / "truth.csv", place / "store"
    run("simulate", "commuters", "--counts", COUNTS, "--from", "2024-01-01", "--days", days,
        "--scale", scale, "--seed", SEED, "--out", events, "--truth", truth)
    run("init", store, "--plan", plan, "--synthetic")
    run("ingest", store, events)
    last = datetime.date(2024, 1, 1) + datetime.timedelta(days - 1)
    run("release", store, "--until", last)
    return store, true_counts(truth)


def coverage(store, counts):
    """A line for each marginal and grain."""
    print(f"{'':<28}{'figures':>9}{'held':>8}{'margin':>9}{'mean error':>12}")
    views = {"direction": ("_T", "_T"), "class x direction": ("_T", ""),
             "point x direction": ("", "_T"), "cells": ("", "")}
    for (view, (point, travellers)), grain in itertools.product(views.items(), "DWM"):
        key = f"{grain}..FLOW.{point}..{travellers}"
        figures = rows(run("export", store, "--dataflow", "BORDER_FLOW", "--key", key))
        margins, errors = [], []
        for row in figures:
            if float(row["MARGIN"]) == 0:
                continue  # a point that has closed
            cell = row["BORDER_POINT"], row["DIRECTION"], row["TRAVELLER_CLASS"]
            errors.append(float(row["OBS_VALUE"]) - counts[(*cell, row["TIME_PERIOD"])])
            margins.append(float(row["MARGIN"]))
        held = sum(abs(error) <= margin for error, margin in zip(errors, margins))
        name = f"{view}, {dict(D='day', W='week', M='month')[grain]}"
        print(f"{name:<28}{len(errors):>9,}{held / len(errors):>8.1%}"
              f"{sum(margins) / len(margins):>9,.0f}{sum(errors) / len(errors):>12,.1f}")


def cut(store, counts):
    """What December's figures say that they may lack, and what they do."""
    for row in rows(run("export", store, "--dataflow", "BORDER_FLOW.CUT", "--derive", "--key",
                        "M..FLOW._T.._T", "--start", "2024-11", "--end", "2024-12")):
        key = f"M..FLOW._T.{row['DIRECTION']}._T"
        period = row["TIME_PERIOD"]
        figure = rows(run("export", store, "--dataflow", "BORDER_FLOW", "--key", key,
                          "--start", period, "--end", period))[0]
        lacks = counts["_T", row["DIRECTION"], "_T", period] - float(figure["OBS_VALUE"])
        print(f"{period} {row['DIRECTION']:<6} persons past the bound {row['PERSONS']} +- "
              f"{row['MARGIN']}, at most {row['CUT_MAX']} missing; the figure is {lacks:,.0f} below "
              f"the truth, its margin {figure['MARGIN']}")


def main():
    if not COUNTS.exists():
        print(f"not run: {COUNTS} does not exist")
        return
    with tempfile.TemporaryDirectory(prefix="tidegauge-bench-") as directory:
        place = pathlib.Path(directory)
        plan = PLAN.read_text(encoding="utf-8")
        earlier = plan
        for now, before in EARLIER.items():
            if now not in earlier:
                sys.exit(f"{PLAN}: {now} is not there")
            earlier = earlier.replace(now, before, 1)
        (place / "earlier.toml").write_text(earlier, encoding="utf-8")
        for name, path, days, scale in (
            ("January and February 2024, bound 520", PLAN, 60, "1/10"),
            ("the same, bound 24 a year and 4 a month", place / "earlier.toml", 60, "1/10"),
            ("2024, bound 520, which commuters pass in December", PLAN, 366, "1/40"),
        ):
            print(f"\n{name}")
            part = place / f"{days}{scale[2:]}{path.stem}"
            part.mkdir()
            store, counts = released(part, path, days, scale)
            coverage(store, counts)
            if days == 366:
                cut(store, counts)


if __name__ == "__main__":
    main()
