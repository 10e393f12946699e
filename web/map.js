// The map of a dimension of countries, by period, with a list of what has no place on it and a
// table of the same figures.
//
// The figures of all periods are fetched once. Colours are classes of values (classes.js) that are
// the same in every period; a figure of low reliability is also hatched.
//
// Not here: outlines and drawing (world.js), and the slider (timeline.js).
"use strict";

import { REGIONS } from "./address.js";
import { askMeasured, dataPath, seriesOf } from "./api.js";
import { classOf, thresholdsOf } from "./classes.js";
import { choice, codeChoices, lacking } from "./controls.js";
import { element, loadStyle } from "./dom.js";
import { figureWords, isRate, writing } from "./numbers.js";
import { periodWords, untilWords } from "./periods.js";
import { TOTAL, codeWords, countriesOf, groupsOf, inUnits, intervalWords, isIncomplete, isWeak,
  nameOf, nameOfDimension, seriesWords, silentWords, statusWords } from "./series.js";
import { isMeasured, keyOfList } from "./lists.js";
import { timeline } from "./timeline.js";
import { unmeasured } from "./unmeasured.js";
import { codeAt, fillOf, hints, outlined, outlines, swatch, worldOf } from "./world.js";
import { t } from "./words.js";

/** @import { Dimension, Picture, Row, Scene, Series, Shape, Structure, View }
  from "./types" */
/** @import { Look } from "./world.js" */
/** @typedef {Row & { key: string[], code: string }} CountryRow */
/**
 * What a map shows: of which dimension, with which figures, and whether any is of a country.
 * @typedef {{ structure: Structure, view: View, position: number, dimension: Dimension,
 *   series: Series[], groups: Set<string>, onMap: Set<string>, byCountry: boolean,
 *   thresholds: number[] }} Atlas
 */

// The height of the drawing, as style.css reserves it.
const HEIGHTS = [260, 440];

/**
 * The figures that were fetched last, so that a map which is only drawn again asks for nothing.
 * @type {{ of: string, series: Promise<Series[]> } | null}
 */
let fetched = null;

/**
 * The dimension that the map shows: the one that the view names, or else the first.
 * @param {Structure} structure
 * @param {View} view
 */
function positionOf(structure, view) {
  const positions = countriesOf(structure);
  return positions.find((n) => structure.dimensions[n].id === view.by) ?? positions[0];
}

/**
 * The figures of every country and group, for the first code chosen in each other dimension.
 * Groups are asked for apart, because they may be measured where countries are not.
 * @param {Scene} scene
 * @param {number} position of the dimension of countries
 * @returns {Promise<Series[]>}
 */
function figures({ page, structure, view }, position) {
  const dimension = structure.dimensions[position];
  const groups = groupsOf(dimension);
  const codes = dimension.codes.map(({ id }) => id).filter((id) => id !== TOTAL);
  const paths = [codes.filter((id) => !groups.has(id)), [...groups]].filter((ids) => ids.length)
    .map((ids) => keyOfList(view, position, ids))
    .filter((key) => isMeasured(structure, key)).map((key) => dataPath({ ...view, key }));
  const of = [page.size, ...paths].join(" ");
  if (fetched?.of !== of) {
    fetched = { of, series: Promise.all(paths.map(askMeasured)).then((all) =>
      all.flatMap((answer) => (answer ? seriesOf(answer) : []))) };
  }
  return fetched.series;
}

/** The figures that make the classes: those that are reliable, or else rates that are not too
 * wide, or else all. @type {(structure: Structure, rows: Row[]) => Row[]} */
const telling = (structure, rows) => [rows.filter((row) => !isWeak(row)),
  rows.filter((row) => isRate(structure) && row.high - row.low <= 1)].find(({ length }) => length)
  ?? rows;

/** @type {(scene: Scene, shapes: Shape[], series: Series[], position: number) => Atlas} */
function atlasOf({ structure, view }, shapes, series, position) {
  const dimension = structure.dimensions[position];
  const groups = groupsOf(dimension);
  const onMap = outlined(shapes, dimension.codes.map(({ id }) => id));
  const rows = series.filter(({ key }) => !groups.has(key[position])).flatMap((one) => one.rows);
  return { structure, view, position, dimension, series, groups, onMap,
    byCountry: rows.length > 0, thresholds: thresholdsOf(telling(structure, rows)) };
}

