"""Headline figures before and after: error, margin and coverage of two sets of plans, same events.

What it is: the figures that are read first (totals by direction or transition, the first groups),
measured under the earlier form of each ready-made plan (testdata/plans) and under its present form
(plans). Both get the same events, the same rho and the same released periods; noise is from the
operating system, new in each round. For each kind of figure: the root mean square error, the mean
error, the mean half width of the published 95 % interval, and how often that interval contains the
truth.

Data:
- border: Hong Kong 2023 and 2024 (Immigration Department), scaled down, nobody beyond the bounds;
- frequent: Hong Kong, January and February 2024, with commuters who exceed low bounds by far. What
  a bound cuts is a bias: it shows as mean error and as missing coverage, and grows with the scale,
  which noise does not;
- returns: United Kingdom 2019 to 2023 (Home Office);
- asylum: 2024 and 2025, invented.

Peer: DuckDB counts the truth from the simulated events, naively: every event counts, with no bound
and once for each event, whatever a plan says about persons who count once. So the rules of a plan
are part of its error here.

What it is not: a comparison with other libraries (`peers.py`), or of cells (`years.py`).

Invariants:
1. The truth never comes from the program's own counting: it is the simulation's truth file, or
   what DuckDB counts from the events.
2. Figures and margins are only those that `tidegauge export` prints.
3. A figure that a plan does not measure is left out of its column, and shown as "-".

Errors of neighbouring periods are correlated (stocks keep their base, days share draws of longer
periods), so coverage is known less well than its number of figures suggests.

Use: accuracy.py [--rounds N] [--scale X] [--only SCENARIO ...] [--before DIR] [--after DIR]
                 [--tidegauge PROGRAM]      needs ../shared/data and duckdb
"""

import argparse
import collections
import csv
import dataclasses
import math
import pathlib
import shutil
import subprocess
import tempfile
import tomllib

import duckdb

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared/data"
HONG_KONG = DATA / "hk_daily_passenger_traffic_2021_2024.csv"
RETURNS = DATA / "uk_homeoffice_returns.csv.gz"


@dataclasses.dataclass(frozen=True)
class Headline:
    """Figures of one kind. `by` gives the dimensions that are not summed over, each with CODES,
    GROUPS or a list of codes; `truth` names a view of changes; `stock` sums them up in time.
    `earlier` is the dataflow and the fixed codes of the earlier plan, where they differ."""

    words: str
    truth: str
    dataflow: str
    by: dict
    period: str = "M"
    stock: bool = False
    earlier: tuple = ()


CODES, GROUPS = "CODES", "GROUPS"
INDICATOR = {False: "FLOW", True: "STOCK"}

