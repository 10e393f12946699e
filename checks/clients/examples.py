"""Checks that the scripts of `examples/` draw the figures of every example.

    examples.py --tidegauge PROGRAM --agent PROGRAM

Runs each example's `run.sh` in a directory of its own, serves what it made on a free port, and runs
`read.py` and `read.R` against it as the example's README does. Each must write a picture, and must
print the last figure of each series with its margin, as `tidegauge export` has it.

Not here: whether an example counts its rows (`crates/tidegauge/tests/examples.rs`).
"""

import argparse
import csv
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.request

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"
PNG = b"\x89PNG\r\n\x1a\n"
# An empty picture is smaller.
PICTURE_BYTES_MIN = 10_000

checked = 0


def check(holds, description):
    """Ends the run at the first check that fails."""
    global checked
    if not holds:
        sys.exit(f"error[example]: {description}")
    checked += 1


def output_of(command, **given):
    done = subprocess.run(command, capture_output=True, text=True, **given)
    check(done.returncode == 0, f"{command[0]} {command[1]}: {done.stdout}{done.stderr}")
    return done.stdout


def last_figures(tidegauge, store, dataflow, key):
    """The newest figure of each series with its margin, as text."""
    command = [tidegauge, "export", store, "--dataflow", dataflow, "--key", key]
    rows = list(csv.DictReader(io.StringIO(output_of(command))))
    newest = max(row["TIME_PERIOD"] for row in rows)
    return [(row["OBS_VALUE"], row["MARGIN"]) for row in rows if row["TIME_PERIOD"] == newest]


def draw(command, picture, figures, between):
    """Runs a script; it must write the picture and print these figures."""
    printed = output_of([*command, str(picture)])
    check(picture.is_file(), f"{command}: no picture")
    data = picture.read_bytes()
    check(data.startswith(PNG) and len(data) > PICTURE_BYTES_MIN, f"{command}: an empty picture")
    for value, margin in figures:
        check(f": {value}{between}{margin}" in printed, f"{command}: {value}, {margin}: {printed}")


def read(example, address, store, tidegauge):
    """Runs both scripts against a served example, as its README names them."""
    with urllib.request.urlopen(f"{address}/v1/dataflows") as answer:
        headlines = json.load(answer)["headlines"]
    figures = []
    for headline in headlines:
        figures += last_figures(tidegauge, store, headline["dataflow"], headline["key"])
    check(figures, f"{example}: headlines")
    picture = store.parent / "python.png"
    draw([sys.executable, str(EXAMPLES / "read.py"), address], picture, figures, " ± ")

    readme = (EXAMPLES / example / "README.md").read_text()
    lines = [line.split() for line in readme.splitlines() if "Rscript ../read.R" in line]
    check(len(lines) == 1 and len(lines[0]) == 6, f"{example}: README: the command of R")
    dataflow, key = lines[0][3:5]
    figures = last_figures(tidegauge, store, dataflow, key)
    picture = store.parent / "r.png"
    command = ["Rscript", str(EXAMPLES / "read.R"), address, dataflow, key]
    draw(command, picture, figures, " +/- ")


def run(example, place, arguments):
    made = place / example
    programs = {"TIDEGAUGE": arguments.tidegauge, "TIDEGAUGE_AGENT": arguments.agent}
    output_of([str(EXAMPLES / example / "run.sh"), str(made)], env={**os.environ, **programs})
    store = made / "office" / "store"
    command = [arguments.tidegauge, "serve", store, "--public", "127.0.0.1:0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        line = next(line for line in server.stdout if line.startswith("serving "))
        read(example, line.split()[-1].rstrip("/"), store, arguments.tidegauge)
    finally:
        server.terminate()
        server.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tidegauge", required=True)
    parser.add_argument("--agent", required=True)
    arguments = parser.parse_args()
    examples = sorted(path.parent.name for path in EXAMPLES.glob("*/run.sh"))
    check(len(examples) == 5, f"examples: {examples}")
    with tempfile.TemporaryDirectory() as place:
        for example in examples:
            run(example, pathlib.Path(place), arguments)
    print(f"{checked} checks hold: pictures of {', '.join(examples)} in Python and R")


main()
