// Makes stores for the tests of the pages with the program itself, and serves them.
//
// Not here: the tests. The citizenship of an event is derived from its synthetic pseudonym, so that
// each synthetic person keeps the same one.

import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch, open } from "./browser.js";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const PROGRAM = process.env.TIDEGAUGE ?? join(ROOT, "target/debug/tidegauge");
const SERVER = process.env.TIDEGAUGE_SERVE ?? join(ROOT, "target/debug/tidegauge-serve");
const PLAN = join(ROOT, "testdata/citizenship.toml");
const SEED = "17".repeat(32);
// One whose noise does not look like a break in how much is late.
const CALM_SEED = "29".repeat(32);
// The number of persons with each citizenship, of every fifty.
const CITIZENSHIPS = { CN: 22, US: 6, JP: 5, PH: 4, IN: 3, GB: 3, AU: 2, DE: 2, FR: 1, CA: 1,
  BR: 1 };
const HEADLINES = [
  'dataflow = "CROSSINGS"\nseries = { DIRECTION = "ENTRY" }\nperiod = "day"\ntitle = "Arrivals"',
  'dataflow = "CROSSINGS"\nseries = { DIRECTION = "EXIT" }\nperiod = "week"\ntitle = "Departures"',
];
const DRAWN = Object.entries(CITIZENSHIPS).flatMap(([code, n]) => Array(n).fill(code));

function withCitizenship(line, n) {
  if (n === 0) return `${line},citizenship`;
  const digest = createHash("sha256").update(line.split(",")[1]).digest();
  return `${line},${DRAWN[digest[0] % DRAWN.length]}`;
}

// A store released up to a day; `change` may edit the text of its plan.
export function makeStore(change = (plan) => plan, until = "2024-02-13") {
  const directory = mkdtempSync(join(tmpdir(), "tidegauge-browser-"));
  const run = (...parts) => execFileSync(PROGRAM, parts, { stdio: "pipe" });
  const events = join(directory, "events.csv");
  const store = join(directory, "store");
  run("simulate", "border", "--days", "45", "--scale", "1/8", "--seed", "3", "--out", events);
  const lines = readFileSync(events, "utf8").trimEnd().split("\n");
  writeFileSync(events, `${lines.map(withCitizenship).join("\n")}\n`);
  const plan = join(directory, "plan.toml");
  writeFileSync(plan, change(readFileSync(PLAN, "utf8")));
  run("init", store, "--plan", plan, "--synthetic", "--noise-seed", SEED);
  run("ingest", store, events);
  run("release", store, "--until", until);
  return { directory, store, remove: () => rmSync(directory, { recursive: true }) };
}

// A store with steps shorter than a day; `change` may edit the text of its plan.
export function makeHours(change = (plan) => plan, until = "2024-10-30") {
  const directory = mkdtempSync(join(tmpdir(), "tidegauge-hours-"));
  const run = (...parts) => execFileSync(PROGRAM, parts, { stdio: "pipe" });
  const [events, plan, store] = ["events.csv", "plan.toml", "store"]
    .map((name) => join(directory, name));
  const lines = ["event_id,pseudonym,occurred_at,kind,border_point,traveller_class"];
  for (let person = 0; person < 600; person += 1) {
    const begin = Date.UTC(2024, 9, 26, 6) + (person * 13 % 84) * 3_600_000;
    ["ENTRY", "EXIT"].forEach((kind, turn) => {
      const time = new Date(begin + turn * (1 + person % 7) * 3_600_000 + (person % 60) * 60_000);
      lines.push([`e${person}-${turn}`, `syn1:hour${person}`, time.toISOString(), kind,
        person % 3 ? "AIRPORT" : "LO_WU", person % 4 ? "VISITOR" : "RESIDENT"].join(","));
    });
  }
  writeFileSync(events, `${lines.join("\n")}\n`);
  writeFileSync(plan, change(readFileSync(join(ROOT, "testdata/hours.toml"), "utf8")));
  run("init", store, "--plan", plan, "--synthetic", "--noise-seed", SEED);
  run("ingest", store, events);
  run("release", store, "--until", until);
  return { store, remove: () => rmSync(directory, { recursive: true }) };
}

// The codes of the store of journeys: countries, with groups and special codes beside them.
const GROUPS = { EU27: "European Union", OTHER: "Other countries", NONE: "No citizenship" };
const COUNTRIES = [["EL", "Greece", "EU27"], ["MT", "Malta", "EU27"], ["DE", "Germany", "EU27"],
  ["UK", "United Kingdom", "OTHER"], ["XK", "Kosovo", "OTHER"], ["GI", "Gibraltar", "OTHER"],
  ["CN", "China", "OTHER"], ["STLS", "Stateless", "NONE"], ["UNK", "Unknown", "NONE"]];
