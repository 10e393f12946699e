"""Our error compared with that of OpenDP and of Tumult Analytics: same data, same guarantee.

What it is: ten million crossings of about 2.5 million invented persons in one year, 16 border
points x 2 directions x 3 classes, 40 citizenships, at most 10 crossings per person and one per day.
Each library publishes the same figures with rho-zCDP for everything a person did in the year. The
root mean square error per cell is relative to the exact counts.

Each peer bounds a person's contributions with its own means, as tightly as it can: if a person
counts once in a cell, 10 cells with 1 row each (squared sensitivity 10), otherwise 10 rows that
may all be in one cell (100). Two demands give half of rho to each of two tables, crossings by day,
point and direction, and by month and citizenship:
- days only: one query by day; longer periods are its sums. Ours: strategy "identity".
- every grain: day, week, month, quarter and year. A peer runs five queries, each with a fifth of
  the budget (week and quarter are paid for but not run), whose answers do not add up; ours is one
  stream whose days add up to all longer periods. The peer's year is the better of its query and its
  sums.
By citizenship there are month and year: a peer runs two queries, ours a calendar of day, month
and year.

Two demands give all of rho to one table by month, point, direction and class, of which the totals
and the figures by one dimension are read first. Ours is one table with marginals of equal weight,
directions apart, whose figures add up:
- cells only: a peer measures the cells, and all else is their sums.
- cells and totals: a peer runs four queries, by direction, and with point, class or both, each with
  a quarter of rho, whose answers do not add up. A figure is the better of its query and of the sums
  of finer ones.

The last column is the uncertainty of the draw: a root mean square over n cells is known to within
about 1 / sqrt(2 n) of its value, and a ratio of two of them to within 1 / sqrt(n).

What it is not: a comparison of speed (ours ingests, logs and signs; theirs answers a query), or
of bias: nobody exceeds the bound here, so only noise is measured. Peers that cannot be run are left
out, with the reason.

Invariants:
1. The data are the same for all and depend only on --events and the seed (`generate`).
2. No library gets more than rho, and none gets less if rho can be split exactly: each peer does
   its own accounting and refuses a query beyond rho.
3. Our figures are only those that `tidegauge export` prints.

Use: peers.py [--events N] [--rho RHO] [--tidegauge PROGRAM] [--without PEER ...]
                [--only DEMAND ...]
Needs: numpy, pyarrow; `opendp[polars]`; `tmlt.analytics` with Java 17. All go into one
environment (numpy below 2). Peak memory is below 12 GiB at ten million events.
"""

import argparse
import csv
import datetime
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

ROOT = pathlib.Path(__file__).resolve().parent.parent
YEAR, DAYS, POINTS, CLASSES, CITIZENSHIPS, BOUND = 2025, 365, 16, 3, 40, 10
CELLS = POINTS * 2
FIRST = datetime.date(YEAR, 1, 1)
MONTH_OF = np.array([(FIRST + datetime.timedelta(n)).month - 1 for n in range(DAYS)])
# The number of cells of each table, by the name of the column that numbers them.
KEYS = {
    "day": DAYS * CELLS, "month": 12 * CELLS, "year": CELLS,
    "citizenship_month": 12 * CITIZENSHIPS, "citizenship_year": CITIZENSHIPS,
    "cell_month": 12 * CELLS * CLASSES, "class_month": 12 * 2 * CLASSES, "direction_month": 12 * 2,
}
# Queries of a peer: column and share of rho. Each demand is a separate session.
DEMANDS = {
    "days only": [
        ("day", "1/2"), ("citizenship_month", "1/4"), ("citizenship_year", "1/4"),
    ],
    "every grain": [("day", "1/10"), ("month", "1/10"), ("year", "1/10")],
    "cells only": [("cell_month", "1")],
    "cells and totals": [
        ("cell_month", "1/4"), ("month", "1/4"), ("class_month", "1/4"), ("direction_month", "1/4"),
    ],
}
BLOCK = 1_000_000

