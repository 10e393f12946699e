// Where the figures of a table stand: which dimensions on its rows and which on its columns, and in
// which order. Time is a dimension here. Members of a group follow their group.
//
// Not here: how the table is drawn (table.js), and how the reader changes it (axes.js).
"use strict";

import { TOTAL, codeWords, differing } from "./series.js";
import { periodWords } from "./periods.js";
import { locale } from "./words.js";

/** @import { Dimension, Line, PlacedFigure, Series, Sorting, Structure, View } from "./types" */

export const TIME = "TIME_PERIOD";
/** How addresses name the heads of the rows, and a column that no code names, for sorting. */
export const NAME = "name";
export const VALUE = "value";

/**
 * The dimensions on rows and on columns, outermost first. Without a choice of the reader, rows are
 * periods. Dimensions with one code stand nowhere unless the reader puts them on the rows.
 * @param {View} view
 * @param {Structure} structure
 * @returns {{ rows: string[], columns: string[] }}
 */
export function axesOf(view, structure) {
  const rows = view.rows ?? [TIME];
  const differs = differing(view);
  const ids = structure.dimensions.map(({ id }) => id).filter((_, n) => differs[n]);
  return { rows, columns: [...ids, TIME].filter((id) => !rows.includes(id)) };
}

/**
 * For each of these codes of a dimension, the codes just inside it; under an empty name, those that
 * are inside none. A code whose group is missing stands in the nearest group that is there. The
 * total comes first, and then the codes in the order of their list.
 * @param {Dimension} dimension
 * @param {Iterable<string>} codes
 * @returns {Map<string, string[]>}
 */
export function membersOf(dimension, codes) {
  const there = new Set(codes);
  const parents = new Map(dimension.codes.map(({ id, parent }) => [id, parent]));
  /** @type {Map<string, string[]>} */
  const members = new Map([["", there.has(TOTAL) ? [TOTAL] : []]]);
  for (const { id } of dimension.codes) {
    if (!there.has(id) || id === TOTAL) continue;
    let group = parents.get(id);
    while (group && !there.has(group)) group = parents.get(group);
    const inside = members.get(group ?? "");
    if (inside) inside.push(id);
    else members.set(group ?? "", [id]);
  }
  return members;
}

/**
 * Figures by the code that they have in a dimension.
 * @param {PlacedFigure[]} figures
 * @param {number} place the position of the dimension; -1 for time
 */
function byCode(figures, place) {
  /** @type {Map<string, PlacedFigure[]>} */
  const groups = new Map();
  for (const figure of figures) {
    const code = place < 0 ? figure.row.period : figure.key[place];
    const known = groups.get(code);
    if (known) known.push(figure);
    else groups.set(code, [figure]);
  }
  return groups;
}

/**
 * The lines of an axis as trees: one for each code of the outermost dimension, and inside it the
 * lines of the other dimensions, then those of its members.
 * @param {Structure} structure
 * @param {View} view
 * @param {string[]} axis
 * @param {PlacedFigure[]} figures
 * @param {Pick<Line, "path" | "words">} outer the codes of the dimensions further out
 * @returns {Line[]}
 */
function linesOf(structure, view, axis, figures, outer = { path: [], words: [] }) {
  const [id, ...inner] = axis;
  const place = structure.dimensions.findIndex((dimension) => dimension.id === id);
  const groups = byCode(figures, place);
  /** @type {(code: string, name: string, order: string | number, members: Line[]) => Line} */
  const line = (code, name, order, members) => {
    const here = { path: [...outer.path, code], words: [...outer.words, name] };
    const inside = inner.length
      ? linesOf(structure, view, inner, groups.get(code) ?? [], here) : [];
    return { ...here, order, hasFigures: !inner.length, inside: [...inside, ...members] };
  };
  if (place < 0) {
    const newestFirst = [...groups].map(([period, [{ row }]]) => ({ period, row }))
      .sort((a, b) => b.row.begins.getTime() - a.row.begins.getTime());
    return newestFirst.map(({ period, row }) =>
      line(period, periodWords(period), row.begins.getTime(), []));
  }
  const dimension = structure.dimensions[place];
  const members = membersOf(dimension, groups.keys());
  /** @type {(group: string) => Line[]} */
  const under = (group) => (members.get(group) ?? []).map((code) => {
    const name = codeWords(dimension, code, view.codes);
    return line(code, name, name, under(code));
  });
  return under("");
}