# Views: a row for each event, with its day, a column for each dimension, and the change it makes.
BORDER_VIEWS = """
    CREATE VIEW crossings AS SELECT date::DATE AS day, border_point AS BORDER_POINT,
        direction AS DIRECTION, traveller_class AS TRAVELLER_CLASS, count AS change
        FROM read_csv('{flows}');
    CREATE VIEW present AS SELECT date::DATE AS day, traveller_class AS TRAVELLER_CLASS,
        present - coalesce(lag(present) OVER (PARTITION BY traveller_class ORDER BY date), 0)
        AS change FROM read_csv('{stocks}');
"""
FREQUENT_VIEWS = """
    CREATE VIEW crossings AS SELECT (occurred_at + INTERVAL 8 HOUR)::DATE AS day,
        border_point AS BORDER_POINT, kind AS DIRECTION, traveller_class AS TRAVELLER_CLASS,
        1 AS change FROM (SELECT occurred_at AT TIME ZONE 'UTC' AS occurred_at,
        * EXCLUDE occurred_at FROM read_parquet('{events}'));
"""
RETURNS_VIEWS = """
    CREATE VIEW events AS SELECT occurred_at::DATE AS day, kind, citizenship AS CITIZENSHIP,
        mode AS MODE, assistance AS ASSISTANCE, destination AS DESTINATION, age_band AS AGE,
        sex AS SEX, lag(kind) OVER (PARTITION BY pseudonym ORDER BY occurred_at) AS before,
        lag(citizenship) OVER (PARTITION BY pseudonym ORDER BY occurred_at) AS citizen
        FROM read_csv('{events}', types = {{'authorised_until': 'VARCHAR'}});
    CREATE VIEW departures AS SELECT *, 1 AS change FROM events WHERE kind = 'DEPARTURE';
    CREATE VIEW orders AS SELECT *, kind AS TRANSITION, 1 AS change FROM events
        WHERE kind IN ('DECISION', 'REFUSAL');
    CREATE VIEW ordered AS SELECT day, CITIZENSHIP, 1 AS change FROM events
        WHERE kind = 'DECISION' UNION ALL
        SELECT day, citizen, -1 FROM events WHERE kind = 'DEPARTURE' AND before = 'DECISION';
"""
ASYLUM_VIEWS = """
    CREATE VIEW events AS SELECT occurred_at::DATE AS day, kind, citizenship AS CITIZENSHIP,
        age_band AS AGE, sex AS SEX, outcome AS OUTCOME,
        lag(kind) OVER (PARTITION BY pseudonym ORDER BY occurred_at) AS before,
        lag(citizenship) OVER (PARTITION BY pseudonym ORDER BY occurred_at) AS citizen
        FROM read_csv('{events}');
    CREATE VIEW applications AS SELECT *, 1 AS change, CASE
        WHEN kind = 'APPLICATION' AND before IS NULL THEN 'FIRST_APPLICATION'
        WHEN kind = 'APPLICATION' THEN 'SUBSEQUENT_APPLICATION'
        WHEN kind = 'WITHDRAWAL' AND before = 'APPEAL' THEN 'APPEAL_WITHDRAWN'
        ELSE kind END AS TRANSITION
        FROM events WHERE kind IN ('APPLICATION', 'WITHDRAWAL', 'APPEAL');
    CREATE VIEW decisions AS SELECT *, kind AS INSTANCE, 1 AS change FROM events
        WHERE kind IN ('DECISION', 'FINAL_DECISION');
    CREATE VIEW waited AS SELECT * FROM decisions
        WHERE kind = 'DECISION' AND before = 'APPLICATION';
    CREATE VIEW pending AS SELECT day, CITIZENSHIP, 1 AS change FROM events
        WHERE kind = 'APPLICATION' UNION ALL
        SELECT day, citizen, -1 FROM events
        WHERE kind IN ('DECISION', 'WITHDRAWAL') AND before = 'APPLICATION';
"""

MADE = ["FIRST_APPLICATION", "SUBSEQUENT_APPLICATION", "WITHDRAWAL", "APPEAL"]
CROSSINGS = [
    Headline(f"crossings by {words}, {name}", "crossings", "BORDER_FLOW", by, period)
    for words, by in (
        ("direction", {"DIRECTION": CODES}),
        ("class and direction", {"TRAVELLER_CLASS": CODES, "DIRECTION": CODES}),
        ("point and direction", {"BORDER_POINT": CODES, "DIRECTION": CODES}),
    ) for period, name in (("D", "day"), ("M", "month"))
]


@dataclasses.dataclass(frozen=True)
class Scenario:
    plan: str
    simulate: tuple
    events: str
    until: str
    views: str
    headlines: list
    start: tuple = ()


