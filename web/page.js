// The page: picks a series, draws it with its band, and says it in words.
//
// Not here: any figure of its own. Values, margins and intervals come from the server; the page
// only rounds them for the eye (values to the nearest whole, intervals outwards).
//
// The whole view is in the address: ?flow=BORDER_FLOW&key=D.HK.FLOW.AIRPORT.ENTRY._T&span=all
"use strict";

const RECENT = { D: 60, W: 52, M: 24, Q: 16, A: 10 };
const REFRESH_SECONDS = 30;
const RELIABLE_MARGIN = 0.3;
const TOTAL = "_T";
const GRAIN_WORD = { D: "Day", W: "Week", M: "Month", Q: "Quarter", A: "Year" };
const $ = (id) => document.getElementById(id);
const view = { flows: null, structure: null, answer: null, size: null, asked: 0, shown: null };

// ---------------------------------------------------------------- numbers and periods in words

const whole = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
const minus = (text) => text.replace("-", "\u2212");
const nearest = (x) => minus(whole.format(Math.sign(x) * Math.round(Math.abs(x)) + 0));
const below = (x) => minus(whole.format(Math.floor(x) + 0));
const above = (x) => minus(whole.format(Math.ceil(x) + 0));
const percent = (share) => `${(share * 100).toFixed(share > 0.9995 || share === 0 ? 0 : 1)}\u202f%`;

const date = (text) => new Date(`${text}T00:00:00Z`);
const inWords = (form) => new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...form });
const dayWords = inWords({ day: "numeric", month: "long", year: "numeric" });
const shortDay = inWords({ day: "numeric", month: "short", year: "numeric" });
const monthWords = inWords({ month: "long", year: "numeric" });

function weekStart(year, week) {
  const fourth = new Date(Date.UTC(year, 0, 4));
  const monday = fourth.getUTCDate() - ((fourth.getUTCDay() + 6) % 7);
  return new Date(Date.UTC(year, 0, monday + 7 * (week - 1)));
}

// The first day of a period in SDMX notation.
function begins(period) {
  const week = /^(\d{4})-W(\d\d)$/.exec(period);
  if (week) return weekStart(+week[1], +week[2]);
  const quarter = /^(\d{4})-Q(\d)$/.exec(period);
  if (quarter) return new Date(Date.UTC(+quarter[1], 3 * quarter[2] - 3, 1));
  return date([period, `${period}-01`, `${period}-01-01`].find((text) => text.length === 10));
}

function periodWords(period, long) {
  if (/-W/.test(period)) return long ? `week ${period.slice(6)} of ${period.slice(0, 4)}` : period;
  if (/-Q/.test(period)) return `${period.slice(5)} ${period.slice(0, 4)}`;
  if (period.length === 10) return (long ? dayWords : shortDay).format(begins(period));
  return period.length === 7 ? monthWords.format(begins(period)) : period;
}

// ---------------------------------------------------------------- the address

function read() {
  const query = new URLSearchParams(location.search);
  return { flow: query.get("flow"), key: query.get("key"), span: query.get("span") };
}

function key() {
  return view.structure.dimensions.map((dimension) => {
    if (dimension.id === "FREQ") return document.querySelector("[name=grain]:checked").value;
    const picker = $(`pick-${dimension.id}`);
    return picker ? picker.value : dimension.codes[0].id;
  });
}

function address(flow, parts, span) {
  const query = `flow=${encodeURIComponent(flow)}&key=${parts.map(encodeURIComponent).join(".")}`;
  return `?${query}${span === "all" ? "&span=all" : ""}`;
}

// ---------------------------------------------------------------- asking the server

async function ask(path) {
  const response = await fetch(path, { headers: { accept: "application/json" } });
  const body = await response.json().catch(() => null);
  if (!response.ok || !body) {
    const error = new Error(body?.rule ?? `the server answered ${response.status}`);
    error.code = body?.code;
    throw error;
  }
  return body;
}

function dataPath(format) {
  const span = document.querySelector("[name=span]:checked").value;
  const last = RECENT[key()[0]];
  const query = new URLSearchParams();
  if (span === "recent") query.set("lastNObservations", last);
  if (format) query.set("format", format);
  const text = query.toString();
  const parts = key().map(encodeURIComponent).join(".");
  return `v1/data/${encodeURIComponent(view.structure.id)}/${parts}${text ? `?${text}` : ""}`;
}

// ---------------------------------------------------------------- building the pickers

