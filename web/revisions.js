// What changed between two states of the ledger: cells revised, cells new.
//
// Not here: the figures of either state; the server answers for any tree size.
"use strict";

import { dataPath, ask, seriesOf } from "./api.js";

const name = (key, period) => `${key.join(".")} ${period}`;

// The cells of a view as they were at an earlier size; none where nothing was released then.
async function earlier(view, size) {
  try {
    // The same periods, whatever was the newest then.
    const answer = await ask(dataPath({ ...view, all: true }, { asOf: size }));
    return seriesOf(answer);
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
  const was = new Map((await earlier(view, size)).flatMap((one) =>
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