SCENARIOS = {
    "border": Scenario(
        "border", ("border", "--counts", str(HONG_KONG), "--from", "2023-01-01", "--days", "731",
                   "--scale", "{scale}", "--truth", "{flows}", "--stock-truth", "{stocks}"),
        "events.parquet", "2024-12-31", BORDER_VIEWS, CROSSINGS + [
            Headline(f"visitors present, {words}", "present", "VISITORS_PRESENT", by, "D", True)
            for words, by in (("total, day", {}), ("by class, day", {"TRAVELLER_CLASS": CODES}))
        ], ('start = "2024-01-01"', 'start = "2023-01-01"')),
    "frequent": Scenario(
        "border", ("commuters", "--counts", str(HONG_KONG), "--from", "2024-01-01", "--days", "60",
                   "--scale", "{scale}"),
        "events.parquet", "2024-02-29", FREQUENT_VIEWS, CROSSINGS),
    "returns": Scenario(
        "returns", ("returns", "--counts", str(RETURNS)), "events.csv", "2023-12", RETURNS_VIEWS, [
            Headline("returns, total, month", "departures", "RETURNS", {}),
            Headline("returns by mode, month", "departures", "RETURNS", {"MODE": CODES}),
            Headline("returns by group and mode, month", "departures", "RETURNS",
                     {"CITIZENSHIP": GROUPS, "MODE": CODES}),
            Headline("returns by mode and assistance, month", "departures", "RETURNS",
                     {"MODE": CODES, "ASSISTANCE": CODES}, earlier=("RETURNS_BY_AGE", {})),
            Headline("returns by mode, age and sex, month", "departures", "RETURNS",
                     {"MODE": CODES, "AGE": CODES, "SEX": CODES}, earlier=("RETURNS_BY_AGE", {})),
            Headline("orders by transition, month", "orders", "ORDERS",
                     {"TRANSITION": ["DECISION", "REFUSAL"]}),
            Headline("orders by group and transition, month", "orders", "ORDERS",
                     {"CITIZENSHIP": GROUPS, "TRANSITION": ["DECISION", "REFUSAL"]}),
            Headline("persons with an order, total", "ordered", "ORDERED", {}, stock=True),
            Headline("persons with an order, by group", "ordered", "ORDERED",
                     {"CITIZENSHIP": GROUPS}, stock=True),
        ]),
    "asylum": Scenario(
        "asylum", ("asylum", "--from", "2024-01-01", "--days", "731"), "events.csv", "2025-12",
        ASYLUM_VIEWS, [
            Headline("applications by transition, month", "applications", "APPLICATIONS",
                     {"TRANSITION": MADE}),
            Headline("applications by group and transition, month", "applications",
                     "APPLICATIONS", {"CITIZENSHIP": GROUPS, "TRANSITION": MADE}),
            Headline("first applications by age and sex, month", "applications", "APPLICATIONS",
                     {"TRANSITION": MADE[:1], "AGE": CODES, "SEX": CODES},
                     earlier=("APPLICANTS", {})),
            Headline("decisions by instance, month", "decisions", "DECISIONS",
                     {"INSTANCE": CODES}),
            Headline("decisions by instance and outcome, month", "decisions", "DECISIONS",
                     {"INSTANCE": CODES, "OUTCOME": CODES}),
            Headline("decisions by group, instance and outcome, month", "decisions", "DECISIONS",
                     {"CITIZENSHIP": GROUPS, "INSTANCE": CODES, "OUTCOME": CODES}),
            Headline("decided, by outcome (with waiting time), month", "waited", "WAITING",
                     {"OUTCOME": CODES}),
            Headline("pending, total", "pending", "PENDING", {}, stock=True),
            Headline("pending, by group", "pending", "PENDING", {"CITIZENSHIP": GROUPS},
                     stock=True),
        ]),
}


class Unmeasured(Exception):
    """The plan has no such figures."""


