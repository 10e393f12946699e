"""Reads what a plan shows first from a server, and draws it with its margins.

    read.py ADDRESS PICTURE

ADDRESS is where `tidegauge serve` serves a store, such as http://127.0.0.1:8080; PICTURE is a file
that ends in .png, .svg or .pdf. Needs pandas and matplotlib.

Not here: other statistics than the headlines of the plan; change `key` to read those, or see
docs/src/how-to/tools.md.
"""

import json
import pathlib
import sys
from urllib.error import URLError
from urllib.request import urlopen

import matplotlib

matplotlib.use("Agg")  # draws into files, and needs no screen

import matplotlib.pyplot as plt
import pandas as pd

if len(sys.argv) != 3:
    sys.exit("usage: read.py ADDRESS PICTURE")
address, picture = sys.argv[1].rstrip("/"), sys.argv[2]

# 1. What is there? The list of dataflows has the headlines of the plan: the series that the office
#    wants to be seen first, each with its key, such as D.AT.FLOW._T.ENTRY.
try:
    with urlopen(f"{address}/v1/dataflows") as answer:
        listed = json.load(answer)
except (URLError, ValueError) as error:
    sys.exit(f"error[address]: {address}: {error}; is `tidegauge serve` running there?")

headlines = listed["headlines"]
if not headlines:
    sys.exit(f"error[headlines]: {address}: the plan has no [[headline]]")


# 2. The figures of a series are one request for CSV: a row for each period, with the figure
#    (OBS_VALUE), its margin of error (MARGIN), and the interval that holds the truth 95 times in
#    100 (CI_LOW to CI_HIGH).
def read(headline):
    series = f"{headline['dataflow']}/{headline['key']}"
    return pd.read_csv(f"{address}/v1/data/{series}?format=csv")


# 3. One panel for each headline. The band is as important as the line: a change within the band may
#    be noise. Where a small count is negative, nothing is wrong; so the axis may begin below zero.
figure, panels = plt.subplots(
    len(headlines), 1, figsize=(8, 2.4 * len(headlines)), squeeze=False, layout="constrained"
)
for panel, headline in zip(panels[:, 0], headlines, strict=True):
    table = read(headline)
    places = range(len(table))
    panel.fill_between(places, table["CI_LOW"], table["CI_HIGH"], color="#9ecae1")
    panel.plot(places, table["OBS_VALUE"], color="#08519c", marker=".")
    panel.axhline(0, color="grey", linewidth=0.6)
    title = headline.get("title") or headline["key"]
    panel.set_title(f"{title}, with 95 % interval", loc="left", fontsize=10)
    every = -(-len(table) // 7)  # about seven labels
    panel.set_xticks(places[::every], table["TIME_PERIOD"].astype(str)[::every], fontsize=8)
    last = table.iloc[-1]
    print(f"{title}, {last['TIME_PERIOD']}: {last['OBS_VALUE']} ± {last['MARGIN']}")

# 4. Whoever cites the figures names the state of the ledger, so that they can be found again.
size = table["LEDGER_SIZE"].iloc[-1]
figure.supxlabel(f"{address}, ledger of {size} entries", fontsize=8, color="grey")
figure.savefig(picture, dpi=120)
print(f"wrote {pathlib.Path(picture)}")