PLAN = """
[statement]
id = "PEERS"
agency = "TG"
title = "Crossings of invented persons"
purpose = "Comparison with other libraries"
controller = "Example Statistics Office"
legal_basis = "Example Official Statistics Act"
contact = "statistics@example.org"
reference_area = "XX"
start = "{year}-01-01"
expires = "{year}-12-31"
time_zone = "UTC"
release_delay_hours = 6

[privacy]
window = "year"
rho = "{rho}"
windows = 1

[life_cycle]
model = "border"

[[attribute]]
name = "border_point"
code_list = "CL_BORDER_POINT"

[[code_list]]
id = "CL_BORDER_POINT"
version = "1.0.0"
name = "Border point"
codes = [{points}]

[[code_list]]
id = "CL_DIRECTION"
version = "1.0.0"
name = "Direction"
codes = [{{ id = "ENTRY", name = "Arrival" }}, {{ id = "EXIT", name = "Departure" }}]
"""
# What is only for some demands.
TWO_TABLES = """
[[attribute]]
name = "citizenship"
code_list = "CL_CITIZENSHIP"

[[code_list]]
id = "CL_CITIZENSHIP"
version = "1.0.0"
name = "Citizenship"
codes = [{citizenships}]

[[dataflow]]
id = "CROSSINGS"
name = "Crossings"
description = "Persons who crossed, by point and direction."
measure = "flow"
unit = "PERSONS"
step = "day"
bound = {bound}
share = "1/2"
strategy = {strategy}
dimensions = [
    {{ id = "BORDER_POINT", from = "border_point" }},
    {{ id = "DIRECTION", from = "kind", code_list = "CL_DIRECTION" }},
]

[[dataflow]]
id = "BY_CITIZENSHIP"
name = "Crossings by citizenship"
description = "Persons who crossed, by citizenship; for months and the year."
measure = "flow"
unit = "PERSONS"
step = "day"
bound = {bound}
share = "1/2"
strategy = {{ calendar = {{ day = 1, month = 20, year = 20 }} }}
dimensions = [{{ id = "CITIZENSHIP", from = "citizenship" }}]
"""
ONE_TABLE = """
[[attribute]]
name = "traveller_class"
code_list = "CL_CLASS"

[[code_list]]
id = "CL_CLASS"
version = "1.0.0"
name = "Class"
codes = [{classes}]

[[dataflow]]
id = "TABLE"
name = "Crossings"
description = "Persons who crossed, by point, direction and class; for months and the year."
measure = "flow"
unit = "PERSONS"
step = "day"
bound = {bound}
share = "1"
strategy = {strategy}
apart = ["DIRECTION"]
marginals = [
    {{ of = ["DIRECTION"], grain = "month" }},
    {{ of = ["BORDER_POINT", "DIRECTION"], grain = "month" }},
    {{ of = ["DIRECTION", "CLASS"], grain = "month" }},
    {{ of = ["BORDER_POINT", "DIRECTION", "CLASS"], grain = "month" }},
]
dimensions = [
    {{ id = "BORDER_POINT", from = "border_point" }},
    {{ id = "DIRECTION", from = "kind", code_list = "CL_DIRECTION" }},
    {{ id = "CLASS", from = "traveller_class" }},
]
"""
# The first strategy that the program accepts is used.
STRATEGIES = {
    "days only": ['"identity"'],
    "every grain": [
        '"calendar_blt"',
        "{ calendar = { day = 6, week = 2, month = 3, quarter = 1, year = 1 } }",
    ],
    "cells only": ['"calendar_blt"'],
    "cells and totals": ['"calendar_blt"'],
}
# Dataflows and the attribute that they need beside the border point.
TABLES = {
    "days only": (TWO_TABLES, "citizenship"),
    "every grain": (TWO_TABLES, "citizenship"),
    "cells only": (ONE_TABLE, "traveller_class"),
    "cells and totals": (ONE_TABLE, "traveller_class"),
}


# The data.

