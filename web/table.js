// The table: a row for each period with the interval of one series, or several series by the
// dimensions that the reader puts on rows and columns. No value is without its margin.
//
// Not here: which figures changed (revisions.js); where figures stand (pivot.js); the controls
// (axes.js).
"use strict";

import { actButton, axisControls, axisName, pageOf, pager } from "./axes.js";
import { $, element, redrawn } from "./dom.js";
import { figureWords, isRate, precisionWords, writing } from "./numbers.js";
import { begins, periodWords, untilWords } from "./periods.js";
import { NAME, TIME, inOrder, linesInOrder, nameOfLine, pivot, sortingOf, unfolded }
  from "./pivot.js";
import { commonWords, countedWords, flagsOf, inUnits, isWeak, seriesWords, silentWords,
  statusWords } from "./series.js";
import { term } from "./terms.js";
import { labelled, t } from "./words.js";

/** @import { Child, Earlier, Line, Row, Series, Sorting, Structure, Tabled } from "./types" */

// A page of a table has at most these numbers of columns and rows, and about this number of cells:
// more would make browsers slow.
const COLUMNS_PAGE = 60;
const ROWS_PAGE = 300;
const CELLS_PAGE = 2000;

/** @type {(columns: number) => number} */
const rowsPage = (columns) => Math.min(ROWS_PAGE, Math.floor(CELLS_PAGE / columns));

/**
 * What is folded and which page is shown, for the table of this name and order.
 * @type {{ name: string, sort: string | null, folded: Set<string>, row: number, column: number }}
 */
let kept = { name: "", sort: null, folded: new Set(), row: 0, column: 0 };

/** @type {(structure: Structure, row: Row) => Child} */
function flagMarks(structure, row) {
  const text = flagsOf(row).map((flag) => `[${flag}]`).join("\u2009");
  const silent = silentWords(structure, [row]);
  const title = silent ? `${statusWords(structure, row)}. ${silent}` : statusWords(structure, row);
  return text ? element("abbr", { title }, text) : "";
}

/** @type {(text: string, title: string | null, kind?: string) => Element} */
const number = (text, title, kind = "") =>
  element("td", { class: `number ${kind}`, title }, text);

/** The count behind a nowcast.
 * @type {(structure: Structure, row: Row) => Child[]} */
const countedSpan = (structure, row) => (row.counted
  ? [" ", element("span", { class: "cell-counted" }, countedWords(structure, row))] : []);

/** @type {(was: Earlier | null | undefined) => Child} */
function changeMark(was) {
  if (!was) return "";
  return element("span", { class: "mark" }, t(was.isNew ? "new-mark" : "revised-mark"));
}

/** @type {(structure: Structure, was: Earlier | null | undefined) => string} */
const earlierWords = (structure, was) => (was && !was.isNew ? figureWords(structure, was) : "");

/**
 * A period without a figure, and why there is none.
 * @param {string} period
 * @param {number} columns
 * @param {string} words
 */
const emptyRow = (period, columns, words) => element("tr", { class: "empty" },
  element("th", { scope: "row" }, periodWords(period)),
  element("td", { colspan: columns - 1 }, words));

// ---------------------------------------------------------------- sorting

/**
 * The order of the rows after a click on the head of a column: each of the two directions, then the
 * usual order.
 * @param {string} column
 * @param {Sorting | null} sorting
 * @param {boolean} isUsual whether the usual order is that of this column, from the largest
 * @returns {string | null}
 */
function nextSort(column, sorting, isUsual) {
  const current = sorting?.column === column ? sorting : null;
  if (isUsual) return current?.isUp ? null : `up.${column}`;
  const firstUp = column === NAME;
  if (!current) return `${firstUp ? "up" : "down"}.${column}`;
  return current.isUp === firstUp ? `${firstUp ? "down" : "up"}.${column}` : null;
}

/**
 * The head of a column: a button that sorts the rows.
 * @param {Tabled} tabled
 * @param {string} column
 * @param {string} words
 * @param {{ kind?: string, rowspan?: number, isUsual?: boolean }} [form]
 */
