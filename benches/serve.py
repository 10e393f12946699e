"""Speed of reading 1,000 observations by SDMX while releases come in.

    serve.py [SECONDS] [CONNECTIONS]

Makes a synthetic store of the border plan, serves it, and reads `/sdmx/2.1/data/BORDER_FLOW/...`
(1,000 observations) with wrk as fast as it answers, in SDMX-CSV and in structure-specific SDMX-ML,
while a step is released every second. Prints answers per second, p50 and p99. Not a test: times
vary between runs, and a slow machine is no failure.

Not here: readers on other hosts; wrk runs on the same cores as the server.
"""

import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

TIDEGAUGE = "target/release/tidegauge"
DAYS = 120


def run(*command):
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)


def day(n):
    return time.strftime("%Y-%m-%d", time.gmtime(1704067200 + 86400 * n))


def release(store, steps, stop):
    for n in steps:
        if stop.is_set():
            return
        run(TIDEGAUGE, "release", store, "--until", day(n))
        stop.wait(1)


def measure(base, key, media, seconds, connections):
    address = f"{base}/sdmx/2.1/data/BORDER_FLOW/{key}"
    request = urllib.request.Request(address, headers={"Accept": media})
    with urllib.request.urlopen(request) as answer:
        body = answer.read().decode()
    observations = body.count("<Obs ") if body.startswith("<") else body.count("\n") - 1
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    command += ["-H", f"Accept: {media}", address]
    report = subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def value(pattern):
        found = re.search(pattern, report)
        return found.group(1) if found else "none"

    print(
        f"{media.split(';')[0]}: {observations} observations, {len(body)} bytes, {connections} "
        f"connections: {value(r'Requests/sec: *([0-9.]+)')} answers per second, "
        f"p50 {value(r'50% *(.+)')}, p99 {value(r'99% *(.+)')}, "
        f"refused {value(r'Non-2xx or 3xx responses: *([0-9]+)')}"
    )


def main():
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    connections = int(sys.argv[2]) if len(sys.argv) > 2 else 16
    with tempfile.TemporaryDirectory() as place:
        place = pathlib.Path(place)
        store = place / "store"
        run(TIDEGAUGE, "simulate", "border", "--days", DAYS + 5, "--out", place / "e.parquet")
        run(TIDEGAUGE, "init", store, "--plan", "plans/border.toml", "--synthetic")
        run(TIDEGAUGE, "ingest", store, place / "e.parquet")
        run(TIDEGAUGE, "release", store, "--until", day(24))
        command = [TIDEGAUGE, "serve", str(store), "--public", "127.0.0.1:0"]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        stop = threading.Event()
        releasing = threading.Thread(target=release, args=(store, range(25, DAYS), stop))
        try:
            line = next(line for line in server.stdout if line.startswith("serving "))
            base = line.split()[-1].rstrip("/")
            # Five points, two directions, three classes with their total, 25 days.
            points = "AIRPORT+LO_WU+SHENZHEN_BAY+HUNG_HOM+MAN_KAM_TO"
            key = f"D...{points}.ENTRY+EXIT.?startPeriod=2024-01-01&endPeriod=2024-01-25"
            releasing.start()
            for media in [
                "application/vnd.sdmx.data+csv;version=1.0.0",
                "application/vnd.sdmx.structurespecificdata+xml;version=2.1",
            ]:
                measure(base, key, media, seconds, connections)
        finally:
            stop.set()
            if releasing.is_alive():
                releasing.join()
            server.terminate()
            server.wait()


main()