const LISTED = ["groups = [", ...Object.entries(GROUPS).map(([id, name]) =>
  `    { id = "${id}", name = "${name}" },`), "]", "codes = [",
...COUNTRIES.map(([id, name, group]) =>
  `    { id = "${id}", name = "${name}", group = "${group}" },`), ""].join("\n");
// Codes of journeys: from where, to where; the weights make a few countries large.
const FROM = ["CN", "CN", "CN", "CN", "UK", "UK", "EL", "XK", "MT", "GI", "STLS", "UNK"];
const TO = ["DE", "DE", "DE", "EL", "UK", "MT"];

// A store of journeys between countries: two lists of countries with groups beside them.
export function makeJourneys(change = (plan) => plan) {
  const directory = mkdtempSync(join(tmpdir(), "tidegauge-journeys-"));
  const run = (...parts) => execFileSync(PROGRAM, parts, { stdio: "pipe" });
  const [events, plan, store] = ["events.csv", "plan.toml", "store"]
    .map((name) => join(directory, name));
  const lines = ["event_id,pseudonym,occurred_at,kind,border_point,traveller_class,"
    + "citizenship,destination"];
  for (let person = 0; person < 3000; person += 1) {
    const at = new Date(Date.UTC(2024, 0, 1 + person % 31, 4 + person % 9));
    lines.push([`e${person}`, `syn1:journey${person}`, at.toISOString(), "ENTRY", "AIRPORT",
      "OTHER_VISITOR", FROM[person % FROM.length], TO[person % 7 % TO.length]].join(","));
  }
  writeFileSync(events, `${lines.join("\n")}\n`);
  const text = readFileSync(PLAN, "utf8")
    .replace("[[code_list]]\n", '[[attribute]]\nname = "destination"\n'
      + 'code_list = "CL_DESTINATION"\n\n[[code_list]]\nid = "CL_DESTINATION"\n'
      + `version = "1.0.0"\nname = "Destination"\n${LISTED}]\n\n[[code_list]]\n`)
    .replace(/(name = "Citizenship"\n)codes = \[\n[^\]]*/, `$1${LISTED}`)
    .replace('    { id = "CITIZENSHIP", from = "citizenship" },\n',
      '    { id = "CITIZENSHIP", from = "citizenship" },\n'
      + '    { id = "DESTINATION", from = "destination" },\n');
  writeFileSync(plan, change(text));
  run("init", store, "--plan", plan, "--synthetic", "--noise-seed", SEED);
  run("ingest", store, events);
  run("release", store, "--until", "2024-01-31");
  return { store, remove: () => rmSync(directory, { recursive: true }) };
}

// A store without any event of the ready-made plan of asylum, of fourteen months: its figures are
// noise, and it has groups of codes, transitions of two dataflows, and a year before.
export function makeMonths() {
  const directory = mkdtempSync(join(tmpdir(), "tidegauge-months-"));
  const run = (...parts) => execFileSync(PROGRAM, parts, { stdio: "pipe" });
  const store = join(directory, "store");
  run("init", store, "--plan", join(ROOT, "plans/asylum.toml"), "--synthetic", "--noise-seed",
    SEED);
  run("release", store, "--until", "2025-02", "--empty");
  return { store, remove: () => rmSync(directory, { recursive: true }) };
}

// A store with durations and cohorts, those of applications for asylum over eight months, under an
// embargo.
export function makeTimes() {
  const directory = mkdtempSync(join(tmpdir(), "tidegauge-times-"));
  const run = (...parts) => execFileSync(PROGRAM, parts, { stdio: "pipe" });
  const [events, plan, store] = ["events.csv", "plan.toml", "store"]
    .map((name) => join(directory, name));
  const delay = "release_delay_hours = 72";
  writeFileSync(plan, readFileSync(join(ROOT, "plans/asylum.toml"), "utf8")
    .replace(delay, `${delay}\nembargo = "09:30"`));
  run("simulate", "asylum", "--days", "244", "--seed", "3", "--out", events);
  run("init", store, "--plan", plan, "--synthetic", "--noise-seed", SEED);
  run("ingest", store, events);
  run("release", store, "--until", "2024-08");
  return { store, remove: () => rmSync(directory, { recursive: true }) };
}