function sortHead({ view, change }, column, words, { kind = "number", rowspan, isUsual } = {}) {
  const sorting = sortingOf(view);
  const current = sorting?.column === column ? sorting : null;
  const usual = isUsual && !sorting ? "descending" : null;
  const order = current ? (current.isUp ? "ascending" : "descending") : usual;
  const button = actButton(`sort-${column}`, words, () =>
    change({ sort: nextSort(column, sorting, Boolean(isUsual)) }), { kind: "sort" });
  return element("th", { scope: "col", class: kind, rowspan, "aria-sort": order }, button);
}

// ---------------------------------------------------------------- one series

/**
 * The values of a row by which the table of one series can be sorted, by the names of its columns.
 * @type {Record<string, (row: Row) => number>}
 */
const SORTED_BY = { value: (row) => row.value, margin: (row) => row.margin, low: (row) => row.low,
  high: (row) => row.high };

/** @type {(tabled: Tabled, row: Row, was: Earlier | null | undefined) => Element} */
function singleRow({ structure, changes }, row, was) {
  const { nearest, below, above, exact } = writing(structure);
  const kinds = [isWeak(row) && "weak", was && "changed"].filter(Boolean).join(" ");
  return element("tr", { class: kinds || null },
    element("th", { scope: "row" }, periodWords(row.period)),
    element("td", { class: "number value-cell", title: exact(row.value) }, nearest(row.value),
      ...countedSpan(structure, row)),
    isRate(structure) ? null : number(`\u00b1 ${above(row.margin)}`, exact(row.margin)),
    number(below(row.low), exact(row.low)), number(above(row.high), exact(row.high)),
    changes ? number(earlierWords(structure, was), was && !was.isNew ? exact(was.value) : null)
      : null,
    element("td", { class: "status" }, flagMarks(structure, row), " ", changeMark(was)));
}

/**
 * The table of one series.
 * @param {Tabled} tabled
 * @param {Series} series
 */
function single(tabled, series) {
  const { structure, view, changes } = tabled;
  const heads = [
    sortHead(tabled, NAME, t("period"), { kind: "corner", isUsual: true }),
    ...Object.keys(SORTED_BY).filter((id) => id !== "margin" || !isRate(structure))
      .map((id) => sortHead(tabled, id, t(id))),
    changes ? element("th", { scope: "col", class: "number" }, t("was")) : null,
    element("th", { scope: "col", class: "status" }, t("status"))].filter((head) => head !== null);
  const empty = series.unpublished.map((period) => ({ begins: begins(period), row: null,
    draw: () => emptyRow(period, heads.length, t("unpublished")) }));
  const full = series.rows.map((row) => ({ begins: row.begins, row,
    draw: () => singleRow(tabled, row, changes?.changeOf(series.key, row)) }));
  const sorting = sortingOf(view);
  const isSortable = !sorting || [NAME, ...Object.keys(SORTED_BY)].includes(sorting.column);
  const valueOf = sorting && SORTED_BY[sorting.column];
  const lines = inOrder([...full, ...empty], (line) => (!valueOf ? line.begins.getTime()
    : line.row ? valueOf(line.row) : undefined), isSortable && Boolean(sorting?.isUp));
  const page = pageOf(lines, rowsPage(heads.length), kept.row);
  return { heads: [heads], rows: page.shown.map((line) => line.draw()), width: heads.length,
    isWide: false, pages: { rows: page, columns: null }, isSortable, lines: [] };
}

// ---------------------------------------------------------------- several series

/** @type {(tabled: Tabled, key: string[] | undefined, row: Row | undefined) => Element} */
function cell({ structure, changes }, key, row) {
  if (!key || !row) return element("td", { class: "number" }, "\u2013");
  const was = changes?.changeOf(key, row);
  const { nearest, exact } = writing(structure);
  return element("td", { class: `number ${isWeak(row) ? "weak" : ""} ${was ? "changed" : ""}`,
    title: `${exact(row.low)} \u2013 ${exact(row.high)}` },
    element("span", { class: "value-cell" }, nearest(row.value)),
    element("span", { class: "cell-margin" }, ` ${precisionWords(structure, row)}`),
    ...countedSpan(structure, row),
    flagsOf(row).length ? element("span", { class: "cell-flags" }, " ",
      flagMarks(structure, row)) : null,
    was ? element("span", { class: "cell-was" }, changeMark(was), " ",
      earlierWords(structure, was)) : null);
}

/**
 * The heads of the columns: a row for each dimension, the innermost with the buttons that sort.
 * @param {Tabled} tabled
 * @param {string[]} onRows
 * @param {string[]} onColumns
 * @param {Line[]} columns
 */
