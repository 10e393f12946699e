// The page of figures: keeps the view that the address names, and shows it.
//
// Not here: figures computed by the page. Values, margins and intervals come from the server.
"use strict";

import { isFront, read, write } from "./address.js";
import { Refusal, ask, askMeasured, dataPath, listed, seriesOf, structureOf } from "./api.js";
import { showCalls } from "./calls.js";
import { caveatsOf } from "./caveats.js";
import { showCatalogue } from "./catalogue.js";
import { SERIES_MAX, colourOf, plotting } from "./chart.js";
import { $, copyButton, element } from "./dom.js";
import { showDownloads } from "./downloads.js";
import { frontPage, showFrontClock } from "./front.js";
import { releasesOf } from "./log.js";
import { showHeadline } from "./headline.js";
import { isMeasured } from "./lists.js";
import { missingOf, showMissing } from "./lost.js";
import { withNowcasts } from "./nowcast.js";
import { openingKey } from "./opening.js";
import { firstWords, showAbout, showClock, showMethod, showPrivacy, showQuality }
  from "./panels.js";
import { begins, dayOf, instantWords, lastDay, periodWords, untilWords } from "./periods.js";
import { allPickers, completed, showChoices, showPickers, showSizes } from "./pickers.js";
import { isSavable, makeRoom, noPicture, pictureOf, place, placeNone, viewsOf }
  from "./pictures.js";
import { changesSince } from "./revisions.js";
import { TOTAL, partsOf, seriesWords, silentNotes } from "./series.js";
import { legendOf, showTable } from "./table.js";
import { linkTerms, termsLine } from "./terms.js";
import { emptyWords, unmeasured } from "./unmeasured.js";
import { reasonOf, speak, switches, t } from "./words.js";

/** @import { Page, Picture, Privacy, Release, Scene, Series, Store, Structure, View }
  from "./types" */

const REFRESH_SECONDS = 30;
/**
 * The drawers, with the width of the window from which they are open.
 * @type {["drawer" | "catalogue", string][]}
 */
const DRAWERS = [["drawer", "34.01rem"], ["catalogue", "62.01rem"]];

/** The views that draw the series of the table as lines; the chart keeps room for itself. */
const LINES = ["chart", "table"];

// The other members are set once the page has loaded.
const page = /** @type {Page} */ ({ shown: null, series: null, size: null, asked: 0,
  releases: null, address: null, privacy: null, ledgerState: null });

// ---------------------------------------------------------------- the view

/** @type {(changes: Partial<View>) => Promise<void>} */
function change(changes) {
  page.view = { ...page.view, ...changes };
  history.pushState(null, "", write(page.view));
  return show();
}

/** @type {(changes: Partial<View>) => void} */
function keep(changes) {
  page.view = { ...page.view, ...changes };
  history.replaceState(null, "", write(page.view));
  page.address = location.search;
  if (changes.at && page.series) showHeadline(page.structure, page.view, page.series);
  switches($("languages"));
}

/** @type {(dimension: string, codes: string[]) => Promise<void>} */
function picked(dimension, codes) {
  const position = page.structure.dimensions.findIndex(({ id }) => id === dimension);
  const key = page.view.key.slice();
  const before = key[position];
  // Few readers want a total beside its parts, so choosing a part removes the total.
  const added = codes.filter((code) => !before.includes(code));
  key[position] = before.join() === TOTAL && added.length ? added : codes;
  return change({ key: completed(page.structure, key) });
}

function showControls() {
  const { structure, view } = page;
  showCatalogue(page.flows, view);
  showPickers(structure, view, picked);
  showChoices(structure, view, viewsOf(structure));
  switches($("languages"));
}

// ---------------------------------------------------------------- showing figures