// A store without any event, of twelve days; `change` may edit the text of its plan, and an
// amendment comes into force before they are released.
function makeEmpty(change, amendment) {
  const directory = mkdtempSync(join(tmpdir(), "tidegauge-empty-"));
  const run = (...parts) => execFileSync(PROGRAM, parts, { stdio: "pipe" });
  const [plan, amended, store] = ["plan.toml", "amendment.toml", "store"]
    .map((name) => join(directory, name));
  writeFileSync(plan, change(readFileSync(PLAN, "utf8")));
  run("init", store, "--plan", plan, "--synthetic", "--noise-seed", SEED);
  if (amendment) {
    writeFileSync(amended, amendment);
    run("plan", "amend", store, amended);
  }
  run("release", store, "--until", "2024-01-12", "--empty");
  return { store, remove: () => rmSync(directory, { recursive: true }) };
}

// A store whose flow breaks on the eighth day.
export const makeBroken = () => makeEmpty((plan) => plan,
  'from = "2024-01-08"\nnote = "Gates count"\n'
    + '[[break]]\ndataflow = "CROSSINGS"\nnote = "Gates count every traveller"\n');

// A store with a border point that closes on the fourth day, and a break on the eighth.
export const makeClosed = () => makeEmpty((plan) => plan.replace('name = "Hung Hom" }',
  'name = "Hung Hom", valid_to = "2024-01-04" }'),
'from = "2024-01-08"\nnote = "Gates count"\n'
  + '[[break]]\ndataflow = "BORDER_FLOW"\nnote = "Gates count every traveller"\n');

// A store whose first flow opens with both directions by the week.
export const makeOpening = () => makeEmpty((plan) => plan.replace('id = "CROSSINGS"\n',
  'id = "CROSSINGS"\nview = { marginal = ["DIRECTION"], period = "week" }\n'));

// A store whose first flow is measured again and counts the persons at its bound, of a plan that
// says something of its method.
export const makeLate = () => makeStore((plan) => plan.replace(
  'strategy = { calendar = { day = 6, week = 2, month = 3, quarter = 1, year = 1 } }',
  'strategy = "identity"\nvintages = [3, 10]').replace('share = "3/5"', 'share = "1/2"').replace(
  'bound = 24\nbound_month = 4', 'bound = 2\nbound_month = 1') + `
[[dataflow]]
id = "AT_BOUND"
name = "Persons at the bound"
description = "Persons who reached a bound of CROSSINGS."
measure = "at_bound"
of = "CROSSINGS"
unit = "PERSONS"
step = "day"
share = "1/10"
strategy = "identity"
dimensions = [
    { id = "DIRECTION", from = "kind", code_list = "CL_DIRECTION" },
]

[method]
revision_policy = "Measured three times."
coverage = "All border points."
`);

