// What changed between two states of the ledger: cells revised, cells new.
//
// Not here: the figures of either state; the server answers for any tree size.
"use strict";

import { dataPath, ask, seriesOf } from "./api.js";

// States that are kept, by address: an earlier state never changes.
const KEPT = 8;
const kept = new Map();

function once(path) {
  if (!kept.has(path)) {
    if (kept.size >= KEPT) kept.delete(kept.keys().next().value);
    const asked = ask(path);
    kept.set(path, asked);
    asked.catch(() => kept.delete(path));
  }
  return kept.get(path);
}

const name = (key, period) => `${key.join(".")} ${period}`;

// The cells that are shown as they were at an earlier size; none where nothing was released then.
async function earlier(view, size, series) {
  const rows = series.flatMap((one) => one.rows);
  const [first, last] = rows.reduce(([a, b], row) =>
    [row.begins < a.begins ? row : a, row.begins > b.begins ? row : b], [rows[0], rows[0]]);
  try {
    // The same periods and no others, whatever was the newest then.
    const range = { start: first.period, end: last.period, all: false };
    return seriesOf(await once(dataPath({ ...view, ...range }, { asOf: size })));
  } catch (error) {
    if (error.code === "nothing-released") return [];
    throw error;
  }
}

// Compares the series shown with those of an earlier size.
//
// `of(key, row)` is null where a cell is as it was, its earlier figure where it was revised, and
// `{fresh: true}` where it is new.
export async function changesSince(view, size, series) {
  const was = new Map((await earlier(view, size, series)).flatMap((one) =>
    one.rows.map((row) => [name(one.key, row.period), row])));
  const of = (key, row) => {
    const before = was.get(name(key, row.period));
    if (!before) return { fresh: true };
    return before.value === row.value && before.margin === row.margin ? null : before;
  };
  const cells = series.flatMap((one) => one.rows.map((row) => ({ row, was: of(one.key, row) })));
  return {
    of, size,
    revised: cells.filter((cell) => cell.was && !cell.was.fresh),
    fresh: cells.filter((cell) => cell.was?.fresh).length,
    shared: cells.filter((cell) => !cell.was?.fresh).length,
  };
}