/** @type {(series: Series[], asked: number) => Promise<void>} */
async function showFigures(series, asked) {
  const { structure, view } = page;
  const changes = view.since ? await changesSince(view, view.since, series) : null;
  if (asked !== page.asked) return;
  showTable({ structure, view, series, changes, change });
  $("table-terms").replaceChildren(termsLine(["estimate", "margin", "interval"]));
  $("flags").replaceChildren(...legendOf(series), ...silentNotes(structure,
    series.flatMap(({ rows }) => rows)).map((note) => element("span", { class: "silent" }, note)));
  $("revised").hidden = !changes;
  if (changes) {
    $("revised").textContent = t("revised-count", { size: String(changes.size),
      revised: changes.revised.length, shared: changes.shared, added: changes.added });
  }
}

/** @type {(series: Series[]) => Scene} */
const scene = (series) => ({ page, structure: page.structure, view: page.view, series, change, keep,
  width: Math.max(280, $("chart").clientWidth || 720) });

/** @type {(series: Series[], asked: number) => Promise<void>} */
async function showPicture(series, asked) {
  const picture = await pictureOf(scene(series));
  if (asked !== page.asked) return;
  place(picture ?? { drawing: noPicture(page.structure, page.view), legend: [] });
  if (picture?.data) showTake(series, picture.data);
}

/** @type {(series: Series[], data?: Picture["data"]) => void} */
function showTake(series, data) {
  const { structure, view } = page;
  const drawable = isSavable({ structure, view, series });
  const shown = { store: page.list.store, structure, view, series, size: page.size, drawable,
    ...data,
    names: series.map((one) => seriesWords(structure, one.key, view.codes)),
    colours: drawable && series.length <= SERIES_MAX ? series.map((_, n) => colourOf(n)) : [] };
  showDownloads(shown, () => pictureOf(scene(series)));
  showCalls(structure, shown.view,
    write({ ...view, view: view.view === "table" ? "chart" : view.view }));
}

/** @type {(series: Series[], asked: number) => Promise<void>} */
async function showView(series, asked) {
  const isTable = page.view.view === "table";
  // A table comes before what is said of it, as a picture does.
  $("shown").insertBefore($("caveats"), isTable ? $("each") : $("view-table"));
  if (isTable) placeNone();
  else makeRoom(scene(series));
  await Promise.all([isTable ? null : showPicture(series, asked), showFigures(series, asked)]);
}

/** @type {(series: Series[], asked: number) => Promise<void>} */
async function showCaveats(series, asked) {
  // Figures are shown even if these cannot be asked for.
  const caveats = await caveatsOf(page.list, page.structure, page.view, series).catch(() => []);
  if (asked === page.asked) $("caveats").replaceChildren(...caveats);
}

// ---------------------------------------------------------------- states

/**
 * Shows the figures, or these words in their place.
 * @param {string | Element | null} words
 * @param {boolean} again whether the reader is offered to try again
 */
function settle(words, again) {
  reveal("one");
  $("state").hidden = words === null;
  $("state-text").replaceChildren(words ?? "");
  $("again").hidden = !again;
  for (const id of ["shown", "headline", "drawn"]) $(id).hidden = words !== null;
}

/**
 * Shows the front page, one statistic, or that the address names what there is not.
 * @param {"front" | "one" | "lost"} shown
 */
function reveal(shown) {
  page.shown = shown;
  // What the server wrote makes room for what scripts show, once that has its height.
  if (!document.body.classList.contains("drawing")) $("served")?.remove();
  for (const id of ["front", "one", "lost"]) $(id).hidden = id !== shown;
  document.body.classList.toggle("at-front", shown === "front");
  document.body.classList.remove("busy", "opening");
}

/** @type {(error: unknown) => void} */
function fail(error) {
  document.body.classList.remove("drawing");
  if (error instanceof Refusal && error.code === "nothing-released") {
    // Before the first figure is public, the figures that exist are under embargo.
    const { structure, list } = page;
    if (structure.last || structure.embargoed) {
      settle(structure.last ? t("nothing")
        : t("embargoed-all", { until: untilWords(structure) }), false);
    } else settle(firstWords(list.store, structure), false);
  } else settle(t("cannot", { why: reasonOf(error) }), true);
}

