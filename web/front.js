// The front page: the newest figures of the plan with their change, what the latest release
// revised, the next release, and every statistic there is.
//
// Not here: the figures in full (page.js).
"use strict";

import { plainView, write } from "./address.js";
import { Refusal, ask, dataPath, dataflowsOf, seriesOf, structureOf } from "./api.js";
import { changeLine, changeOf } from "./change.js";
import { $, element } from "./dom.js";
import { countWords, figureWords, nearest } from "./numbers.js";
import { withNowcasts } from "./nowcast.js";
import { openingSeries } from "./opening.js";
import { clockTerms, firstWords, soonest } from "./panels.js";
import { endOf, periodWords, untilWords } from "./periods.js";
import { changesSince } from "./revisions.js";
import { flagsOf, intervalWords, isIncomplete, marginWords, seriesWords, silentWords, statusWords,
  whenWords } from "./series.js";
import { spark } from "./spark.js";
import { termsLine } from "./terms.js";
import { labelled, reasonOf, t, tNodes } from "./words.js";

/** @import { Answer, Catalogue, Changes, Child, Dataflow, Headline, Listed, Measured, Row, Series,
  View } from "./types" */
/** @typedef {{ headline: Headline, flow: Measured, view: View, series: Series | null,
  changes: Changes | null, fault: string | null }} News */

const HEADLINES_MAX = 9;
const FRONT_TERMS = ["estimate", "margin", "interval", "noise", "provisional", "low-reliability",
  "break", "revised", "release", "ledger"];
// At most this number of revised periods of a series are listed.
const REVISED_MAX = 3;
/**
 * The number of periods in a small picture, by frequency.
 * @type {Record<string, number>}
 */
const SHOWN = { N15: 96, H: 72, D: 60, W: 52, M: 24, Q: 16, A: 10 };

/**
 * The headlines of the plan, or for a plan without, one series of each dataflow.
 * @param {Catalogue} list
 * @param {Dataflow[]} flows
 * @returns {Promise<Headline[]>}
 */
async function headlinesOf(list, flows) {
  const known = (list.headlines ?? []).filter(({ dataflow }) =>
    flows.some((flow) => flow.id === dataflow));
  if (known.length) return known.slice(0, HEADLINES_MAX);
  return Promise.all(flows.filter((flow) => flow.last).slice(0, HEADLINES_MAX)
    .map(async (flow) => {
      const structure = await structureOf(flow.id);
      const key = await openingSeries(structure);
      const words = seriesWords(structure, key, "name");
      return { dataflow: flow.id, key: key.join("."),
        title: words === t("total") ? flow.name : labelled(flow.name, words) };
    }));
}

/**
 * The figures of a headline, and what the latest release revised in them.
 * @param {Headline} headline
 * @param {Measured} flow
 * @returns {Promise<News>}
 */
async function newsOf(headline, flow) {
  const view = { ...plainView(headline.dataflow),
    key: headline.key.split(".").map((part) => part.split("+").slice(0, 1)) };
  /** @type {News} */
  const news = { headline, flow, view, series: null, changes: null, fault: null };
  try {
    /** @type {Answer} */
    const answer = await ask(dataPath(view, { newest: SHOWN[view.key[0][0]] }));
    const [series] = await withNowcasts(view, seriesOf(answer));
    if (!series?.rows.length) return news;
    const latest = Math.max(...series.rows.map((row) => row.vintage ?? 0));
    // A figure of an earlier period that rests on the latest release may be a revised one.
    const maybe = series.rows.slice(0, -1).some((row) => row.vintage === latest);
    const changes = maybe && latest > 0 ? await changesSince(view, latest, [series]) : null;
    return { ...news, series, changes };
  } catch (error) {
    if (error instanceof Refusal && error.code === "nothing-released") return news;
    return { ...news, fault: reasonOf(error) };
  }
}

/** @type {(flow: Measured, rows: Row[]) => Child} */
function changed(flow, rows) {
  const change = changeOf(rows);
  if (change) return changeLine(flow, change);
  return rows.at(-1)?.status === "B" ? element("p", { class: "change" }, t("change-break")) : null;
}

/** @type {(news: News, rows: Row[]) => string} */
function pictureWords({ headline }, rows) {
  return t("spark", { title: headline.title, count: rows.length,
    first: periodWords(rows[0].period), last: periodWords(rows[rows.length - 1].period) });
}