function pivotHeads(tabled, onRows, onColumns, columns) {
  const { structure } = tabled;
  const levels = Math.max(1, onColumns.length);
  const corner = sortHead(tabled, NAME,
    onRows.map((id) => axisName(structure, id)).join(" \u00b7 "),
    { kind: "corner", rowspan: levels, isUsual: onRows.join() === TIME });
  return Array.from({ length: levels }, (_, level) => {
    if (level === levels - 1) {
      const heads = columns.map((column) => sortHead(tabled, nameOfLine(column),
        column.words[level] ?? t("value"), { kind: "number series-head" }));
      return level ? heads : [corner, ...heads];
    }
    /** @type {{ name: string, words: string, count: number }[]} */
    const runs = [];
    for (const { path, words } of columns) {
      const name = nameOfLine({ path: path.slice(0, level + 1) });
      if (runs.at(-1)?.name === name) runs[runs.length - 1].count += 1;
      else runs.push({ name, words: words[level], count: 1 });
    }
    const heads = runs.map(({ words, count }) => element("th",
      { scope: "colgroup", colspan: count, class: "outer-head" }, element("span", {}, words)));
    return level ? heads : [corner, ...heads];
  });
}

/**
 * The head of a row: its name, after those of its outer codes for who cannot see where it stands,
 * and a button that folds what is inside it.
 * @param {Line} line
 * @param {number} depth
 * @param {() => void} draw
 */
function rowHead(line, depth, draw) {
  const name = nameOfLine(line);
  const words = line.words[line.words.length - 1];
  const outer = line.words.slice(0, -1).map((word) => `${word} \u00b7 `).join("");
  const fold = line.inside.length ? actButton(`fold-${name}`, "", () => {
    if (!kept.folded.delete(name)) kept.folded.add(name);
    draw();
  }, { label: t("fold", { name: outer + words }), kind: "fold" }) : null;
  fold?.setAttribute("aria-expanded", String(!kept.folded.has(name)));
  const head = element("th", { scope: "row" }, element("div", { class: "row-head" }, fold,
    element("span", {}, outer ? element("span", { class: "unseen" }, outer) : null, words)));
  head.style.setProperty("--depth", String(depth));
  return head;
}

/**
 * The table of several series.
 * @param {Tabled} tabled
 * @param {() => void} draw
 */
function several(tabled, draw) {
  const { structure, view, series } = tabled;
  const { onRows, onColumns, lines, columns, at } = pivot(structure, view, series);
  const sorting = sortingOf(view);
  const by = columns.find((column) => nameOfLine(column) === sorting?.column);
  const isSortable = !sorting || sorting.column === NAME || Boolean(by);
  const ordered = sorting && isSortable ? linesInOrder(lines, (line) =>
    (by ? at(line, by)?.row.value : line.order), sorting.isUp) : lines;
  const across = pageOf(columns, COLUMNS_PAGE, kept.column);
  const visible = unfolded(ordered, kept.folded);
  const down = pageOf(visible, rowsPage(across.shown.length), kept.row);
  const rows = down.shown.map(({ line, depth }) => element("tr",
    { class: line.inside.length ? "group" : null }, rowHead(line, depth, draw),
    line.hasFigures ? across.shown.map((column) => {
      const figure = at(line, column);
      return cell(tabled, figure?.key, figure?.row);
    }) : element("td", { colspan: across.shown.length })));
  return { heads: pivotHeads(tabled, onRows, onColumns, across.shown), rows,
    width: across.shown.length + 1, isWide: true, pages: { rows: down, columns: across },
    isSortable, lines };
}

// ---------------------------------------------------------------- the whole

/**
 * The periods under embargo, newest first: rows where rows are periods, words elsewhere.
 * @param {Tabled} tabled
 * @param {number} width
 */
function embargoed({ structure, view, series }, width) {
  const periods = [...new Set(series.flatMap((one) => one.embargoed))].sort().reverse();
  const until = untilWords(structure);
  if (!periods.length) return { rows: [], words: [] };
  if (!view.rows) {
    return { rows: periods.map((period) =>
      emptyRow(period, width, t("embargoed", { until }))), words: [] };
  }
  const names = periods.map((period) => periodWords(period)).join("; ");
  return { rows: [], words: [element("p", {}, labelled(names, t("embargoed", { until })))] };
}