async function show() {
  const asked = ++page.asked;
  document.body.classList.add("busy");
  page.address = location.search;
  showControls();
  const count = page.view.key.reduce((product, codes) => product * codes.length, 1);
  // Begun now, so that the libraries come while the figures do.
  if (page.view.view === "chart" && count <= SERIES_MAX) plotting().catch(() => null);
  try {
    const isKnown = isMeasured(page.structure, page.view.key);
    const answer = isKnown ? await askMeasured(dataPath(page.view)) : null;
    if (asked !== page.asked) return;
    if (!answer) {
      settle(unmeasured(page.structure, page.view), false);
      return;
    }
    const all = await withNowcasts(page.view, seriesOf(answer));
    if (asked !== page.asked) return;
    const series = all.filter((one) => one.rows.length || one.embargoed.length);
    page.series = series;
    page.size = answer.asOf;
    if (!series.some((one) => one.rows.length)) {
      settle(emptyWords(page.structure, all), false);
      return;
    }
    const opens = document.body.classList.contains("opening");
    // What is below a picture of unknown height is seen when the picture is in its place.
    const known = LINES.includes(page.view.view) && series.length <= SERIES_MAX
      && !page.view.compare;
    document.body.classList.toggle("drawing", opens && !known);
    settle(null, false);
    $("vintage-shown").hidden = !page.view.asOf;
    $("vintage-shown").textContent = t("vintage-shown", { size: page.view.asOf });
    showHeadline(page.structure, page.view, series);
    showTake(series);
    await Promise.all([showView(series, asked), showCaveats(series, asked)]);
    document.body.classList.remove("drawing");
    $("served")?.remove();
    await vintagesWanted;
    if (asked === page.asked) await showVintages(series, asked);
  } catch (error) {
    if (asked === page.asked) fail(error);
  }
}

// ---------------------------------------------------------------- vintages

/**
 * Fulfilled once the reader comes near what only the list of releases can fill: a first load does
 * without it.
 */
const vintagesWanted = new Promise((wanted) => {
  const seen = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) wanted(null);
  }, { rootMargin: "50%" });
  seen.observe($("quality-card"));
  $("vintages").addEventListener("toggle", wanted, { once: true });
  window.addEventListener("beforeprint", wanted, { once: true });
});

/**
 * The recent releases of the dataflow that is shown. The ledger lists a release before its embargo
 * ends, when there is no state to see yet; such releases are left out.
 * @param {Structure} structure
 */
async function publicReleases(structure) {
  if (page.releases?.flow !== structure.id) {
    const all = await releasesOf(structure.parts?.[0].id ?? structure.id);
    const list = all.filter((release) => release.size <= page.list.store.treeSize);
    page.releases = { flow: structure.id, list };
  }
  return page.releases.list;
}

/** @type {(series: Series[], asked: number) => Promise<void>} */
async function showVintages(series, asked) {
  const { structure, view } = page;
  const releases = await publicReleases(structure);
  if (asked !== page.asked) return;
  const words = (/** @type {Release} */ release) =>
    t("vintage-option", { period: periodWords(release.step), size: String(release.size) });
  const earlier = view.asOf ? releases.filter((one) => one.size < Number(view.asOf)) : releases;
  showSizes($("asOf"), t("newest"), releases, words, view.asOf);
  showSizes($("since"), t("since-none"), earlier, words, view.since);
  await showQuality(page, series, releases);
}

// ---------------------------------------------------------------- the rest of the page

/** Shows the spent budget, and returns a text that changes whenever figures may have changed. */
async function showBudget() {
  /** @type {Privacy} */
  const privacy = await ask("v1/privacy");
  page.privacy = privacy;
  if (page.structure) showPrivacy(privacy, page.flows, page.structure);
  const { ledger } = privacy;
  $("ledger-state").textContent = t("ledger-state", { count: ledger.size,
    root: `${ledger.root.slice(0, 12)}\u2026`, at: instantWords(new Date(ledger.last.at)) });
  $("fault").hidden = privacy.fault === null;
  $("fault").textContent = t("fault", { fault: privacy.fault });
  // Figures change with the ledger, and when an embargo ends.
  return `${ledger.size} ${ledger.public ?? ledger.size}`;
}