/** @type {(news: News) => Element} */
function card(news) {
  const { headline, flow, view, series, fault } = news;
  const title = element("h2", {}, element("a", { href: write(view), "data-flow": view.flow },
    headline.title));
  if (!series) {
    return element("li", {}, title, element("p", { class: "small" },
      fault ? t("cannot", { why: fault }) : t("news-none")));
  }
  const { key, rows } = series;
  const row = rows[rows.length - 1];
  const notes = [flagsOf(row).length ? statusWords(flow, row) : "",
    isIncomplete(row) ? silentWords(flow, [row]) : ""].filter(Boolean).join(". ");
  return element("li", {}, title,
    element("p", { class: "latest" },
      element("span", { class: "value" }, nearest(row.value)), " ",
      element("span", { class: "margin" }, marginWords(row)), " ",
      element("span", { class: "when" }, whenWords(flow, key, row.period))),
    element("p", { class: "interval" }, intervalWords(flow, key, row)),
    spark(rows, pictureWords(news, rows)),
    element("p", { class: "ends", "aria-hidden": "true" },
      element("span", {}, periodWords(rows[0].period)),
      rows.length > 1 ? element("span", {}, periodWords(row.period)) : null),
    changed(flow, rows), notes ? element("p", { class: "small" }, notes) : null);
}

/** @type {(all: News[]) => void} */
function showRevisions(all) {
  const shown = all.filter(({ series }) => series);
  $("front-revised").hidden = !shown.length;
  const items = shown.filter(({ changes }) => changes?.revised.length).map((news) => {
    const revised = news.changes?.revised.toReversed() ?? [];
    const words = revised.slice(0, REVISED_MAX).map(({ row, was }) => t("front-was", {
      period: periodWords(row.period), now: countWords(news.flow, row),
      was: figureWords(news.flow, was) }));
    const more = revised.length - words.length;
    const since = { ...news.view, view: "table", since: String(news.changes?.size) };
    const title = element("a", { href: write(since), "data-flow": news.view.flow },
      news.headline.title);
    const changes = words.join("; ") + (more > 0 ? ` ${t("front-more", { count: more })}` : "");
    return element("li", {}, ...tNodes("labelled", { label: title, words: changes }));
  });
  $("front-revisions").replaceChildren(items.length ? element("ul", {}, items)
    : element("p", {}, t("front-revised-none")));
}

/** @type {(flow: Listed) => Element} */
function shelved(flow) {
  const until = flow.last ? t("up-to", { period: periodWords(flow.last) }) : t("not-yet");
  return element("li", {},
    element("h3", {}, element("a", { href: write(plainView(flow.id)), "data-flow": flow.id },
      flow.name)),
    element("p", {}, flow.description), element("p", { class: "small" }, until));
}

/**
 * Shows that nothing is public yet, and when the first figures come; nothing if there are some.
 * @param {Catalogue} list
 * @param {Dataflow[]} flows
 */
function showNone({ store }, flows) {
  const embargoed = flows.find((flow) => flow.embargoed);
  const next = soonest(store, flows);
  const period = embargoed?.embargoed ? periodWords(embargoed.embargoed.last, true) : "";
  $("front-none").hidden = flows.some((flow) => flow.last);
  $("front-none").textContent = embargoed
    ? t("front-embargo",
      { period, until: untilWords({ ...embargoed, timeZone: store.timeZone }) })
    : firstWords(store, next);
}

/**
 * The releases of the plan: the newest of any dataflow, embargo and the next of any.
 * @param {Catalogue} list
 */
export function showFrontClock(list) {
  const flows = dataflowsOf(list);
  const last = flows.map((flow) => flow.last ?? "").filter(Boolean)
    .sort((a, b) => endOf(a).getTime() - endOf(b).getTime()).at(-1);
  const embargoed = flows.find((flow) => flow.embargoed)?.embargoed;
  const next = soonest(list.store, flows);
  $("front-clock").replaceChildren(...clockTerms(list.store,
    { last, embargoed, next: next?.next, nextAt: next?.nextAt, timeZone: list.store.timeZone }));
}

/**
 * @param {Catalogue} list
 * @param {Listed[]} listed
 * @returns {Promise<() => void>} shows it, once everything has come
 */
export async function frontPage(list, listed) {
  const { store } = list;
  const flows = dataflowsOf(list);
  const sources = list.intake?.sources;
  const headlines = await headlinesOf(list, flows);
  const all = await Promise.all(headlines.map((headline) => newsOf(headline,
    { .../** @type {Dataflow} */ (flows.find(({ id }) => id === headline.dataflow)), sources,
      corrections: list.lifeCycle?.corrections })));
  return () => {
    document.title = `${t("front")} \u2013 ${store.title}`;
    $("front-store").textContent = store.title;
    showFrontClock(list);
    showNone(list, flows);
    const released = flows.some((flow) => flow.last);
    $("news").replaceChildren(...(released ? all.map(card) : []));
    $("news").hidden = !released;
    $("news-note").hidden = !all.some(({ series }) => series);
    $("news-note").textContent = t("news-note");
    $("news-terms").replaceChildren(termsLine(FRONT_TERMS));
    showRevisions(all);
    $("front-about").textContent = t("front-words", { title: store.title,
      controller: store.controller, purpose: store.purpose, basis: store.legalBasis });
    $("front-flows").replaceChildren(...listed.map(shelved));
  };
}
