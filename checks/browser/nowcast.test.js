// Figures to which late events are still to be added, as the page shows them: what they will be in
// the end where that can be said, and else the least that they will be.
//
// Not here: the estimates (crates/figures, derived::nowcast).

import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./browser.js";
import { laws, makeNowcasts, stage, visitStore } from "./store.js";

const on = stage(makeNowcasts);
const law = laws(on);
const DAYS = "?flow=EVENTS&key=D.EE.FLOW._T.ENTRY&last=all";
const text = (page, selector) => page.locator(selector).first().innerText();
const number = (words) => Number(words.replaceAll(/[^\d]/g, ""));

// The answers of the server that the page is held against.
async function answers(page) {
  const ask = async (path) => (await page.request.get(`${on.server.address}/v1/${path}`)).json();
  const key = "EVENTS.NOWCAST/D.EE.FLOW._T.ENTRY";
  const { columns, rows } = await ask(`derived/${key}`);
  return rows.map((row) => Object.fromEntries(columns.map((name, n) => [name, row[n]])));
}

law("the headline is the nowcast, with the count behind it", async ({ page, go }) => {
  const all = await answers(page);
  assert.equal(all.length, 5);
  const last = all.at(-1);
  for (const view of ["table", "chart"]) {
    await go(`${DAYS}&view=${view}`);
    assert.equal(number(await text(page, "#value")), last.OBS_VALUE);
    const plain = await text(page, "#plain");
    assert.match(plain, /^Counted by 5 Feb 2024: \d+\. About \d+ in the end: \d+ to \d+\./);
    const told = plain.match(/: (\d+)\. About (\d+) in the end: (\d+) to (\d+)\./).slice(1);
    assert.deepEqual(told.map(Number),
      [last.COUNTED, last.OBS_VALUE, last.CI_LOW, last.CI_HIGH]);
    assert.ok(!plain.includes("confidence"), plain);
    assert.match(plain, /Provisional: events that were reported late/);
  }
});

law("the table has the nowcasts, and the counts behind them in small", async ({ page, go }) => {
  const all = (await answers(page)).toReversed();
  await go(`${DAYS}&view=table`);
  const rows = page.locator("#table tbody tr");
  const cells = await rows.locator(".value-cell").allInnerTexts();
  all.forEach((nowcast, n) => {
    const [value, counted] = cells[n].split(/\s*counted so far: /);
    assert.equal(number(value), nowcast.OBS_VALUE, cells[n]);
    assert.equal(number(counted.split("±")[0]), nowcast.COUNTED, cells[n]);
  });
  assert.ok(cells.slice(all.length).every((cell) => !cell.includes("counted")));
  const marks = await rows.locator("td.status").allInnerTexts();
  assert.deepEqual(marks.map((mark) => mark.includes("[e]")), cells.map((_, n) => n < 5));
  assert.match(await text(page, "#flags"), /\[e\] estimated/);
  await page.locator("#flags a", { hasText: "estimated" }).click();
  await page.waitForSelector("#term-nowcast");
  assert.match(await text(page, "#term-nowcast dd"), /published figures only/);
  // As it was published, and compared with what was published before.
  await go(`${DAYS}&view=table&asOf=${all[0].LEDGER_SIZE}`);
  assert.match(await text(page, "#plain"), /^Counted by 5 Feb 2024/);
  await go("?flow=EVENTS&key=D.EE.FLOW._T.ENTRY+EXIT&view=table");
  assert.equal(await page.locator("#table .cell-counted").count(), 10);
});

law("the chart draws the counts apart from the nowcasts", async ({ page, go }) => {
  await go(`${DAYS}&view=chart`);
  assert.match(await text(page, "#legend"), /Dotted, with crosses: counted so far/);
  assert.equal(await page.locator("#chart path[stroke-dasharray='1 3'], "
    + "#chart g[stroke-dasharray='1 3'] path").count(), 1);
  await go("?flow=EVENTS&key=D.EE.FLOW._T.ENTRY&start=2024-01-26&view=chart");
  assert.match(await text(page, "#legend"), /outlined: what usually comes later/);
  assert.equal(await page.locator("#chart g[stroke-dasharray='4 3'] rect").count(), 5);
});

law("a longer period is told by its days, and the front page too", async ({ page, go }) => {
  await go("?flow=EVENTS&key=W.EE.FLOW._T.ENTRY&last=all&view=table");
  assert.match(await text(page, "#plain"), /^Counted by \d+ (Jan|Feb) 2024: \d/);
  await go("");
  const cards = await page.locator("#news .interval").allInnerTexts();
  assert.ok(cards.some((words) => /^Counted by .* in the end/.test(words)), cards.join("\n"));
  assert.ok(cards.filter((words) => /confidence/.test(words)).length <= 1, cards.join("\n"));
});