/**
 * The lines with figures, from the first to the last.
 * @param {Line[]} lines
 * @returns {Line[]}
 */
const flat = (lines) => lines.flatMap((line) =>
  [...(line.hasFigures ? [line] : []), ...flat(line.inside)]);

/**
 * The name of a line or a column: its codes, as in an address.
 * @param {Pick<Line, "path">} line
 */
export const nameOfLine = ({ path }) => path.join(".") || VALUE;

/**
 * The rows and columns of a table of figures, and the figure where a row and a column meet.
 * @param {Structure} structure
 * @param {View} view
 * @param {Series[]} series
 */
export function pivot(structure, view, series) {
  const { rows: onRows, columns: onColumns } = axesOf(view, structure);
  const figures = series.flatMap(({ key, rows }) => rows.map((row) => ({ key, row })));
  const places = new Map(structure.dimensions.map(({ id }, n) => [id, n]));
  /** @type {(figure: PlacedFigure, axis: string[]) => string} */
  const nameOn = ({ key, row }, axis) => nameOfLine({ path: axis.map((id) =>
    (id === TIME ? row.period : key[places.get(id) ?? 0])) });
  const cells = new Map(figures.map((figure) =>
    [`${nameOn(figure, onRows)} ${nameOn(figure, onColumns)}`, figure]));
  const lines = linesOf(structure, view, onRows, figures);
  /** @type {Line[]} */
  const columns = onColumns.length ? flat(linesOf(structure, view, onColumns, figures))
    : [{ path: [], words: [], order: 0, inside: [], hasFigures: true }];
  /** @type {(line: Pick<Line, "path">, column: Pick<Line, "path">) => PlacedFigure | undefined} */
  const at = (line, column) => cells.get(`${nameOfLine(line)} ${nameOfLine(column)}`);
  return { onRows, onColumns, lines, columns, at };
}

/**
 * How the view is sorted; null if it has the usual order.
 * @param {View} view
 * @returns {Sorting | null}
 */
export function sortingOf({ sort }) {
  if (!sort) return null;
  const dot = sort.indexOf(".");
  return { isUp: sort.slice(0, dot) === "up", column: sort.slice(dot + 1) };
}

/**
 * Things in the order of a value of each; those without one come last.
 * @template T
 * @param {T[]} things
 * @param {(thing: T) => number | string | undefined} valueOf
 * @param {boolean} isUp from the smallest to the largest
 * @returns {T[]}
 */
export function inOrder(things, valueOf, isUp) {
  const collator = new Intl.Collator(locale, { numeric: true });
  const valued = things.map((thing) => ({ thing, value: valueOf(thing) }));
  valued.sort(({ value: a }, { value: b }) => {
    if (a === undefined || b === undefined) {
      return Number(a === undefined) - Number(b === undefined);
    }
    const order = typeof a === "number" && typeof b === "number" ? a - b
      : collator.compare(String(a), String(b));
    return isUp ? order : -order;
  });
  return valued.map(({ thing }) => thing);
}

/**
 * Lines in the order of a value: those with the same outer codes and the same group among
 * themselves, so that each stays where it belongs.
 * @param {Line[]} lines
 * @param {(line: Line) => number | string | undefined} valueOf
 * @param {boolean} isUp
 * @returns {Line[]}
 */
export const linesInOrder = (lines, valueOf, isUp) => inOrder(lines, valueOf, isUp)
  .map((line) => (line.inside.length
    ? { ...line, inside: linesInOrder(line.inside, valueOf, isUp) } : line));

/**
 * The lines that are shown, each with its depth: not those inside a folded line.
 * @param {Line[]} lines
 * @param {Set<string>} folded names of lines
 * @param {number} depth
 * @returns {{ line: Line, depth: number }[]}
 */
export const unfolded = (lines, folded, depth = 0) => lines.flatMap((line) => [{ line, depth },
  ...(folded.has(nameOfLine(line)) ? [] : unfolded(line.inside, folded, depth + 1))]);
