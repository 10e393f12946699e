"""Two years of Hong Kong's crossings as one continuing release: error and coverage by grain.

What it is: the published daily counts of 2023 and 2024 (Immigration Department), at a scale that
a small machine processes in a few minutes, are turned into events of synthetic persons; the program
ingests them and releases every day under the ready-made plan with rho 1/2 per year. The output of
`tidegauge export` is compared with the truth that the simulation writes: root mean square error in
persons, and how often the 95 % interval contains the truth, by dataflow, indicator and grain, over
all cells.

What it is not: a comparison with other libraries (`peers.py`) or of speed (`border.py`). Nobody
exceeds the bound here, so only noise is measured, which does not depend on the scale.

Invariants:
1. The truth comes from the simulation and is summed over periods here; the figures are those that
   anyone can export.
2. A stock is compared at the end of each period, a flow over the period.

Use: years.py [--counts CSV] [--scale X] [--tidegauge PROGRAM]
"""

import argparse
import collections
import csv
import datetime
import math
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
COUNTS = ROOT.parent / "shared/data/hk_daily_passenger_traffic_2021_2024.csv"


def period(day, frequency):
    """The SDMX period of a frequency that contains a day."""
    if frequency == "D":
        return day.isoformat()
    if frequency == "W":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"
    if frequency == "M":
        return f"{day.year}-{day.month:02}"
    if frequency == "Q":
        return f"{day.year}-Q{(day.month + 2) // 3}"
    return str(day.year)


def rows(path):
    with open(path, newline="", encoding="utf-8") as text:
        yield from csv.DictReader(text)


def truth_of(flows, stocks):
    """Truth by (dataflow, indicator, frequency, codes, period)."""
    truth = collections.Counter()
    for row in rows(flows):
        day = datetime.date.fromisoformat(row["date"])
        codes = (row["border_point"], row["direction"], row["traveller_class"])
        for frequency in "DWMQA":
            key = ("BORDER_FLOW", "FLOW", frequency, codes, period(day, frequency))
            truth[key] += int(row["count"])
    for row in rows(stocks):
        day = datetime.date.fromisoformat(row["date"])
        for frequency in "DWMQA":
            # Rows are in order of time, so the last day of a period remains.
            codes = (row["traveller_class"],)
            key = ("VISITORS_PRESENT", "STOCK", frequency, codes, period(day, frequency))
            truth[key] = int(row["present"])
    return truth


def exported(program, store, dataflow):
    command = [program, "export", store, "--dataflow", dataflow, "--format", "csv"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    table = csv.DictReader(text.splitlines())
    names = table.fieldnames
    dimensions = names[names.index("INDICATOR") + 1 : names.index("TIME_PERIOD")]
    for row in table:
        codes = tuple(row[name] for name in dimensions)
        key = (dataflow, row["INDICATOR"], row["FREQ"], codes, row["TIME_PERIOD"])
        yield key, float(row["OBS_VALUE"]), float(row["MARGIN"])


def main():
    parser = argparse.ArgumentParser(description="Two years as one continuing release.")
    parser.add_argument("--counts", default=COUNTS)
    parser.add_argument("--scale", default="0.02")
    parser.add_argument("--tidegauge", default=str(ROOT / "target/release/tidegauge"))
    options = parser.parse_args()

    def run(*words):
        subprocess.run([options.tidegauge, *words], check=True, stdout=subprocess.DEVNULL)

    with tempfile.TemporaryDirectory() as place:
        plan = (ROOT / "plans/border.toml").read_text(encoding="utf-8")
        plan = plan.replace('start = "2024-01-01"', 'start = "2023-01-01"')
        plan = plan.replace('rho = "1"  ', 'rho = "1/2"')
        # Wishes are for the whole budget; a plan whose wishes are missed only warns.
        assert 'rho = "1/2"' in plan and "2023-01-01" in plan
        pathlib.Path(place, "plan.toml").write_text(plan, encoding="utf-8")
        path = lambda name: f"{place}/{name}"
        run("simulate", "border", "--counts", str(options.counts), "--from", "2023-01-01", "--days",
            "731", "--scale", options.scale, "--out", path("events.parquet"),
            "--truth", path("flows.csv"), "--stock-truth", path("stocks.csv"))
        run("init", path("store"), "--plan", path("plan.toml"), "--synthetic")
        run("ingest", path("store"), path("events.parquet"))
        run("release", path("store"), "--until", "2024-12-31")
        run("ledger", "verify", path("store"))
        truth = truth_of(path("flows.csv"), path("stocks.csv"))
        found = collections.defaultdict(lambda: [0, 0, 0.0])
        for dataflow in ("BORDER_FLOW", "VISITORS_PRESENT"):
            for key, value, margin in exported(options.tidegauge, path("store"), dataflow):
                if dataflow == "VISITORS_PRESENT" and key[1] != "STOCK":
                    continue
                error = value - truth[key]
                group = found[key[:3]]
                group[0] += 1
                group[1] += abs(error) <= margin
                group[2] += error * error
    print(f"{'dataflow':<18} {'indicator':<10} {'grain':<6} {'figures':>8} {'covered %':>10} "
          f"{'rms error':>10}")
    for (dataflow, indicator, frequency), (count, inside, squares) in found.items():
        rms = math.sqrt(squares / count)
        covered = 100 * inside / count
        print(f"{dataflow:<18} {indicator:<10} {frequency:<6} {count:>8} {covered:>10.2f} "
              f"{rms:>10.2f}")


if __name__ == "__main__":
    main()
