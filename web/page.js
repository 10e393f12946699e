// The page: keeps the view that the address names, and shows it.
//
// Not here: any figure of its own. Values, margins and intervals come from the server.
"use strict";

import { read, write } from "./address.js";
import { ask, dataPath, listed, seriesOf, structureOf } from "./api.js";
import { showCalls } from "./calls.js";
import { showCatalogue } from "./catalogue.js";
import { SERIES_MAX, colourOf, drawing } from "./chart.js";
import { $, copyButton, element } from "./dom.js";
import { showDownloads } from "./downloads.js";
import { releasesOf } from "./log.js";
import { showMap } from "./map.js";
import { above, isRate, writing } from "./numbers.js";
import { showAbout, showClock, showPrivacy, showQuality } from "./panels.js";
import { begins, dayOf, instantWords, lastDay, periodWords, untilWords } from "./periods.js";
import { mended, showChoices, showPickers, showSizes } from "./pickers.js";
import { changesSince } from "./revisions.js";
import { TOTAL, addsUp, differing, intervalWords, isOfCountries, seriesWords, sentence, whenWords }
  from "./series.js";
import { legendOf, tableOf } from "./table.js";
import { speak, switches, t } from "./words.js";

const REFRESH_SECONDS = 30;
// Series of which each has its sentence.
const SENTENCES_MAX = 6;

const page = { list: null, structure: null, view: null, series: null, size: null, asked: 0,
  releases: null, address: null, privacy: null };

// ---------------------------------------------------------------- the view

function change(changes) {
  page.view = { ...page.view, ...changes };
  history.pushState(null, "", write(page.view));
  return show();
}

function picked(dimension, codes) {
  const position = page.structure.dimensions.findIndex((one) => one.id === dimension);
  const key = page.view.key.slice();
  const before = key[position];
  // A total beside its parts is rarely meant: choosing a part lets go of the total.
  const added = codes.filter((code) => !before.includes(code));
  const lone = before.join() === TOTAL && added.length === 1 && codes.length === 2;
  key[position] = codes.length ? (lone ? added : codes) : [];
  return change({ key: mended(page.structure, key) });
}

// The map colours counts; rates have none of it.
const countries = () => (isRate(page.structure) ? -1
  : page.structure.dimensions.findIndex(isOfCountries));

function showControls() {
  const { structure, view } = page;
  showCatalogue(page.flows, view);
  showPickers(structure, view, picked);
  showChoices(structure, view, countries() >= 0);
  switches($("languages"));
}

// ---------------------------------------------------------------- showing figures

function showHeadline() {
  const { structure, view, series } = page;
  const one = series[0];
  const row = one.rows.at(-1);
  const single = series.length === 1;
  $("series").textContent = single ? seriesWords(structure, one.key, view.codes)
    : series.slice(0, SENTENCES_MAX).map((each) =>
      seriesWords(structure, each.key, view.codes, differing(view))).join(", ")
      + (series.length > SENTENCES_MAX ? " \u2026" : "");
  $("latest").hidden = !single;
  $("value").textContent = writing(structure).nearest(row.value);
  $("margin").textContent = isRate(structure) ? "" : `\u00b1 ${above(row.margin)}`;
  $("when").textContent = whenWords(structure, one.key, row.period);
  const once = addsUp(structure, one.key) ? t(`once-${structure.step}`) : "";
  $("plain").replaceChildren(...(single ? [`${intervalWords(structure, one.key, row)} ${once}`]
    : [element("ul", {}, series.slice(0, SENTENCES_MAX).map((each) =>
      element("li", {}, sentence(structure, each.key, each.rows.at(-1), view.codes)))),
    element("p", {}, t("overlap"))]));
}

const captions = { EVENTS: "unit-events", PERSONS: "unit-persons", RATE: "unit-rates" };

function captionWords() {
  const { structure, view, series } = page;
  const unit = addsUp(structure, series[0].key) ? ""
    : `, ${t(captions[structure.unit])}`;
  const what = series.length === 1 ? seriesWords(structure, series[0].key, view.codes)
    : structure.name;
  return `${what}${unit}, ${t("newest-first")}`;
}

async function showTable(asked) {
  const { structure, view, series } = page;
  const changes = view.since ? await changesSince(view, view.since, series) : null;
  if (asked !== page.asked) return;
  $("table").replaceChildren(tableOf(structure, view, series, changes, captionWords()));
  $("flags").textContent = legendOf(series);
  $("revised").hidden = !changes;
  if (changes) {
    $("revised").textContent = t("revised-count", { size: changes.size,
      revised: changes.revised.length, shared: changes.shared, fresh: changes.fresh });
  }
}