/**
 * Buttons that fold every line that has others inside, and unfold it.
 * @param {Line[]} lines
 * @param {() => void} draw
 */
function foldControls(lines, draw) {
  /** @type {(all: Line[]) => string[]} */
  const foldable = (all) => all.flatMap((line) =>
    (line.inside.length ? [nameOfLine(line), ...foldable(line.inside)] : []));
  /** @type {(folded: Set<string>) => () => void} */
  const set = (folded) => () => {
    kept.folded = folded;
    draw();
  };
  return element("p", { class: "axis" },
    actButton("fold-all", t("fold-all"), set(new Set(foldable(lines)))),
    actButton("unfold-all", t("unfold-all"), set(new Set())));
}

/** @type {(tabled: Tabled) => string} */
function captionOf({ structure, view, series }) {
  const common = commonWords(structure, view);
  const [{ key }] = series;
  const all = common ? labelled(structure.name, common) : structure.name;
  return [series.length === 1 ? seriesWords(structure, key, view.codes) : all,
    inUnits(structure, key), view.sort ? "" : t("newest-first")].filter(Boolean).join(", ");
}

/** @type {(tabled: Tabled) => void} */
function drawTable(tabled) {
  const { structure, view, series, change } = tabled;
  const again = () => drawTable(tabled);
  const table = series.length === 1 && !view.rows ? single(tabled, series[0])
    : several(tabled, again);
  const { rows: held, words } = embargoed(tabled, table.width);
  const node = element("table", { class: table.isWide ? "wide" : null },
    element("caption", { id: "caption" }, element("span", {}, captionOf(tabled))),
    element("thead", {}, table.heads.map((row) => element("tr", {}, row))),
    element("tbody", {}, held, table.rows));
  const turn = (/** @type {"row" | "column"} */ axis) => (/** @type {number} */ first) => {
    kept[axis] = first;
    again();
  };
  // Asking makes the browser lay out the page, which a first table need not wait for.
  const left = $("table").hasChildNodes() ? $("table").scrollLeft : 0;
  redrawn($("table"), () => {
    $("table").replaceChildren(node);
    $("table-axes").replaceChildren(...axisControls(structure, view, change),
      ...(table.lines.some(({ inside }) => inside.length) ? [foldControls(table.lines, again)]
        : []));
    const pagers = [pager("rows", table.pages.rows, turn("row")),
      table.pages.columns && pager("columns", table.pages.columns, turn("column"))];
    const sorted = view.sort ? element("p", { class: table.isSortable ? null : "note" },
      table.isSortable ? t("overlap") : t("sort-none", { column: sortingOf(view)?.column })) : null;
    $("table-pages").replaceChildren(...[...pagers, ...words, sorted]
      .filter((part) => part !== null));
  });
  if (left) $("table").scrollLeft = left;
  // The names of outer columns stay in sight, beside the heads of the rows.
  const corner = /** @type {HTMLElement | null} */ (node.querySelector(".corner"));
  if (table.heads.length > 1) node.style.setProperty("--frozen", `${corner?.offsetWidth ?? 0}px`);
}

/**
 * Shows the table of an answer's series, with its controls. What the reader has folded, and the
 * page, stay while the selection and the order are the same.
 * @param {Tabled} tabled
 */
export function showTable(tabled) {
  const { flow, key, rows, sort } = tabled.view;
  const name = JSON.stringify([flow, key, rows]);
  if (name !== kept.name) kept = { name, sort, folded: new Set(), row: 0, column: 0 };
  else if (sort !== kept.sort) kept = { ...kept, sort, row: 0 };
  drawTable(tabled);
}

/**
 * The flags in the order of the legend, each with its term in the glossary.
 * @type {Record<string, string>}
 */
const FLAGS = { b: "break", p: "provisional", e: "nowcast", u: "low-reliability",
  z: "structural-zero", s: "silent" };

/**
 * The words of the flags that the series have, each a link to what it means.
 * @param {Series[]} series
 * @returns {(string | Element)[]}
 */
export function legendOf(series) {
  const rows = series.flatMap((one) => one.rows);
  const shown = Object.keys(FLAGS).filter((flag) =>
    rows.some((row) => flagsOf(row).includes(flag)));
  return shown.flatMap((flag, n) => [n ? " \u00b7 " : "", `[${flag}] `,
    term(FLAGS[flag], t(`flag-${flag}`))]);
}