class Plan:
    """The dimensions and codes of a plan's dataflows."""

    def __init__(self, text):
        tree = tomllib.loads(text)
        self.lists = {found["id"]: found for found in tree["code_list"]}
        self.of_attribute = {found["name"]: found["code_list"] for found in tree["attribute"]}
        self.dataflows = {found["id"]: found for found in tree["dataflow"]}

    def dimensions(self, dataflow):
        if dataflow not in self.dataflows:
            raise Unmeasured
        for dimension in self.dataflows[dataflow]["dimensions"]:
            name = dimension.get("code_list") or self.of_attribute.get(dimension["from"])
            yield dimension["id"], self.lists[name]

    def groups(self):
        """The group of each citizenship."""
        codes = self.lists.get("CL_CITIZENSHIP", {}).get("codes", [])
        return {code["id"]: code["group"] for code in codes if "group" in code}

    def key(self, headline, dataflow):
        """The SDMX key of a headline: frequency, area, indicator, then every dimension."""
        dimensions = dict(self.dimensions(dataflow))
        if missing := set(headline.by) - set(dimensions):
            raise Unmeasured(missing)
        parts = [headline.period, "", INDICATOR[headline.stock]]
        for name, code_list in dimensions.items():
            wanted = headline.by.get(name)
            codes = [code["id"] for code in code_list["codes"]]
            if wanted == GROUPS:
                codes = [group["id"] for group in code_list["groups"]]
            elif wanted is None:
                codes = ["_T"] if len(codes) > 1 else codes
            elif wanted != CODES:
                codes = wanted
            parts.append("+".join(codes))
        return ".".join(parts)


class Error:
    """Errors of the figures of one kind, over all rounds."""

    def __init__(self):
        self.figures = self.inside = 0
        self.errors = self.squares = self.margins = 0.0

    def add(self, value, margin, truth):
        error = value - truth
        self.figures += 1
        self.inside += abs(error) <= margin
        self.errors += error
        self.squares += error * error
        self.margins += margin

    def shown(self):
        """Root mean square error, half width, coverage in %, mean error."""
        if not self.figures:
            return ["-"] * 4
        count = self.figures
        return [f"{math.sqrt(self.squares / count):,.1f}", f"{self.margins / count:,.1f}",
                f"{100 * self.inside / count:.1f}", f"{self.errors / count:+,.1f}"]


def called(program, *words):
    done = subprocess.run([program, *map(str, words)], capture_output=True, text=True)
    if "error[unmeasured]" in done.stderr:
        raise Unmeasured
    if done.returncode:
        raise RuntimeError(f"{words[0]}: {done.stderr.strip()}")
    return done.stdout


def truth_of(database, headline, groups):
    """Changes or sums by codes and period; codes in order of the headline's dimensions."""
    names = list(headline.by)
    period = {"D": "strftime(day, '%Y-%m-%d')", "M": "strftime(day, '%Y-%m')"}[headline.period]
    columns = "".join(f"{name}, " for name in names)
    rows = database.execute(f"SELECT {columns}{period} AS period, sum(change)::BIGINT "
                            f"FROM {headline.truth} GROUP BY ALL ORDER BY period").fetchall()
    found = collections.defaultdict(dict)
    for *codes, period, change in rows:
        key = tuple(groups[code] if headline.by[name] == GROUPS else code
                    for name, code in zip(names, codes))
        found[key][period] = found[key].get(period, 0) + change
    return found


def value_at(changes, period, stock):
    if not stock:
        return changes.get(period, 0)
    return sum(change for when, change in changes.items() if when <= period)


def measured(program, store, plan, headline, is_earlier):
    """Codes, period, figure and margin of each figure of a headline that a store publishes."""
    dataflow = headline.dataflow
    if is_earlier and headline.earlier:
        dataflow = headline.earlier[0]
    key = plan.key(headline, dataflow)
    text = called(program, "export", store, "--dataflow", dataflow, "--key", key)
    for row in csv.DictReader(text.splitlines()):
        if row["OBS_VALUE"]:
            codes = tuple(row[name] for name in headline.by)
            yield codes, row["TIME_PERIOD"], float(row["OBS_VALUE"]), float(row["MARGIN"])


