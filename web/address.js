// The address names the whole view, so that a link shows the same view to everyone.
//
// Not here: the view itself. An address that names nothing but a language is the front page. One
// without a flow means the first dataflow; without a key, the series with which the plan opens it
// or else its totals; without a view, a chart.
//
//   ?flow=BORDER_FLOW&key=D.HK.FLOW.AIRPORT+LO_WU.ENTRY._T&view=table&start=2024-01-01&asOf=94
//
// `last=all` shows everything released; `asOf` and `since` are sizes of the ledger, the one shown
// and the one to compare with; `codes` is name, code or both; `at` is the period of a picture of
// one period, or the cohorts of one of cohorts; `by` the dimension of the map or the ranking, with
// a level for groups; `top` whether the ranking shows all codes; `shows` what a picture of cohorts
// shows; `region` what part of the world the map shows; `compare` the year before; `lang` the
// language. In a table, `rows` names the dimensions that stand on the rows, the outermost first
// (`CITIZENSHIP.TIME_PERIOD`); `sort` is `up` or `down` and a column (`down.ENTRY.2024-01`).
"use strict";

/** @import { View } from "./types" */

const VIEWS = ["chart", "table", "map", "ranking", "lifecycle", "distribution", "survival",
  "median", "triangle", "curves"];
const CODES = ["name", "code", "both"];
/** The parts of the world that a map can show, the whole first. */
export const REGIONS = ["world", "europe", "africa", "americas", "asia", "oceania"];
const DAY = /^\d{4}-\d\d-\d\d$/;
const LEVEL = /^[A-Z][A-Z0-9_]*(\/[1-9])?$/;
const SIZE = /^[1-9]\d{0,15}$/;
const ROWS = /^\w+(\.\w+)*$/;
const SORT = /^(up|down)\.[\w.:@$-]+$/;
/**
 * For each member of a view that an address names, apart from flow and key, what it may be.
 * @type {Record<string, (text: string) => boolean>}
 */
const FORMS = {
  view: (text) => VIEWS.includes(text), codes: (text) => CODES.includes(text),
  last: (text) => text === "all", start: (text) => DAY.test(text), end: (text) => DAY.test(text),
  asOf: (text) => SIZE.test(text), since: (text) => SIZE.test(text), at: () => true,
  by: (text) => LEVEL.test(text), top: (text) => text === "all",
  compare: (text) => text === "year", region: (text) => REGIONS.includes(text),
  shows: () => true,
  rows: (text) => ROWS.test(text), sort: (text) => SORT.test(text),
};

/** @type {(known: string[], given: string | null) => string} */
const knownOrFirst = (known, given) =>
  (given !== null && known.includes(given) ? given : known[0]);
/** @type {(text: string | null) => string | null} */
const sizeOrNull = (text) => (SIZE.test(text ?? "") ? text : null);
/** @type {(text: string | null) => string | null} */
const dayOrNull = (text) => (DAY.test(text ?? "") ? text : null);

/** @type {(query: URLSearchParams, name: string) => string | null} */
function understood(query, name) {
  const text = query.get(name);
  return text && FORMS[name](text) ? text : null;
}

/**
 * Reads the view from the address of this page. What it does not name, or names wrongly
 * (`misread`), has its default.
 * @returns {View}
 */
export function read() {
  const query = new URLSearchParams(location.search);
  // URLSearchParams reads a plus as a space, but in a key it is a plus.
  const key = query.get("key")?.replaceAll(" ", "+");
  return {
    flow: query.get("flow") ?? "",
    key: key ? key.split(".").map((part) => part.split("+").filter(Boolean)) : [],
    view: knownOrFirst(VIEWS, query.get("view")),
    codes: knownOrFirst(CODES, query.get("codes")),
    all: query.get("last") === "all",
    start: dayOrNull(query.get("start")),
    end: dayOrNull(query.get("end")),
    asOf: sizeOrNull(query.get("asOf")),
    since: sizeOrNull(query.get("since")),
    at: query.get("at"),
    by: understood(query, "by"),
    top: understood(query, "top"),
    compare: understood(query, "compare"),
    region: knownOrFirst(REGIONS, query.get("region")),
    shows: query.get("shows"),
    rows: ROWS.test(query.get("rows") ?? "") ? [...new Set(query.get("rows")?.split("."))] : null,
    sort: SORT.test(query.get("sort") ?? "") ? query.get("sort") : null,
  };
}

/** Whether the address is that of the front page. */
export function isFront() {
  const query = new URLSearchParams(location.search);
  return ![...Object.keys(FORMS), "flow", "key"].some((name) => query.has(name));
}

/**
 * The parts of the address that are not understood.
 * @returns {[string, string][]}
 */
export const misread = () => [...new URLSearchParams(location.search)]
  .filter(([name, text]) => text !== "" && Object.hasOwn(FORMS, name) && !FORMS[name](text));

/**
 * The view that an empty address means, of a dataflow or a rate.
 * @param {string} flow
 * @returns {View}
 */
export const plainView = (flow) => ({ flow, key: [], view: VIEWS[0], codes: CODES[0], all: false,
  start: null, end: null, asOf: null, since: null, at: null, by: null, top: null, shows: null,
  compare: null, region: REGIONS[0], rows: null, sort: null });

/** @type {(key: string[][]) => string} */
export const keyText = (key) =>
  key.map((part) => part.map(encodeURIComponent).join("+")).join(".");

/**
 * The query that names a view; it leaves out what an empty address means anyway.
 * @param {View} view
 */
export function write(view) {
  const parts = [`flow=${encodeURIComponent(view.flow)}`, `key=${keyText(view.key)}`];
  if (view.view !== VIEWS[0]) parts.push(`view=${view.view}`);
  if (view.codes !== "name") parts.push(`codes=${view.codes}`);
  if (view.all) parts.push("last=all");
  for (const name of /** @type {const} */ (["start", "end", "asOf", "since", "at",
    "by", "top", "shows", "compare"])) {
    const value = view[name];
    if (value) parts.push(`${name}=${encodeURIComponent(value)}`);
  }
  if (view.region !== REGIONS[0]) parts.push(`region=${view.region}`);
  if (view.rows) parts.push(`rows=${view.rows.map(encodeURIComponent).join(".")}`);
  if (view.sort) parts.push(`sort=${encodeURIComponent(view.sort)}`);
  const lang = new URLSearchParams(location.search).get("lang");
  if (lang) parts.push(`lang=${encodeURIComponent(lang)}`);
  return `?${parts.join("&")}`;
}