function draw() {
  const { structure, view, series } = page;
  return drawing(structure, view, series, Math.max(280, $("chart").clientWidth || 720));
}

function showChart() {
  if (page.series.length > SERIES_MAX) {
    const words = t("too-many", { count: page.series.length, max: SERIES_MAX });
    $("chart").replaceChildren(element("p", { class: "state" }, words));
    $("legend").replaceChildren();
    $("chart-words").replaceChildren();
    return;
  }
  const { chart, legend, words } = draw();
  $("chart").replaceChildren(chart);
  $("legend").replaceChildren(...legend);
  $("chart-words").replaceChildren(...words.map((text) => element("p", {}, text)));
}

function showTake() {
  const { structure, view, series } = page;
  const drawable = series.length <= SERIES_MAX;
  const shown = { store: page.list.store, structure, view, series, size: page.size, drawable,
    names: series.map((one) => seriesWords(structure, one.key, view.codes)),
    colours: drawable ? series.map((_, n) => colourOf(n)) : [] };
  showDownloads(shown, () => draw().chart);
  showCalls(structure, view, write({ ...view, view: "chart" }));
}

async function showView(asked) {
  const { view } = page;
  for (const id of ["table", "chart", "map"]) $(`view-${id}`).hidden = view.view !== id;
  if (view.view === "chart") showChart();
  if (view.view === "table") await showTable(asked);
  if (view.view === "map") await showMap(page, countries(), (at) => change({ at }));
}

// ---------------------------------------------------------------- states

function settle(words, again) {
  $("state").hidden = words === null;
  $("state").classList.add("settled");
  $("state-text").textContent = words ?? "";
  $("again").hidden = !again;
  $("shown").hidden = words !== null;
  $("headline").hidden = words !== null;
  document.body.classList.remove("busy");
}

function fail(error) {
  if (error.code === "nothing-released") {
    // Before the first figure is public, what is asked for is under embargo.
    const until = page.structure.last ? "" : untilWords(page.structure);
    return settle(until ? t("held-all", { until }) : t("nothing"), false);
  }
  settle(t("cannot", { why: error.message }), true);
}

async function show() {
  const asked = ++page.asked;
  document.body.classList.add("busy");
  page.address = location.search;
  showControls();
  try {
    const answer = await ask(dataPath(page.view));
    if (asked !== page.asked) return;
    page.series = seriesOf(answer).filter((one) => one.rows.length || one.held.length);
    page.size = answer.asOf;
    if (!page.series.some((one) => one.rows.length)) {
      const until = page.series.length && untilWords(page.structure);
      return settle(until ? t("held-all", { until }) : t("nothing"), false);
    }
    settle(null, false);
    showHeadline();
    showTake();
    await showView(asked);
    await showVintages(asked);
  } catch (error) {
    if (asked === page.asked) fail(error);
  }
}

// ---------------------------------------------------------------- vintages

async function showVintages(asked) {
  const { structure, view } = page;
  if (page.releases?.flow !== structure.id) {
    const all = await releasesOf(structure.of?.[0].id ?? structure.id);
    // The ledger tells of releases before their hour; there is no state of them to see yet.
    const list = all.filter((release) => release.size <= page.list.store.treeSize);
    page.releases = { flow: structure.id, list };
    if (asked !== page.asked) return;
  }
  const words = (release) =>
    t("vintage-option", { period: periodWords(release.step), size: release.size });
  const releases = page.releases.list;
  const earlier = view.asOf ? releases.filter((one) => one.size < Number(view.asOf)) : releases;
  showSizes($("asOf"), t("newest"), releases, words, view.asOf);
  showSizes($("since"), t("since-none"), earlier, words, view.since);
  $("vintage-shown").hidden = !view.asOf;
  $("vintage-shown").textContent = t("vintage-shown", { size: view.asOf });
  if (view.asOf || view.since) $("vintages").open = true;
  await showQuality(page, releases);
}

// ---------------------------------------------------------------- the rest of the page