/**
 * Describes the statistic of the view. Whether it has everything that the view names.
 * @param {string} id
 */
async function openFlow(id) {
  page.structure = { ...await structureOf(id), timeZone: page.list.store.timeZone,
    sources: page.list.intake?.sources, corrections: page.list.lifeCycle?.corrections,
    amendments: page.list.amendments };
  const { structure, view } = page;
  const missing = missingOf(page.list.store.treeSize, page.flows, structure, view);
  if (missing.length) {
    openLost(missing, structure.name);
    return false;
  }
  page.view = { ...view, flow: id, key: await openingKey(structure, view) };
  $("title").textContent = structure.name;
  $("description").textContent = structure.description;
  document.title = `${structure.name} \u2013 Tidegauge`;
  showAbout(page.list.store, structure);
  showMethod(page.list.store, structure);
  showReading(structure);
  showClock(page.list.store, structure);
  return true;
}

/**
 * How to read the figures: what is said of bounds and of late events only where there are some.
 * @type {(structure: Structure) => void}
 */
function showReading(structure) {
  const parts = partsOf(structure);
  const isLate = parts.some(({ vintages }) => vintages?.length);
  $("reading-bound").hidden = parts.every(({ measure }) => measure === "at_bound");
  $("reading-late").hidden = !isLate;
  $("reading-provisional").hidden = !isLate && !parts.some(({ refined }) => refined);
}

/** @type {(missing: Element[], title: string | null) => void} */
function openLost(missing, title) {
  page.asked += 1;
  page.address = location.search;
  document.title = `${t("lost")} \u2013 Tidegauge`;
  showCatalogue(page.flows, page.view);
  switches($("languages"));
  showMissing($("lost"), missing, title);
  reveal("lost");
}

async function openFront() {
  const asked = ++page.asked;
  page.address = location.search;
  const [showNews, state] = await Promise.all([frontPage(page.list, page.flows), showBudget()]);
  if (asked !== page.asked) return;
  page.ledgerState = state;
  switches($("languages"));
  showNews();
  reveal("front");
}

/** @type {(store: Store) => void} */
function showStore(store) {
  $("synthetic").hidden = store.class !== "synthetic";
  $("publisher").textContent = store.title;
  $("statement").textContent = `${store.purpose}. ${store.controller}. ${store.legalBasis}.`;
}

async function loadCatalogue() {
  page.list = await ask("v1/dataflows");
  $("reading-sources").hidden = !page.list.intake;
  page.flows = listed(page.list);
}

async function load() {
  document.body.classList.add("busy");
  try {
    await loadCatalogue();
    showStore(page.list.store);
    page.view = read();
    if (isFront()) {
      await openFront();
      return;
    }
    const id = page.view.flow || page.flows[0].id;
    if (!page.flows.some((flow) => flow.id === id)) {
      openLost(missingOf(0, page.flows, null, page.view), null);
      return;
    }
    const [found, state] = await Promise.all([openFlow(id), showBudget()]);
    page.ledgerState = state;
    if (!found) return;
    if (page.privacy) showPrivacy(page.privacy, page.flows, page.structure);
    await show();
  } catch (error) {
    fail(error);
  }
}

/** Shows new releases without a reload: the ledger says whether there is anything new. */
async function refresh() {
  if (document.hidden || !page.ledgerState) return;
  try {
    const state = await showBudget();
    if (page.shown === "front") showFrontClock(page.list);
    if (page.shown === "one") showClock(page.list.store, page.structure);
    if (state === page.ledgerState) return;
    page.ledgerState = state;
    page.releases = null;
    await load();
  } catch {
    // The server cannot be reached: the figures on the page stay, and the next refresh tries again.
  }
}