function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) node.setAttribute(attribute, value);
  node.append(...children);
  return node;
}

function option(code, chosen) {
  const node = element("option", { value: code.id }, code.name);
  node.selected = code.id === chosen;
  return node;
}

// Totals come first in a picker: they are what most readers ask for.
function totalFirst(codes) {
  return [...codes.filter((c) => c.id === TOTAL), ...codes.filter((c) => c.id !== TOTAL)];
}

function buildPickers(wanted) {
  for (const old of document.querySelectorAll("[data-dimension]")) old.remove();
  view.structure.dimensions.forEach((dimension, position) => {
    const given = wanted[position];
    const known = dimension.codes.some((code) => code.id === given);
    if (dimension.id === "FREQ") return buildGrains(dimension, known ? given : null);
    if (dimension.codes.length < 2) return;
    const id = `pick-${dimension.id}`;
    const picker = element("select", { id, name: dimension.id });
    picker.append(...totalFirst(dimension.codes).map((c) => option(c, known ? given : TOTAL)));
    const field = element("p", { class: "field", "data-dimension": dimension.id });
    field.append(element("label", { for: id }, dimension.name), picker);
    $("pickers").append(field);
  });
}

function buildGrains(dimension, wanted) {
  const chosen = wanted ?? dimension.codes[0].id;
  $("grains").replaceChildren(...dimension.codes.map((code) => {
    const input = element("input", { type: "radio", name: "grain", value: code.id });
    input.checked = code.id === chosen;
    return element("label", {}, input, element("span", {}, GRAIN_WORD[code.id] ?? code.name));
  }));
}

async function openFlow(id, wanted) {
  view.structure = await ask(`v1/dataflows/${encodeURIComponent(id)}`);
  $("title").textContent = view.structure.name;
  $("description").textContent = view.structure.description;
  const { last, next } = view.structure;
  $("calendar").textContent = [last && `Released up to ${periodWords(last, true)}.`,
    next && `Next: ${periodWords(next, true)}.`].filter(Boolean).join(" ");
  document.title = `${view.structure.name} \u2013 Tidegauge`;
  buildPickers(wanted);
}

// ---------------------------------------------------------------- showing figures

// A flow of persons counts a person once in each step and cell: over several of either it is a
// sum of such counts, and no number of persons.
function addsUp() {
  const { measure, unit, grains } = view.structure;
  const several = key()[0] !== grains[0] || key().includes(TOTAL);
  return several && measure === "flow" && unit === "PERSONS";
}

function unitWords(count) {
  if (addsUp()) return "";
  const noun = view.structure.unit === "EVENTS" ? "event" : "person";
  return ` ${noun}${Math.abs(count) === 1 ? "" : "s"}`;
}

function seriesWords(parts) {
  const words = view.structure.dimensions.map((dimension, position) => {
    if (["FREQ", "REF_AREA", "INDICATOR"].includes(dimension.id)) return null;
    const code = dimension.codes.find((candidate) => candidate.id === parts[position]);
    return code.id === TOTAL ? null : code.name;
  }).filter(Boolean);
  return words.length ? words.join(" \u00b7 ") : "Total";
}

function rowsOf(answer) {
  const at = Object.fromEntries(answer.columns.map((name, position) => [name, position]));
  return answer.series.flatMap((series) => series.observations).map((row) => ({
    period: row[at.period], begins: begins(row[at.period]), value: row[at.value],
    margin: row[at.margin], low: row[at.low], high: row[at.high], status: row[at.status],
  }));
}

const weak = (row) => row.margin > RELIABLE_MARGIN * Math.abs(row.value);

const FLAGS = { p: "provisional", u: "low reliability" };
const flagsOf = (row) => [...(row.status === "P" ? "p" : ""), ...(weak(row) ? "u" : "")];
const statusWords = (row) => flagsOf(row).map((flag) => FLAGS[flag]).join(", ") || "final";

// A count is never negative, so an interval that reaches below zero says "at most".
function intervalWords(row) {
  const words = `${above(row.high)}${unitWords(Math.ceil(row.high))}, with 95\u202f% confidence`;
  if (row.high < 0) return "None or very few: noise alone has moved the whole interval below zero.";
  if (row.low > 0) return `Between ${below(row.low)} and ${words}.`;
  const why = row.value < 0 ? " The figure lies below zero because noise goes both ways." : "";
  return `At most ${words}; there may have been none.${why}`;
}

