// The address: the whole view is in it, so that a link shows what its sender saw.
//
// Not here: the view itself. An address that says nothing stands for the first dataflow, its
// totals, the recent periods, as a table.
//
//   ?flow=BORDER_FLOW&key=D.HK.FLOW.AIRPORT+LO_WU.ENTRY._T&view=chart&start=2024-01-01&asOf=94
//
// `last=all` shows everything released; `since` is the tree size to compare with; `codes` is
// name, code or both; `at` is the map's period; `lang` the language.
"use strict";

const VIEWS = ["table", "chart", "map"];
const CODES = ["name", "code", "both"];
const DAY = /^\d{4}-\d\d-\d\d$/;

const among = (known, given) => (known.includes(given) ? given : known[0]);
const size = (text) => (/^[1-9]\d{0,15}$/.test(text ?? "") ? text : null);
const day = (text) => (DAY.test(text ?? "") ? text : null);

export function read() {
  const query = new URLSearchParams(location.search);
  // In a key a plus is a plus: URLSearchParams reads it as a space.
  const key = query.get("key")?.replaceAll(" ", "+");
  return {
    flow: query.get("flow"),
    key: key ? key.split(".").map((part) => part.split("+").filter(Boolean)) : [],
    view: among(VIEWS, query.get("view")),
    codes: among(CODES, query.get("codes")),
    all: query.get("last") === "all",
    start: day(query.get("start")),
    end: day(query.get("end")),
    asOf: size(query.get("asOf")),
    since: size(query.get("since")),
    at: query.get("at"),
  };
}

export const keyText = (key) =>
  key.map((part) => part.map(encodeURIComponent).join("+")).join(".");

// The query of a view; what it leaves out is what an address that says nothing stands for.
export function write(view) {
  const parts = [`flow=${encodeURIComponent(view.flow)}`, `key=${keyText(view.key)}`];
  if (view.view !== "table") parts.push(`view=${view.view}`);
  if (view.codes !== "name") parts.push(`codes=${view.codes}`);
  if (view.all) parts.push("last=all");
  for (const name of ["start", "end", "asOf", "since", "at"]) {
    if (view[name]) parts.push(`${name}=${encodeURIComponent(view[name])}`);
  }
  const lang = new URLSearchParams(location.search).get("lang");
  if (lang) parts.push(`lang=${encodeURIComponent(lang)}`);
  return `?${parts.join("&")}`;
}