def generate(events, seed=1):
    """Columns of whole numbers, with a row for each crossing, in order of time."""
    random = np.random.default_rng(seed)
    # 1 + Binomial(9, 1/3): four crossings per person on average, at most ten.
    many = 1 + random.binomial(BOUND - 1, 1 / 3, events // 2)
    persons = int(np.searchsorted(np.cumsum(many), events)) + 1
    person = np.repeat(np.arange(persons), many[:persons])[:events]
    starts = np.r_[0, np.cumsum(many[:persons])[:-1]]
    turn = np.arange(events) - starts[person]
    # Distinct days: an ordered draw of days, each moved forward by its position in the order.
    free = random.integers(0, DAYS - many[person] + 1)
    day = np.sort(person * 1024 + free) % 1024 + turn
    kind = (random.integers(0, 2, persons)[person] + turn) % 2
    point = random.choice(POINTS, events, p=falling(POINTS))
    citizenship = random.choice(CITIZENSHIPS, persons, p=falling(CITIZENSHIPS))[person]
    second = random.integers(6 * 3600, 22 * 3600, events)
    # Classes have a generator of their own, so that older columns stay as they were.
    group = np.random.default_rng([seed, 1]).choice(CLASSES, persons, p=falling(CLASSES))[person]
    order = np.argsort(day * 86400 + second, kind="stable")
    return {
        name: column[order] for name, column in (
            ("person", person), ("day", day), ("second", second), ("kind", kind),
            ("point", point), ("citizenship", citizenship), ("traveller_class", group))
    }


def falling(codes):
    weights = 1 / np.arange(1, codes + 1)
    return weights / weights.sum()


def keys_of(data):
    """The number of the cell that each crossing falls into, for each table."""
    cell = data["point"] * 2 + data["kind"]
    month = MONTH_OF[data["day"]]
    return {
        "day": data["day"] * CELLS + cell, "month": month * CELLS + cell, "year": cell,
        "citizenship_month": month * CITIZENSHIPS + data["citizenship"],
        "citizenship_year": data["citizenship"],
        "cell_month": (month * CELLS + cell) * CLASSES + data["traveller_class"],
        "class_month": (month * 2 + data["kind"]) * CLASSES + data["traveller_class"],
        "direction_month": month * 2 + data["kind"],
    }


def write_events(data, attribute, path):
    """Writes the Parquet file for `tidegauge ingest`, with one attribute of persons."""
    start = np.datetime64(FIRST, "us")
    points = pa.array([f"P{n:02}" for n in range(POINTS)])
    letters = {"citizenship": ("C", CITIZENSHIPS), "traveller_class": ("K", CLASSES)}
    letter, many = letters[attribute]
    codes_of_person = pa.array([f"{letter}{n:02}" for n in range(many)])
    kinds = pa.array(["ENTRY", "EXIT"])
    writer = None
    for first in range(0, len(data["day"]), BLOCK):
        part = {name: column[first:first + BLOCK] for name, column in data.items()}
        number = pa.array(first + np.arange(len(part["day"]))).cast(pa.string())
        person = pc.utf8_lpad(pa.array(part["person"]).cast(pa.string()), 16, "0")
        seconds = part["day"] * 86400 + part["second"]
        instants = pa.array(start + seconds.astype("timedelta64[s]"), pa.timestamp("us"))
        table = pa.table({
            "event_id": pc.binary_join_element_wise("e", number, ""),
            "pseudonym": pc.binary_join_element_wise("syn1:", person, ""),
            "occurred_at": instants.cast(pa.timestamp("us", "UTC")),
            "kind": kinds.take(pa.array(part["kind"])),
            "border_point": points.take(pa.array(part["point"])),
            attribute: codes_of_person.take(pa.array(part[attribute])),
        })
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    writer.close()


def write_keys(data, keys, path):
    """Writes the Parquet file for the peers: persons and cells, as numbers."""
    columns = {"person": data["person"].astype(np.int64)}
    columns |= {name: key.astype(np.int32) for name, key in keys.items()}
    pq.write_table(pa.table(columns), path, row_group_size=BLOCK)


# Ours.

def codes(letter, many):
    return ", ".join(f'{{ id = "{letter}{n:02}", name = "{letter} {n}" }}' for n in range(many))


def called(*arguments):
    done = subprocess.run([str(a) for a in arguments], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr.strip() or done.stdout.strip())
    return done.stdout


def released(program, place, demand, rho, events):
    """A store with every day released, under the first strategy that the program accepts."""
    for strategy in STRATEGIES[demand]:
        plan, store = place / "plan.toml", place / "store"
        shutil.rmtree(store, ignore_errors=True)
        plan.write_text((PLAN + TABLES[demand][0]).format(
            year=YEAR, rho=rho, bound=BOUND, strategy=strategy, points=codes("P", POINTS),
            citizenships=codes("C", CITIZENSHIPS), classes=codes("K", CLASSES)))
        try:
            called(program, "init", store, "--plan", plan, "--synthetic")
            called(program, "ingest", store, events)
            called(program, "release", store, "--until", f"{YEAR}-12-31")
            return store, strategy
        except RuntimeError as error:
            refused = error
            print(f"ours, {demand}: strategy {strategy} not run: {error}", flush=True)
    raise refused


def exported(program, store, dataflow, key="all"):
    """Rows of the export, by frequency; without a key those with every dimension given."""
    for row in csv.DictReader(called(program, "export", store, "--dataflow", dataflow,
                                     "--key", key, "--format", "csv").splitlines()):
        if row.get("INDICATOR", "FLOW") == "FLOW" and row["OBS_VALUE"]:
            yield row["FREQ"], row["TIME_PERIOD"], float(row["OBS_VALUE"]), row


def ours(program, place, demand, rho, events):
    """Releases every day of the year; returns figures by table."""
    store, strategy = released(program, place, demand, rho, events)
    found = {name: np.full(size, np.nan) for name, size in KEYS.items()}
    if TABLES[demand][0] == ONE_TABLE:
        for key in ("M.....", "M....._T", "M..._T..", "M..._T.._T"):
            fill_table(found, exported(program, store, "TABLE", key))
        return found, strategy
    for freq, period, value, row in exported(program, store, "CROSSINGS"):
        if "_T" in (row["BORDER_POINT"], row["DIRECTION"]):
            continue
        cell = int(row["BORDER_POINT"][1:]) * 2 + (row["DIRECTION"] == "EXIT")
        if freq == "D":
            day = (datetime.date.fromisoformat(period) - FIRST).days
            found["day"][day * CELLS + cell] = value
        elif freq == "M":
            found["month"][(int(period[-2:]) - 1) * CELLS + cell] = value
        elif freq == "A":
            found["year"][cell] = value
    for freq, period, value, row in exported(program, store, "BY_CITIZENSHIP"):
        if row["CITIZENSHIP"] == "_T":
            continue
        code = int(row["CITIZENSHIP"][1:])
        if freq == "M":
            month = int(period[-2:]) - 1
            found["citizenship_month"][month * CITIZENSHIPS + code] = value
        elif freq == "A":
            found["citizenship_year"][code] = value
    return found, strategy


def fill_table(found, rows):
    """Months of the table with marginals, in the order of the keys."""
    for _, period, value, row in rows:
        month, exits = int(period[-2:]) - 1, int(row["DIRECTION"] == "EXIT")
        point, group = row["BORDER_POINT"], row["CLASS"]
        if point == "_T" and group == "_T":
            found["direction_month"][month * 2 + exits] = value
        elif point == "_T":
            found["class_month"][(month * 2 + exits) * CLASSES + int(group[1:])] = value
        else:
            cell = month * CELLS + int(point[1:]) * 2 + exits
            if group == "_T":
                found["month"][cell] = value
            else:
                found["cell_month"][cell * CLASSES + int(group[1:])] = value


# Peers: each runs in a separate process, reads the cell numbers, and returns answers by query.

def shares(rho, queries):
    """Exact budgets of the queries."""
    return [Fraction(rho) * Fraction(share) for _, share in queries]


def opendp(path, rho, queries):
    """OpenDP, Polars context; the rows of a person beyond the bound are cut by the library."""
    import opendp.prelude as dp
    import polars as pl

    dp.enable_features("contrib")
    budgets = shares(rho, queries)
    # The last budget is for the queries that are paid for but not run.
    budgets += [Fraction(rho) - sum(budgets)] if sum(budgets) < Fraction(rho) else []
    context = dp.Context.compositor(
        data=pl.scan_parquet(path),
        privacy_unit=dp.unit_of(contributions=1, identifier=pl.col("person")),
        privacy_loss=dp.loss_of(rho=float(Fraction(rho))),
        split_by_weights=[float(budget) for budget in budgets],
        margins=[dp.polars.Margin(by=[], max_length=100_000_000)],
    )
    for name, _ in queries:
        query = context.query()
        if name == "day":
            # One row in a cell, then ten rows: ten cells. `truncate_num_groups`, which draws
            # cells at random, fails in this version: its plan names a column twice.
            query = query.truncate_per_group(1, by=[name], keep="first")
        query = query.truncate_per_group(BOUND, keep="first")
        keys = pl.LazyFrame({name: np.arange(KEYS[name], dtype=np.int32)})
        query = query.group_by([name]).agg(dp.len(signed=True).alias("count")).with_keys(keys)
        scale = query.summarize()["scale"][0]
        answer = query.release().collect()
        values = np.zeros(KEYS[name])
        values[answer[name].to_numpy()] = answer["count"].to_numpy()
        yield name, values, float(scale)


def tumult(path, rho, queries):
    """Tumult Analytics on Spark; the rows of a person beyond the bound are cut by the library."""
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    from pyspark.sql import SparkSession

    place = str(pathlib.Path(path).parent)
    spark = (
        SparkSession.builder.master("local[*]")
        .config("spark.driver.memory", "6g")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "16")
        .config("spark.sql.warehouse.dir", f"{place}/warehouse")
        .config("spark.local.dir", f"{place}/spark")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    from sympy import Rational
    from tmlt.analytics import (
        AddRowsWithID, CountMechanism, KeySet, MaxGroupsPerID, MaxRowsPerGroupPerID, MaxRowsPerID,
        QueryBuilder, RhoZCDPBudget, Session,
    )
    from tmlt.core.utils.exact_number import ExactNumber

    def budget_of(exact):
        return RhoZCDPBudget(ExactNumber(Rational(exact.numerator, exact.denominator)))

    session = (
        Session.Builder()
        .with_privacy_budget(budget_of(Fraction(rho)))
        .with_private_dataframe(
            "crossings", spark.read.parquet(str(path)), protected_change=AddRowsWithID("person"))
        .build()
    )
    for (name, _), budget in zip(queries, shares(rho, queries)):
        query = QueryBuilder("crossings")
        if name == "day":
            query = query.enforce(MaxGroupsPerID(name, BOUND))
            query = query.enforce(MaxRowsPerGroupPerID(name, 1))
        else:
            query = query.enforce(MaxRowsPerID(BOUND))
        keys = spark.range(KEYS[name]).selectExpr(f"cast(id as int) as {name}")
        counted = query.groupby(KeySet.from_dataframe(keys)).count(
            name="count", mechanism=CountMechanism.GAUSSIAN)
        answer = session.evaluate(counted, budget_of(budget)).toPandas()
        values = np.zeros(KEYS[name])
        values[answer[name].to_numpy()] = answer["count"].to_numpy()
        yield name, values, ((10 if name == "day" else 100) / (2 * budget)) ** 0.5


PEERS = {"opendp": opendp, "tumult": tumult}


def child(peer, path, rho, demand, out):
    """Runs in the process of the peer."""
    answers = {}
    for name, values, scale in PEERS[peer](path, rho, DEMANDS[demand]):
        answers[name] = values
        print(f"{peer}, {demand}, {name}: sigma {scale:.3f}", flush=True)
    np.savez(out, **answers)


def peer_answers(peer, keys_file, rho, demand):
    out = keys_file.parent / f"{peer}.npz"
    call = [sys.executable, "-W", "ignore", __file__, "--child",
            json.dumps([peer, str(keys_file), rho, demand, str(out)])]
    done = subprocess.run(call, cwd=keys_file.parent, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        print(f"{peer} not run: {lines[-1] if lines else 'no reason given'}")
        return None
    return dict(np.load(out))


# The comparison.

def rms(values, truth):
    return float(np.sqrt(np.mean((values - truth) ** 2)))


def errors(answers, truth):
    """Root mean square errors; a coarse figure also as the sum of finer ones."""
    found = {}
    for name, exact in truth.items():
        ways = []
        if name in answers:
            ways.append(rms(answers[name], exact))
        if name in ("month", "year") and "day" in answers:
            days = answers["day"].reshape(DAYS, CELLS)
            sums = [days[MONTH_OF == m].sum(0) for m in range(12)]
            whole = np.concatenate(sums) if name == "month" else days.sum(0)
            ways.append(rms(whole, exact))
        if name == "citizenship_year" and "citizenship_month" in answers:
            months = answers["citizenship_month"].reshape(12, CITIZENSHIPS)
            ways.append(rms(months.sum(0), exact))
        ways += [rms(summed, exact) for summed in sums_of_table(answers, name)]
        if ways:
            found[name] = min(ways)
    return found


def sums_of_table(answers, name):
    """A figure of the table by month as sums of its finer figures, from each query by itself."""
    axes = {"cell_month": (POINTS, 2, CLASSES), "month": (POINTS, 2, 1),
            "class_month": (1, 2, CLASSES), "direction_month": (1, 2, 1)}
    if "cell_month" not in answers or name not in axes:
        return
    for finer, shape in axes.items():
        gone = tuple(n + 1 for n, (a, b) in enumerate(zip(shape, axes[name])) if a > 1 and b == 1)
        is_finer = gone and all(a >= b for a, b in zip(shape, axes[name]))
        if is_finer and finer in answers:
            yield answers[finer].reshape(12, *shape).sum(gone).ravel()


def show(demand, strategy, own, peers):
    print(f"\n{demand}; ours: {strategy}")
    print(f"{'root mean square error per cell':<32}{'ours':>9}" + "".join(
        f"{peer:>12}{'ours/theirs':>13}" for peer in peers) + f"{'+-':>7}")
    words = {"day": "day, point, direction", "month": "month, point, direction",
             "year": "year, point, direction", "citizenship_month": "month, citizenship",
             "citizenship_year": "year, citizenship", "direction_month": "month, direction",
             "class_month": "month, class, direction",
             "cell_month": "month, point, class, direction"}
    for name, word in words.items():
        cells = "".join(
            f"{theirs[name]:>12.2f}{own[name] / theirs[name]:>13.3f}"
            if name in theirs else f"{'-':>25}" for theirs in peers.values())
        if any(name in theirs for theirs in peers.values()) or not peers:
            chance = 100 / KEYS[name] ** 0.5
            print(f"{word:<32}{own[name]:>9.2f}{cells}{chance:>5.0f} %")


def arguments():
    parser = argparse.ArgumentParser(description="Our error next to that of other libraries.")
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--rho", default="1")
    parser.add_argument("--tidegauge", default=ROOT / "target/release/tidegauge")
    parser.add_argument("--only", action="append", choices=DEMANDS, help="demands; all if none")
    parser.add_argument("--without", action="append", default=[], choices=PEERS)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    return parser.parse_args()


def main():
    given = arguments()
    if given.child:
        return child(*json.loads(given.child))
    with tempfile.TemporaryDirectory(prefix="tidegauge-peers-") as directory:
        place = pathlib.Path(directory)
        data = generate(given.events)
        keys = keys_of(data)
        truth = {name: np.bincount(key, minlength=KEYS[name]) for name, key in keys.items()}
        persons = int(data["person"].max()) + 1
        print(f"{given.events} crossings of {persons} invented persons, rho {given.rho}")
        for attribute in ("citizenship", "traveller_class"):
            write_events(data, attribute, place / f"{attribute}.parquet")
        write_keys(data, keys, place / "keys.parquet")
        del data, keys
        for demand in given.only or DEMANDS:
            begun = time.monotonic()
            figures, strategy = ours(
                given.tidegauge, place, demand, given.rho,
                place / f"{TABLES[demand][1]}.parquet")
            print(f"ours, {demand}: {time.monotonic() - begun:.0f} s", flush=True)
            own = {name: rms(figures[name], truth[name]) for name in truth}
            peers = {}
            for peer in PEERS:
                if peer in given.without:
                    continue
                begun = time.monotonic()
                answers = peer_answers(peer, place / "keys.parquet", given.rho, demand)
                if answers is not None:
                    peers[peer] = errors(answers, truth)
                    print(f"{peer}, {demand}: {time.monotonic() - begun:.0f} s", flush=True)
            show(demand, strategy, own, peers)


if __name__ == "__main__":
    main()