/** @type {(atlas: Atlas, period: string) => CountryRow[]} */
const rowsOf = ({ series, position }, period) => series.flatMap(({ key, rows }) =>
  rows.filter((row) => row.period === period)
    .map((row) => ({ key, code: key[position], ...row })))
  .sort((a, b) => b.value - a.value);

/** @type {(atlas: Atlas, code: string) => string} */
const nameIn = ({ dimension, view }, code) => codeWords(dimension, code, view.codes);

/** @type {(atlas: Atlas, row: Row) => { step: number, weak: boolean }} */
const lookOf = ({ thresholds }, row) =>
  ({ step: classOf(thresholds, row.value), weak: isWeak(row) });

// ---------------------------------------------------------------- words

/**
 * What the figures are, without the period.
 * @param {Atlas} atlas
 */
function subject({ structure, view, position }) {
  const key = view.key.map((part, n) => (n === position ? TOTAL : part[0]));
  const words = seriesWords(structure, key, view.codes);
  const by = t("map-by", { dimension: nameOfDimension(structure, position) });
  return [by, words === t("total") ? "" : words, inUnits(structure, key)].filter(Boolean)
    .join(" \u00b7 ");
}

/** @type {(atlas: Atlas, row: CountryRow) => string} */
function hintWords(atlas, row) {
  const { structure } = atlas;
  const { above } = writing(structure);
  const figure = figureWords(structure, row);
  const few = row.low > 0 || isRate(structure) ? figure
    : t("map-few", { figure, high: above(row.high) });
  return [nameIn(atlas, row.code), few, ...(isWeak(row) ? [t("flag-u")] : []),
    ...(isIncomplete(row) ? [silentWords(structure, [row])] : [])].join("\n");
}

/** @type {(atlas: Atlas) => string[]} */
function notes({ structure, view, position, series }) {
  const other = countriesOf(structure).find((n) => n !== position);
  const asked = series.some((one) => one.embargoed.length) || !(view.end || view.asOf);
  const last = asked ? structure.embargoed?.last : null;
  return [
    last ? t("map-embargoed", { last: periodWords(last), until: untilWords(structure) }) : "",
    other === undefined ? "" : t("map-pick", { dimension: nameOfDimension(structure, other) }),
  ].filter(Boolean);
}

// ---------------------------------------------------------------- legend, lists and table

/**
 * What the looks of countries mean, in words.
 * @param {Atlas} atlas
 * @returns {[Look, string][]}
 */
function meanings({ structure, byCountry, thresholds }) {
  if (!byCountry) return [[null, t("map-none")]];
  const { exact } = writing(structure);
  const last = thresholds.length;
  const words = (/** @type {number} */ n) => {
    if (n === 0) return last ? t("map-under", { high: exact(thresholds[0]) }) : t("map-any");
    const low = exact(thresholds[n - 1]);
    return n === last ? t("map-over", { low })
      : t("map-class", { low, high: exact(thresholds[n]) });
  };
  return [...Array.from({ length: last + 1 }, (_, step) =>
    /** @type {[Look, string]} */ ([{ step, weak: false }, words(step)])),
  [{ step: Math.min(1, last), weak: true }, t("map-weak")], [null, t("map-none")]];
}

/** @type {(atlas: Atlas) => Element[]} */
const legendOf = (atlas) => meanings(atlas).map(([look, words]) =>
  element("span", { class: "key" }, swatch(look, atlas.thresholds.length + 1), words));

/**
 * What has no place on the map: codes without an outline, and groups apart.
 * @param {Atlas} atlas
 * @param {CountryRow[]} rows
 * @returns {Element[]}
 */
function lists(atlas, rows) {
  const { structure, groups, onMap, thresholds } = atlas;
  const item = (/** @type {CountryRow} */ row) => element("li", {},
    groups.has(row.code) ? null : swatch(lookOf(atlas, row), thresholds.length + 1),
    element("span", {}, nameIn(atlas, row.code)), " ",
    element("span", { class: isWeak(row) ? "figure-of weak" : "figure-of" },
      figureWords(structure, row), " ",
      isWeak(row) ? element("abbr", { title: t("flag-u") }, "[u]") : null));
  const list = (/** @type {string} */ name, /** @type {CountryRow[]} */ some) => (some.length
    ? [element("section", { class: "beside" }, element("h3", {}, t(name)),
      element("ul", {}, some.map(item)))] : []);
  return [
    ...list("map-groups", rows.filter(({ code }) => groups.has(code))),
    ...list("map-beside", rows.filter(({ code }) => !groups.has(code) && !onMap.has(code))),
  ];
}