/**
 * Changes the view as the reader chooses.
 * @param {Event} event
 */
function chosen(event) {
  const { name, value, id } = /** @type {HTMLInputElement | HTMLSelectElement} */ (event.target);
  if (name === "grain") {
    return change({ key: [[value], ...page.view.key.slice(1)], at: null, sort: null });
  }
  if (name === "codes" || name === "view") return change({ [name]: value });
  if (name === "span") {
    if (value !== "between") return change({ all: value === "all", start: null, end: null });
    const rows = page.series?.[0]?.rows;
    const shown = rows && { start: rows[0].period, end: lastDay(rows[rows.length - 1].period) };
    const { first, last, next } = page.structure;
    const start = shown && /^\d{4}-\d\d-\d\d/.test(shown.start) ? shown.start.slice(0, 10)
      : dayOf(begins(first ?? next ?? ""));
    return change({ all: false, start, end: shown?.end ?? lastDay(last ?? next ?? "") });
  }
  if (["start", "end", "asOf", "since"].includes(id)) return change({ [id]: value || null });
  return undefined;
}

/**
 * Opens a statistic without a reload.
 * @param {MouseEvent} event
 */
async function follow(event) {
  /** @type {HTMLAnchorElement | null | undefined} */
  const link = /** @type {Element | null} */ (event.target)?.closest("a[data-flow]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  history.pushState(null, "", link.search);
  await load();
  window.scrollTo(0, 0);
  $(page.shown === "one" ? "figure" : "main").focus({ preventScroll: true });
}

await speak();
linkTerms();
$("picker").addEventListener("change", chosen);
$("picker").addEventListener("submit", (event) => event.preventDefault());
$("search").addEventListener("input", () => showCatalogue(page.flows, page.view));
$("search").placeholder = t("search");
$("search").closest("form")?.addEventListener("submit", (event) => event.preventDefault());
document.querySelector(".frame")?.addEventListener("click", (event) =>
  follow(/** @type {MouseEvent} */ (event)));
$("again").addEventListener("click", load);
$("copy-citation").replaceWith(copyButton(t("copy"), t("copied"),
  () => $("citation").textContent));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = [...allPickers()].find((picker) =>
    picker.open && picker.contains(document.activeElement));
  if (!open) return;
  open.open = false;
  open.querySelector("summary")?.focus();
});
// A click elsewhere closes an open picker.
document.addEventListener("click", (event) => {
  const target = /** @type {Node | null} */ (event.target);
  for (const picker of allPickers()) {
    if (target?.isConnected && !picker.contains(target)) picker.open = false;
  }
});
window.addEventListener("popstate", () => { if (location.search !== page.address) load(); });
const redraw = () => {
  if (page.shown === "one" && page.series?.length && page.view.view !== "table") {
    showView(page.series, page.asked);
  }
};
let waiting = 0;
window.addEventListener("resize", () => {
  clearTimeout(waiting);
  waiting = setTimeout(redraw, 120);
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
// What a wide screen always shows, a narrow one opens on demand.
for (const [id, width] of DRAWERS) {
  const wide = matchMedia(`(min-width: ${width})`);
  const drawer = /** @type {HTMLDetailsElement} */ ($(id));
  const set = () => { drawer.open = wide.matches; };
  wide.addEventListener("change", set);
  set();
}
// A picker that would reach beyond the edge of the window opens to the other side.
document.addEventListener("toggle", (event) => {
  const choices = /** @type {Element} */ (event.target).querySelector?.(":scope > .choices");
  if (!choices) return;
  choices.classList.remove("turned");
  const { left, right } = choices.getBoundingClientRect();
  choices.classList.toggle("turned", left < 0 || right > document.documentElement.clientWidth);
}, true);
setInterval(refresh, REFRESH_SECONDS * 1000);
await load();