async function showBudget() {
  page.privacy = await ask("v1/privacy");
  showPrivacy(page.privacy, page.flows, page.structure);
  const { ledger } = page.privacy;
  $("ledger-state").textContent = t("ledger-state", { size: ledger.size,
    root: `${ledger.root.slice(0, 12)}\u2026`, at: instantWords(new Date(ledger.last.at)) });
  $("fault").hidden = page.privacy.fault === null;
  $("fault").textContent = t("fault", { fault: page.privacy.fault });
  // It changes with the ledger, and when an embargo ends.
  return `${ledger.size} ${ledger.public ?? ledger.size}`;
}

async function openFlow(id) {
  page.structure = { ...await structureOf(id), timeZone: page.list.store.timeZone };
  const { structure, view } = page;
  page.view = { ...view, flow: id, key: mended(structure, view.key) };
  if (page.view.view === "map" && countries() < 0) page.view.view = "table";
  $("title").textContent = structure.name;
  $("description").textContent = structure.description;
  document.title = `${structure.name} \u2013 Tidegauge`;
  showAbout(page.list.store, structure);
  showClock(page.list.store, structure);
}

function showStore(store) {
  $("synthetic").hidden = store.class !== "synthetic";
  $("publisher").textContent = store.title;
  $("plan-link").href = store.plan;
  $("statement").textContent = `${store.purpose}. ${store.controller}. ${store.legalBasis}.`;
}

async function list() {
  page.list = await ask("v1/dataflows");
  page.flows = listed(page.list);
}

async function load() {
  document.body.classList.add("busy");
  try {
    await list();
    showStore(page.list.store);
    page.view = read();
    const flow = page.flows.find((one) => one.id === page.view.flow) ?? page.flows[0];
    if (flow.id !== page.view.flow) page.view.key = [];
    await openFlow(flow.id);
    page.ledgerState = await showBudget();
    await show();
  } catch (error) {
    fail(error);
  }
}

// New releases appear without a reload: the ledger says whether there is anything new.
async function refresh() {
  if (document.hidden || !page.ledgerState) return;
  try {
    const state = await showBudget();
    showClock(page.list.store, page.structure);
    if (state === page.ledgerState) return;
    page.ledgerState = state;
    page.releases = null;
    await list();
    await openFlow(page.view.flow);
    await show();
  } catch {
    // Offline for a while: the figures on the page stay true, the next turn asks again.
  }
}

function chosen(event) {
  const { name, value, id } = event.target;
  if (name === "grain") return change({ key: [[value], ...page.view.key.slice(1)], at: null });
  if (name === "codes" || name === "view") return change({ [name]: value });
  if (name === "span") {
    if (value !== "between") return change({ all: value === "all", start: null, end: null });
    const rows = page.series?.[0].rows;
    const days = rows && { start: rows[0].period, end: lastDay(rows.at(-1).period) };
    const dated = days && /^\d{4}-\d\d-\d\d/.test(days.start);
    const { first, last, next } = page.structure;
    const start = dated ? days.start.slice(0, 10) : dayOf(begins(first ?? next));
    return change({ all: false, start, end: days?.end ?? lastDay(last ?? next) });
  }
  if (["start", "end", "asOf", "since"].includes(id)) return change({ [id]: value || null });
  return undefined;
}

function follow(event) {
  const link = event.target.closest("a[data-flow]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  history.pushState(null, "", link.search);
  load();
  $("figure").focus({ preventScroll: true });
}

await speak();
$("picker").addEventListener("change", chosen);
$("picker").addEventListener("submit", (event) => event.preventDefault());
$("search").addEventListener("input", () => showCatalogue(page.flows, page.view));
$("search").placeholder = t("search");
$("search").closest("form").addEventListener("submit", (event) => event.preventDefault());
$("flows").addEventListener("click", follow);
$("again").addEventListener("click", load);
$("copy-citation").replaceWith(copyButton(t("copy"), t("copied"),
  () => $("citation").textContent));
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && document.activeElement?.closest("details.picker[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
// A click elsewhere closes an open picker.
document.addEventListener("click", (event) => {
  for (const node of document.querySelectorAll("details.picker[open]")) {
    if (!node.contains(event.target) && event.target.isConnected) node.open = false;
  }
});
window.addEventListener("popstate", () => { if (location.search !== page.address) load(); });
const redraw = () => { if (page.series && page.view.view !== "table") showView(page.asked); };
let waiting;
window.addEventListener("resize", () => {
  clearTimeout(waiting);
  waiting = setTimeout(redraw, 120);
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
setInterval(refresh, REFRESH_SECONDS * 1000);
await load();