/** @type {(atlas: Atlas, rows: CountryRow[], caption: string) => HTMLTableElement} */
function tableOf(atlas, rows, caption) {
  const { structure, dimension, groups } = atlas;
  const counts = !isRate(structure);
  const { nearest, below, above } = writing(structure);
  const head = (/** @type {string} */ text, kind = "number") =>
    element("th", { scope: "col", class: kind }, text);
  const cell = (/** @type {string} */ text, kind = "number") =>
    element("td", { class: kind }, text);
  const line = (/** @type {CountryRow} */ row) => element("tr", {
    class: isWeak(row) ? "weak" : null, title: intervalWords(structure, row.key, row) },
  element("th", { scope: "row" }, nameIn(atlas, row.code)),
  cell(nearest(row.value), "number value-cell"),
  counts ? cell(`\u00b1 ${above(row.margin)}`) : null, cell(below(row.low)),
  cell(above(row.high)), cell(statusWords(structure, row), "status"));
  const part = (/** @type {CountryRow[]} */ some, /** @type {Element | null} */ title) =>
    (some.length ? element("tbody", {}, title, some.map(line)) : null);
  const title = element("tr", {}, element("th", { scope: "rowgroup", colspan: counts ? 6 : 5 },
    t("map-groups")));
  return element("table", {}, element("caption", {}, caption),
    element("thead", {}, element("tr", {}, head(dimension.name, ""), head(t("value")),
      counts ? head(t("margin")) : null, head(t("low")), head(t("high")),
      head(t("status"), "status"))),
    part(rows.filter(({ code }) => !groups.has(code)), null),
    part(rows.filter(({ code }) => groups.has(code)), title));
}

// ---------------------------------------------------------------- controls

/**
 * The choices of the codes in the other dimensions, and of the dimension itself: all codes of
 * another dimension of countries.
 * @param {Atlas} atlas
 * @param {Scene} scene
 */
function choices(atlas, scene) {
  const { position, dimension } = atlas;
  const { structure, view, change } = scene;
  const sides = countriesOf(structure);
  const others = sides.filter((n) => n !== position).map((n) => {
    const title = nameOfDimension(structure, n);
    const { id, codes } = structure.dimensions[n];
    const inOrder = [...codes.filter((code) => code.id === TOTAL),
      ...codes.filter((code) => code.id !== TOTAL)];
    return choice(`map-${id}`, title, inOrder.map((code) => [code.id,
      code.id === TOTAL ? t("map-all", { dimension: title })
        : nameOf(structure.dimensions[n], code)]),
    view.key[n][0], (code) => change({ key: withOnly(view, n, code) }));
  });
  const all = [...others, ...codeChoices(scene, sides)];
  if (sides.length < 2) return all;
  return [choice("map-by", t("map-shows"), sides.map((n) =>
    [structure.dimensions[n].id, nameOfDimension(structure, n)]), dimension.id,
  (by) => change({ by })), ...all];
}

/** @type {(view: View, n: number, code: string) => string[][]} */
const withOnly = (view, n, code) => view.key.map((part, each) => (each === n ? [code] : part));

/** That there are no figures by country. @type {(atlas: Atlas) => Element} */
const lackingOf = ({ structure, view, position, dimension }) => unmeasured(structure, view,
  { position, codes: dimension.codes.map(({ id }) => id) });

/** @type {(atlas: Atlas, scene: Scene, ...first: Element[]) => Element[]} */
const heads = (atlas, scene, ...first) => [
  element("p", { class: "map-what" }, subject(atlas)),
  element("div", { class: "map-choices" }, ...first, ...choices(atlas, scene))];

// ---------------------------------------------------------------- the map

/**
 * What of the map changes with the period, and how.
 * @param {Atlas} atlas
 * @param {Scene} scene
 */