function showHeadline(rows) {
  const row = rows.at(-1);
  const stock = view.structure.measure === "stock";
  $("series").textContent = seriesWords(key());
  $("value").textContent = nearest(row.value);
  $("margin").textContent = `\u00b1 ${above(row.margin)}`;
  $("when").textContent = `${stock ? "at the end of" : "in"} ${periodWords(row.period, true)}`
    .replace(/^in (?=\d+ [A-Z])/, "on ");
  const once = ` A person counts once in each ${view.structure.step} and cell.`;
  $("plain").textContent = intervalWords(row) + (addsUp() ? once : "");
  $("latest").hidden = false;
}

function flagMarks(row) {
  const text = flagsOf(row).map((flag) => `[${flag}]`).join("\u2009");
  return text ? element("abbr", { title: statusWords(row) }, text) : "";
}

function showTable(rows) {
  const unit = unitWords(2) && `, in${unitWords(2)}`;
  $("caption").textContent = `${seriesWords(key())}${unit}, newest first`;
  $("rows").replaceChildren(...rows.slice().reverse().map((row) => {
    const number = (text, exact) =>
      element("td", { class: "number", title: minus(String(exact)) }, text);
    return element("tr", weak(row) ? { class: "weak" } : {},
      element("th", { scope: "row" }, periodWords(row.period)),
      number(nearest(row.value), row.value), number(`\u00b1 ${above(row.margin)}`, row.margin),
      number(below(row.low), row.low), number(above(row.high), row.high),
      element("td", { class: "status" }, flagMarks(row)));
  }));
  const used = Object.keys(FLAGS).filter((flag) => rows.some((row) => flagsOf(row).includes(flag)));
  $("flags").textContent = used.map((flag) => `[${flag}] ${FLAGS[flag]}`).join(" \u00b7 ");
}

function tip(row) {
  return `${periodWords(row.period)}\n${nearest(row.value)} \u00b1 ${above(row.margin)}\n`
    + `${below(row.low)} to ${above(row.high)}\n${statusWords(row)}`;
}

// The axis starts at zero unless that would leave more than half of the height empty.
function fromZero(rows) {
  const low = d3.min(rows, (row) => row.low), high = d3.max(rows, (row) => row.high);
  return low <= 0 || low < high / 2;
}

function showChart(rows) {
  const width = Math.max(280, $("chart").clientWidth || 640);
  const style = getComputedStyle(document.documentElement);
  const [sea, soft, card, line] =
    ["--sea", "--soft", "--card", "--line"].map((name) => style.getPropertyValue(name).trim());
  const zero = fromZero(rows);
  const few = rows.length <= 62;
  const x = "begins";
  const marks = [
    Plot.gridY({ stroke: line, strokeOpacity: 1, ticks: 6 }),
    Plot.areaY(rows, { x, y1: "low", y2: "high", fill: sea, fillOpacity: 0.22 }),
    zero ? Plot.ruleY([0], { stroke: soft }) : null,
    Plot.lineY(rows, { x, y: "value", stroke: sea, strokeWidth: few ? 2 : 1.4 }),
    few ? Plot.dot(rows, { x, y: "value", r: 2.6, stroke: sea,
      fill: (row) => (row.status === "P" ? card : sea) }) : null,
    rows.length === 1 ? Plot.ruleX(rows, { x, y1: "low", y2: "high", stroke: sea,
      strokeWidth: 3, strokeOpacity: 0.4 }) : null,
    Plot.ruleX(rows, Plot.pointerX({ x, stroke: soft, strokeDasharray: "2 3" })),
    Plot.tip(rows, Plot.pointerX({ x, y: "value", title: tip, fill: card, stroke: soft })),
  ];
  const chart = Plot.plot({
    width, height: Math.round(Math.min(430, Math.max(260, width * 0.56))),
    marginLeft: 62, marginRight: 12, marginTop: 16, marginBottom: 34,
    style: { background: "transparent", color: soft, fontSize: "13px" },
    x: { type: "utc", label: null, ticks: Math.max(3, Math.floor(width / 110)) },
    y: { label: null, zero, nice: true, ticks: 6, tickSize: 0, tickFormat: nearest },
    marks,
  });
  chart.setAttribute("role", "img");
  chart.setAttribute("aria-label", chartWords(rows));
  $("chart").replaceChildren(chart);
  showLegend(rows, zero, few);
}