def released(program, place, text, scenario, events):
    """A store under this plan with everything released."""
    plan, store = place / "plan.toml", place / "store"
    plan.write_text(text, encoding="utf-8")
    shutil.rmtree(store, ignore_errors=True)
    called(program, "init", store, "--plan", plan, "--synthetic")
    called(program, "ingest", store, events)
    called(program, "release", store, "--until", scenario.until)
    return store


def compare(given, name, place):
    """Runs one scenario; returns the errors by headline, for the earlier and the present plan."""
    scenario = SCENARIOS[name]
    scale = given.frequent_scale if name == "frequent" else given.scale
    names = {"scale": scale, "flows": place / "flows.csv", "stocks": place / "stocks.csv",
             "events": place / scenario.events}
    called(given.tidegauge, "simulate", *(word.format(**names) for word in scenario.simulate),
           "--out", names["events"])
    database = duckdb.connect()
    database.execute(scenario.views.format(**names))
    errors, truths = {}, {}
    for is_earlier, directory in ((True, given.before), (False, given.after)):
        text = (directory / f"{scenario.plan}.toml").read_text(encoding="utf-8")
        if scenario.start:
            assert scenario.start[0] in text
            text = text.replace(*scenario.start)
        plan = Plan(text)
        for headline in scenario.headlines:
            if headline.words not in truths:
                truths[headline.words] = truth_of(database, headline, plan.groups())
        for _ in range(given.rounds):
            store = released(given.tidegauge, place, text, scenario, names["events"])
            for headline in scenario.headlines:
                error = errors.setdefault((headline.words, is_earlier), Error())
                truth = truths[headline.words]
                try:
                    found = list(measured(given.tidegauge, store, plan, headline, is_earlier))
                except Unmeasured:
                    continue
                for codes, period, value, margin in found:
                    true = value_at(truth.get(codes, {}), period, headline.stock)
                    error.add(value, margin, true)
    return errors


def show(name, errors):
    for headline in SCENARIOS[name].headlines:
        before, after = errors[headline.words, True], errors[headline.words, False]
        ratio = "-"
        if before.squares and after.squares:
            ratio = math.sqrt(before.squares / before.figures / (after.squares / after.figures))
            ratio = f"{ratio:.2f}"
        pairs = zip(before.shown(), after.shown())
        (rms, half, covered, mean) = (" | ".join(pair) for pair in pairs)
        figures = f"{before.figures} / {after.figures}"
        print(f"| {name} | {headline.words} | {figures} | {rms} | {ratio} | {half} | {covered} "
              f"| {mean} |", flush=True)


def arguments():
    parser = argparse.ArgumentParser(description="Headline figures before and after.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", default="1/100")
    parser.add_argument("--frequent-scale", default="1/10")
    parser.add_argument("--only", action="append", choices=SCENARIOS)
    parser.add_argument("--before", type=pathlib.Path, default=ROOT / "testdata/plans")
    parser.add_argument("--after", type=pathlib.Path, default=ROOT / "plans")
    parser.add_argument("--tidegauge", default=str(ROOT / "target/release/tidegauge"))
    return parser.parse_args()


def main():
    given = arguments()
    if not HONG_KONG.exists():
        print(f"not run: {HONG_KONG} does not exist")
        return
    print(f"before: {given.before}, after: {given.after}; {given.rounds} rounds; Hong Kong at scale "
          f"{given.scale}, frequent crossers at {given.frequent_scale}; all errors in persons\n")
    print("| events | figure | figures | rms error, before | after | ratio | half width, before "
          "| after | covered %, before | after | mean error, before | after |")
    print("|---|---|---" + "|---:" * 9 + "|")
    for name in given.only or SCENARIOS:
        with tempfile.TemporaryDirectory(prefix="tidegauge-accuracy-") as directory:
            try:
                errors = compare(given, name, pathlib.Path(directory))
            except RuntimeError as error:
                print(f"| {name} | not run: {error} |" + " |" * 10, flush=True)
                continue
            show(name, errors)


if __name__ == "__main__":
    main()