law("the margin of a nowcast that stands alone says its level", async ({ page, go }) => {
  await go(`${DAYS}&view=table`);
  assert.match(await text(page, "#margin"), /^\u00b1 \d+ \(95%\)$/);
  await go("");
  const levels = () => page.locator("#news > li, #served .news > li").evaluateAll((all) =>
    all.map((card) => [card.querySelector(".interval").textContent.startsWith("Counted by"),
      card.querySelector(".margin").textContent.endsWith(" (95%)")]));
  const shown = await levels();
  assert.ok(shown.some(([isNowcast]) => isNowcast));
  for (const [isNowcast, hasLevel] of shown) assert.equal(hasLevel, isNowcast);
  const bare = await open(on.browser, on.server.address, { javaScriptEnabled: false });
  await bare.page.goto(`${on.server.address}/`);
  const served = await bare.page.locator("#served .news > li .margin").allInnerTexts();
  assert.deepEqual(served, await page.locator("#news > li .margin").allInnerTexts());
  await bare.close();
});

test("where more is withdrawn than comes late, a nowcast below its count says so", async () => {
  const withCorrections = (plan) => plan.replace("[life_cycle]\n",
    "[life_cycle]\ncorrections = true\n");
  const store = makeNowcasts(withCorrections, "2024-02-05", ["--late", "0", "--corrections", "50"]);
  const LESS = / in the end: \d+ to \d+\. Usually more is withdrawn afterwards than comes late\./;
  try {
    await visitStore(on.browser, store, async ({ page, go }) => {
      await go(`${DAYS}&view=table`);
      assert.match(await text(page, "#plain"), LESS);
    });
    await visitStore(on.browser, store, async ({ page }, address) => {
      await page.goto(`${address}/${DAYS}&view=table`);
      assert.match(await text(page, "#served .plain"), LESS);
    }, { javaScriptEnabled: false });
  } finally {
    store.remove();
  }
});

law("the quality panel says how often past nowcasts held", async ({ page, go }) => {
  await go(`${DAYS}&view=table`);
  const words = await text(page, "#quality");
  const [, count, held, counts] = words.match(
    /Of (\d+) nowcasts whose last late events are counted, ([\d.]+)% held .*, ([\d.]+)% did/);
  assert.match(words, /Both intervals include the noise of what was added late\./);
  const path = "v1/derived/EVENTS.NOWCAST_HELD/D.EE.FLOW._T.ENTRY";
  const { columns, rows } = await (await page.request.get(`${on.server.address}/${path}`)).json();
  const share = (name) => rows.filter((row) => row[columns.indexOf(name)] === "Y").length;
  assert.equal(Number(count), rows.length);
  assert.ok(Math.abs(Number(held) - 100 * share("HELD") / rows.length) < 0.06, words);
  assert.ok(Math.abs(Number(counts) - 100 * share("COUNTED_HELD") / rows.length) < 0.06, words);
});

const SAYS = { en: /^Counted by 5 Feb 2024: .* in the end:/, de: /^Gezählt bis .* Am Ende etwa/,
  es: /^Contado hasta el .* Al final, unos/, fr: /^Compté jusqu’au .* Au final, environ/ };

for (const [lang, says] of Object.entries(SAYS)) {
  test(`in ${lang} the server says without scripts what they say`, async () => {
    const path = `${DAYS}&view=table&lang=${lang}`;
    const bare = await open(on.browser, on.server.address, { javaScriptEnabled: false });
    await bare.page.goto(`${on.server.address}/${path}`);
    const full = await open(on.browser, on.server.address);
    await full.go(path);
    const plain = await text(bare.page, "#served .plain");
    assert.match(plain, says);
    assert.ok((await text(full.page, "#plain")).startsWith(plain), plain);
    const words = (page, selector) => page.locator(selector).allInnerTexts();
    assert.deepEqual((await words(bare.page, "#served .latest span")).filter(Boolean),
      (await words(full.page, "#latest span")).filter(Boolean));
    const cells = (page, table) => page.locator(`${table} tbody tr`).evaluateAll((rows) =>
      rows.map((row) => [...row.cells].slice(0, -1).map((cell) => cell.textContent.trim())));
    const served = await cells(bare.page, "#served");
    assert.deepEqual(served, (await cells(full.page, "#table")).slice(0, served.length));
    for (const opened of [bare, full]) {
      assert.deepEqual(opened.faults, []);
      // oxlint-disable-next-line no-await-in-loop
      await opened.close();
    }
  });
}

// Too few complete days for a nowcast.
for (const [made, says] of [
  [() => makeNowcasts((plan) => plan, "2024-01-08"),
    /^At least \d+; more will be added, and how much is not known yet\./],
  [() => makeNowcasts((plan) => plan.replace("[life_cycle]\n",
    "[life_cycle]\ncorrections = true\n"), "2024-01-08"),
  /^Counted so far: \d+\. Late events will still change it\./]]) {
  test(`without a nowcast: ${says}`, async () => {
    const store = made();
    try {
      const visit = (body, options) => visitStore(on.browser, store, body, options);
      await visit(async ({ page, go }) => {
        await go(`${DAYS}&view=chart`);
        assert.match(await text(page, "#plain"), says);
        assert.ok(!/95\s?% confidence/.test(await page.locator("main").innerText()));
        assert.match(await text(page, "#legend"), /No upper end: more will be added/);
        assert.match(await text(page, "#quality"), /None is complete yet/);
      });
      await visit(async ({ page }, address) => {
        await page.goto(`${address}/${DAYS}&view=table`);
        assert.match(await text(page, "#served .plain"), says);
      }, { javaScriptEnabled: false });
    } finally {
      store.remove();
    }
  });
}