function chartWords(rows) {
  const first = rows[0], last = rows.at(-1);
  const highest = rows.reduce((a, b) => (b.value > a.value ? b : a));
  const lowest = rows.reduce((a, b) => (b.value < a.value ? b : a));
  return `Line with its 95 % band, ${rows.length} periods from ${periodWords(first.period)} to `
    + `${periodWords(last.period)}. Lowest ${nearest(lowest.value)} in `
    + `${periodWords(lowest.period)}, highest ${nearest(highest.value)} in `
    + `${periodWords(highest.period)}. The table holds every figure.`;
}

function showLegend(rows, zero, few) {
  const mark = (kind, words) =>
    element("span", { class: "key" }, element("i", { class: kind, "aria-hidden": "true" }), words);
  const legend = [mark("line", "Estimate"), mark("band", "95\u202f% interval")];
  const provisional = rows.some((row) => row.status === "P");
  if (few && provisional) legend.push(element("span", {}, "Open dots: provisional"));
  if (!zero) legend.push(element("span", {}, "Axis does not start at zero"));
  $("legend").replaceChildren(...legend);
}

function showTake() {
  $("csv").href = dataPath("csv");
  $("json").href = dataPath("json");
  for (const format of ["csv", "json"]) {
    $(format).download = `${view.structure.id}_${key().join(".")}.${format}`;
  }
  $("call").textContent = `curl '${new URL(dataPath("csv"), location.href).href}'`;
}

// ---------------------------------------------------------------- states

function settle(words, again) {
  $("state").hidden = words === null;
  $("state").classList.add("settled");
  $("state-text").textContent = words ?? "";
  $("again").hidden = !again;
  const shown = words === null;
  $("pair").hidden = !shown;
  $("take").hidden = !shown;
  if (!shown) {
    $("latest").hidden = true;
    $("plain").textContent = "";
  }
  document.body.classList.remove("busy");
}

function fail(error) {
  if (view.structure) $("series").textContent = seriesWords(key());
  else $("series").textContent = "The figures cannot be shown";
  if (error.code === "nothing-released") {
    return settle("No whole period of this length has been released yet. Choose a shorter one, "
      + "or come back after the next release.", false);
  }
  settle(`The figures cannot be shown: ${error.message}.`, true);
}

async function showSeries() {
  const asked = ++view.asked;
  document.body.classList.add("busy");
  try {
    view.shown = location.search;
    const answer = await ask(dataPath());
    if (asked !== view.asked) return;
    const rows = rowsOf(answer);
    view.answer = rows;
    settle(null, false);
    showHeadline(rows);
    showTable(rows);
    showTake();
    showChart(rows);
  } catch (error) {
    if (asked === view.asked) fail(error);
  }
}

// ---------------------------------------------------------------- privacy and ledger

function meter(label, share, words, part) {
  const space = "http://www.w3.org/2000/svg";
  const bar = document.createElementNS(space, "svg");
  bar.setAttribute("role", "img");
  bar.setAttribute("aria-label", `${label}: ${words}`);
  for (const [name, width] of [["track", 1], ["fill", Math.min(1, share)]]) {
    const rect = document.createElementNS(space, "rect");
    for (const [attribute, value] of Object.entries({
      class: name, width: `${(width * 100).toFixed(2)}%`, height: "100%", rx: "3",
    })) rect.setAttribute(attribute, value);
    bar.append(rect);
  }
  return element("div", { class: part ? "meter part" : "meter" },
    element("p", {}, element("span", {}, label), element("span", {}, words)), bar);
}

function showPrivacy(privacy) {
  $("unit").textContent = `What is protected is ${privacy.unit}. Had that person never been `
    + "counted, everything published here would look almost the same.";
  const rho = (of) => `\u03c1 ${of.spentDecimal} of ${of.budgetDecimal} (${percent(of.share)})`;
  const years = `${privacy.windowsMax} ${privacy.window}s`;
  const meters = [meter(`Spent of the plan\u2019s ${years}`, privacy.lifetime.share,
    rho(privacy.lifetime))];
  const window = privacy.windows.at(-1);
  if (window) {
    meters.push(meter(`Spent in ${periodWords(window.window)}`, window.share, rho(window)));
    const name = (id) => view.flows.find((flow) => flow.id === id)?.name ?? id;
    for (const flow of window.dataflows) {
      meters.push(meter(name(flow.id), flow.share, rho(flow), true));
    }
  }
  $("budget").replaceChildren(...meters);
  const power = (delta) => delta.replace(/^1e-(\d)$/, (_, digit) =>
    `10\u207b${"\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"[digit]}`);
  const epsilon = privacy.epsilon.map((e) =>
    `\u03b5\u00a0${e.epsilon} at \u03b4\u00a0${power(e.delta)}`);
  $("lifetime").textContent = `A ${privacy.window}\u2019s budget of \u03c1 ${privacy.budget} `
    + `corresponds to ${epsilon.join(", or ")}. It is charged when the ${privacy.window} begins, `
    + `for all of its releases. After ${years} the plan ends; nothing renews it.`;
}