// A store of the ready-made plan of the border with a second flow of the first crossings of each
// person, of a few days.
export function makeFirst() {
  const directory = mkdtempSync(join(tmpdir(), "tidegauge-first-"));
  const run = (...parts) => execFileSync(PROGRAM, parts, { stdio: "pipe" });
  const [events, plan, store] = ["events.csv", "plan.toml", "store"]
    .map((name) => join(directory, name));
  const page = readFileSync(join(ROOT, "docs/src/how-to/choose-bound.md"), "utf8");
  const [first] = /\[\[dataflow\]\]\nid = "FIRST_CROSSINGS"[^`]*/.exec(page);
  writeFileSync(plan, readFileSync(join(ROOT, "plans/border.toml"), "utf8")
    .replace('share = "41317/50000"', 'share = "3/5"') + first);
  run("simulate", "commuters", "--days", "6", "--out", events);
  run("init", store, "--plan", plan, "--synthetic", "--noise-seed", SEED);
  run("ingest", store, events);
  run("release", store, "--until", "2024-01-06");
  return { store, remove: () => rmSync(directory, { recursive: true }) };
}

// A store of daily crossings an eighth of which is reported late, delivered day by day and measured
// again after two days and after five; `change` may edit the text of its plan, and `shares` name
// others of what comes after its day.
export function makeNowcasts(change = (plan) => plan, until = "2024-02-05",
  shares = ["--late", "12"]) {
  const directory = mkdtempSync(join(tmpdir(), "tidegauge-nowcasts-"));
  const run = (...parts) => execFileSync(PROGRAM, parts, { stdio: "pipe" });
  const [plan, days, store] = ["plan.toml", "days", "store"].map((name) => join(directory, name));
  run("plan", "new", "--kind", "border", "--id", "FERRIES", "--agency", "EX", "--title", "Ferries",
    "--controller", "Office", "--legal-basis", "Act", "--contact", "s@example.org", "--area", "EE",
    "--time-zone", "Europe/Tallinn", "--start", "2024-01-01", "--dimension",
    "border_point=codes:A,B", "--rho", "1", "--out", plan);
  const text = readFileSync(plan, "utf8");
  writeFileSync(plan, change(text.replace(/(id = "EVENTS"\n)/, "$1vintages = [2, 5]\n")));
  run("simulate", "plan", plan, "--out", days, "--events-per-day", "600", "--length", "20",
    ...shares, "--to", until);
  run("init", store, "--plan", plan, "--synthetic", "--noise-seed", CALM_SEED);
  const files = readdirSync(days).sort().filter((name) => name <= `${until}.csv`);
  files.forEach((name, n) => {
    run("ingest", store, join(days, name));
    // What is delivered on a day is of the days before.
    const released = files[n - 1]?.replace(".csv", "");
    if (released >= "2024-01-01") run("release", store, "--until", released);
  });
  return { store, remove: () => rmSync(directory, { recursive: true }) };
}

// A store whose plan names two series to show first.
export const makeHeadlines = () => makeStore((plan) => HEADLINES.reduce((text, headline) =>
  `${text}\n[[headline]]\n${headline}\n`, plan));

// A store of a ready-made plan with invented events of its first months.
export function makeReady(name, months = 14) {
  const directory = mkdtempSync(join(tmpdir(), `tidegauge-${name}-`));
  const run = (...parts) => execFileSync(PROGRAM, parts, { stdio: "pipe" });
  const [events, store] = ["events.csv", "store"].map((part) => join(directory, part));
  const plan = join(ROOT, `plans/${name}.toml`);
  const [, year] = /^start = "(\d{4})-01-01"/m.exec(readFileSync(plan, "utf8"));
  const day = (month, date) => new Date(Date.UTC(Number(year), month, date)).toISOString()
    .slice(0, 10);
  run("simulate", "plan", plan, "--out", events, "--to", day(months, 0), "--events-per-day", "60",
    "--seed", "5");
  run("init", store, "--plan", plan, "--synthetic", "--noise-seed", SEED);
  run("ingest", store, events);
  run("release", store, "--until", day(months, 7));
  return { store, remove: () => rmSync(directory, { recursive: true }) };
}

// A store without any release, of a plan in a file.
export function makeNone(plan = PLAN) {
  const directory = mkdtempSync(join(tmpdir(), "tidegauge-none-"));
  const store = join(directory, "store");
  execFileSync(PROGRAM, ["init", store, "--plan", plan, "--synthetic", "--noise-seed", SEED],
    { stdio: "pipe" });
  return { store, remove: () => rmSync(directory, { recursive: true }) };
}

// Serves a store on a free port.
export const serve = (store, ...options) =>
  started(PROGRAM, "serve", store, "--public", "127.0.0.1:0", ...options);

// Serves a public directory on a free port.
export const servePublic = (directory) => started(SERVER, directory, "--public", "127.0.0.1:0");

// Runs a body on a page of a store that is served for it, and checks that nothing went wrong there.
export async function visitStore(browser, made, body, options = {}) {
  const server = await serve(made.store);
  const opened = await open(browser, server.address, options);
  try {
    await body(opened, server.address);
    assert.deepEqual(opened.faults, []);
  } finally {
    await opened.close();
    server.stop();
  }
}

// A server that says its address.
async function started(program, ...options) {
  const server = spawn(program, options, { stdio: ["ignore", "pipe", "pipe"] });
  const address = await new Promise((found, failed) => {
    const lines = [];
    for (const stream of [server.stdout, server.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        lines.push(line);
        const match = /http:\/\/[\d.]+:\d+/.exec(line);
        if (match) found(match[0]);
      });
    }
    server.on("exit", () => failed(new Error(`the server ended: ${lines.join("\n")}`)));
  });
  return { address, stop: () => server.kill() };
}

// Sets up the store, a server with these options and a browser for a file of tests, and removes
// them after the last test.
export function stage(make = makeStore, ...options) {
  const on = {};
  before(async () => {
    on.made = make();
    on.server = await serve(on.made.store, ...options);
    on.browser = await launch();
  });
  after(async () => {
    await on.browser?.close();
    on.server?.stop();
    on.made?.remove();
  });
  return on;
}

// Defines a test that runs `body` on a new page and checks that nothing went wrong on the page.
export const laws = (on) => (name, body, options) => {
  test(name, async () => {
    const opened = await open(on.browser, on.server.address, options);
    try {
      await body(opened);
      assert.deepEqual(opened.faults, []);
    } finally {
      await opened.close();
    }
  });
};