function shownBy(atlas, scene) {
  const { structure } = scene;
  const beside = element("div", { class: "besides" });
  const silent = element("span", {});
  const table = element("table", {});
  const what = subject(atlas);
  /** @type {Map<string, CountryRow>} */
  let byCode = new Map();
  const turnTo = (/** @type {string} */ period) => {
    const rows = rowsOf(atlas, period);
    byCode = new Map(rows.map((row) => [row.code, row]));
    beside.replaceChildren(...lists(atlas, rows));
    silent.textContent = silentWords(structure, rows);
    silent.hidden = !silent.textContent;
    table.replaceChildren(...tableOf(atlas, rows, `${what}, ${periodWords(period, true)}`)
      .children);
  };
  return { beside, silent, table, turnTo,
    look: (/** @type {string} */ code) => {
      const row = byCode.get(code);
      return row ? lookOf(atlas, row) : null;
    },
    hint: (/** @type {string} */ code) => {
      const row = byCode.get(code);
      return row ? hintWords(atlas, row) : `${nameIn(atlas, code)}\n${t("map-none")}`;
    } };
}

/**
 * Draws a region; a click on a country chooses it on the other side, where there is one.
 * @param {Atlas} atlas
 * @param {Scene} scene
 * @param {Shape[]} shapes
 * @param {string} region
 * @param {ReturnType<typeof shownBy>} shown
 */
function drawn(atlas, { structure, view, width, change }, shapes, region, shown) {
  const { position, dimension, onMap, thresholds } = atlas;
  const height = Math.min(HEIGHTS[1], Math.max(HEIGHTS[0], Math.round(width * 0.5)));
  const world = worldOf(shapes, [...onMap], { region, width, height,
    steps: thresholds.length + 1 });
  world.svg.setAttribute("role", "img");
  world.svg.setAttribute("aria-label",
    t("map-label", { dimension: dimension.name, region: t(`region-${region}`) }));
  hints(world.svg, shown.hint);
  const other = countriesOf(structure).find((n) => n !== position);
  if (other === undefined) return world;
  const chosen = view.key[other][0];
  world.svg.classList.add("pick");
  for (const node of world.svg.querySelectorAll(`[data-code="${CSS.escape(chosen)}"]`)) {
    node.classList.add("picked");
    node.parentElement?.append(node);
  }
  world.svg.addEventListener("click", (event) => {
    const code = codeAt(event);
    const known = structure.dimensions[other].codes.some(({ id }) => id === code);
    if (code && known) change({ key: withOnly(view, other, code === chosen ? TOTAL : code) });
  });
  return world;
}

/**
 * @param {Scene} scene
 * @returns {Promise<Picture>}
 */
export async function show(scene) {
  const { structure, view, change, keep } = scene;
  const position = positionOf(structure, view);
  const [shapes, series] = await Promise.all([outlines(), figures(scene, position),
    loadStyle("map.css")]);
  const atlas = atlasOf(scene, shapes, series, position);
  const periods = [...new Set(series.flatMap((one) => one.rows.map((row) => row.period)))].sort();
  if (!periods.length) {
    return { drawing: lackingOf(atlas), legend: [], controls: heads(atlas, scene) };
  }
  let period = view.at ?? periods[periods.length - 1];
  if (!periods.includes(period)) {
    const known = timeline(periods, periods[0], () => {}, (at) => change({ at }));
    return { drawing: lacking(t("period-none", { period })), legend: [],
      controls: [...heads(atlas, scene), known] };
  }
  const shown = shownBy(atlas, scene);
  shown.turnTo(period);
  let world = drawn(atlas, scene, shapes, view.region, shown);
  world.paint(shown.look);
  const slider = timeline(periods, period, (at) => {
    period = at;
    shown.turnTo(period);
    world.paint(shown.look);
  }, (at) => keep({ at }));
  const regions = choice("map-region", t("map-region"), REGIONS.map((id) =>
    [id, t(`region-${id}`)]), view.region, (region) => {
    const next = drawn(atlas, scene, shapes, region, shown);
    world.svg.replaceWith(next.svg);
    world = next;
    world.paint(shown.look);
    keep({ region });
  });
  return { drawing: world.svg, controls: [...heads(atlas, scene, regions), slider],
  legend: [...(atlas.byCountry ? [] : [lackingOf(atlas)]), ...legendOf(atlas), shown.silent,
    ...notes(atlas).map((note) => element("p", { class: "map-note" }, note)),
    shown.beside, element("p", {}, t("map-note"))],
  table: shown.table, data: { name: subject(atlas), series,
    view: { ...view, key: keyOfList(view, position, []) } },
  file: { line: `${subject(atlas)}, ${periodWords(period, true)}`,
    key: meanings(atlas).map(([look, words]) =>
      ({ words, colour: fillOf(look, atlas.thresholds.length + 1) })) } };
}