function showLedger(ledger) {
  const last = ledger.last;
  const what = last.what[0].toUpperCase() + last.what.slice(1);
  const subject = [last.dataflow, last.period && periodWords(last.period)].filter(Boolean);
  const at = last.at.replace("T", " ").replace("Z", " UTC");
  const time = element("time", { datetime: last.at }, at);
  const link = element("a", { href: "log/checkpoint" }, "signed checkpoint");
  const root = `${ledger.root.slice(0, 8)}\u2026${ledger.root.slice(-8)}`;
  const rows = [
    ["Last entry", `No. ${whole.format(last.index)}`],
    ["What", [what, ...subject].join(" \u00b7 ")],
    ["When", time],
    ["Tree", `${whole.format(ledger.size)} entries`],
    ["Root", element("code", { title: ledger.root }, root)],
    ["Proof", link],
  ];
  $("entry").replaceChildren(...rows.flatMap(([term, detail]) =>
    [element("dt", {}, term), element("dd", {}, detail)]));
  const base = new URL(".", location.href).href.replace(/\/$/, "");
  $("verify").textContent = `tidegauge ledger verify ${base}`;
}

async function showBudget() {
  const privacy = await ask("v1/privacy");
  view.size = privacy.ledger.size;
  showPrivacy(privacy);
  showLedger(privacy.ledger);
  $("fault").hidden = privacy.fault === null;
  $("fault").textContent = "These are the last verified figures; what followed did not "
    + `verify: ${privacy.fault}.`;
}

function showStore(store) {
  $("synthetic").hidden = store.class !== "synthetic";
  $("publisher").textContent = store.title;
  $("plan-link").href = store.plan;
  $("statement").textContent = `${store.purpose}. ${store.controller}. ${store.legalBasis}.`;
  $("contact").textContent = store.contact;
  if (/^[^\s@]+@[^\s@]+$/.test(store.contact)) $("contact").href = `mailto:${store.contact}`;
}

// ---------------------------------------------------------------- wiring

async function load() {
  const wanted = read();
  document.body.classList.add("busy");
  try {
    const list = await ask("v1/dataflows");
    view.flows = list.dataflows;
    showStore(list.store);
    const flow = view.flows.find((f) => f.id === wanted.flow) ?? view.flows[0];
    $("flow").replaceChildren(...view.flows.map((f) => option(f, flow.id)));
    const parts = flow.id === wanted.flow && wanted.key ? wanted.key.split(".") : [];
    await openFlow(flow.id, parts);
    const span = wanted.span === "all" ? "all" : "recent";
    document.querySelector(`[name=span][value=${span}]`).checked = true;
    await Promise.all([showSeries(), showBudget()]);
  } catch (error) {
    fail(error);
  }
}

async function changed(event) {
  try {
    if (event.target.id === "flow") {
      await openFlow(event.target.value, [document.querySelector("[name=grain]:checked")?.value]);
    }
    const span = document.querySelector("[name=span]:checked").value;
    history.pushState(null, "", address(view.structure.id, key(), span));
    await showSeries();
  } catch (error) {
    fail(error);
  }
}

// New releases appear without a reload: the ledger's size says whether there is anything new.
async function refresh() {
  if (document.hidden || view.size === null) return;
  try {
    const before = view.size;
    await showBudget();
    if (view.size !== before) await showSeries();
  } catch {
    // Offline for a while: the figures on the page stay true, the next turn asks again.
  }
}

document.addEventListener("DOMContentLoaded", () => {
  $("picker").addEventListener("change", changed);
  $("picker").addEventListener("submit", (event) => event.preventDefault());
  $("again").addEventListener("click", load);
  window.addEventListener("popstate", () => { if (location.search !== view.shown) load(); });
  const redraw = () => { if (view.answer && !$("pair").hidden) showChart(view.answer); };
  let waiting;
  window.addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(redraw, 120);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  setInterval(refresh, REFRESH_SECONDS * 1000);
  load();
});
