// Areas, bars, annotations and the year before in the chart; the ranking; the life cycle.
//
// Not here: the lines of the chart and the map (pages.test.js), accessibility (access.test.js, and
// here for views that need another store).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { violationsNow } from "./axe.js";
import { open, settled } from "./browser.js";
import { laws, makeClosed, makeMonths, stage, visitStore } from "./store.js";

const FLOW = "?flow=APPLICATIONS&key=M.AT.FLOW.";
const FIRST = `${FLOW}_T.FIRST_APPLICATION._T._T`;
const text = (page, selector) => page.locator(selector).innerText();
const drawn = (page) => page.locator("#chart svg[role=img]").textContent();
const whole = (x) =>
  `${x < 0 ? "\u2212" : ""}${Math.abs(Math.round(x)).toLocaleString("en-GB")}`;
const signed = (x) => (x > 0 ? "+" : "") + whole(x);
const on = stage(makeMonths);
const law = laws(on);
const api = async (path) => (await fetch(`${on.server.address}/v1/${path}`)).json();



// The observations of a key by period: value, margin, low, high.
async function figures(flow, key, range = "") {
  const { series } = await api(`data/${flow}/${key}?${range}`);
  return series.map((one) => ({ key: one.key, rows: one.observations.map(
    ([period, value, margin, low, high]) => ({ period, value, margin, low, high })) }));
}

law("persons present are an area, a few periods of a flow are bars, all else are lines",
  async ({ page, go }) => {
    const label = () => page.locator("#chart svg[role=img]").getAttribute("aria-label");
    await go("?flow=PENDING&key=M.AT.STOCK._T&last=all");
    assert.match(await label(), /^Area chart/);
    assert.match(await text(page, "#legend"), /Filled from zero/);
    await go("?flow=PENDING&key=M.AT.ARRIVALS._T&start=2024-06-01");
    assert.match(await label(), /^Bar chart/);
    assert.equal(await page.locator("#chart svg g[aria-label] rect").count(), 0, "one picture");
    const bars = await page.locator("#chart svg rect").count();
    assert.ok(bars >= 9, `${bars} bars`);
    // Every bar names its period or leaves it to its neighbours.
    assert.match(await drawn(page), /Feb 2025|Jan 2025/);
    await go(`${FIRST}&last=all`);
    assert.match(await label(), /^Line chart/);
    await go(`${FLOW}_T.FIRST_APPLICATION+APPEAL._T._T&start=2024-06-01`);
    assert.match(await label(), /^Line chart/);
  });

law("the year before is drawn under the chart, and the change has the sum of both margins",
  async ({ page, go }) => {
    await go(`${FIRST}&last=all`);
    const lines = await page.locator("#chart svg path").count();
    await page.locator("#compare").check();
    await page.waitForURL(/compare=year/);
    await page.locator("#legend .against").waitFor();
    await settled(page);
    assert.ok(await page.locator("#chart svg path").count() > lines);
    assert.equal(await page.evaluate(() => document.activeElement?.id), "compare");
    const [{ rows }] = await figures("APPLICATIONS", "M.AT.FLOW._T.FIRST_APPLICATION._T._T");
    const now = rows[rows.length - 1];
    const then = rows.find(({ period }) => period === "2024-02");
    const [low, high] = [now.low - then.high, now.high - then.low];
    const margin = now.margin + then.margin;
    assert.deepEqual([low, high], [now.value - then.value - margin,
      now.value - then.value + margin]);
    const words = (await text(page, "#legend .against")).replaceAll("\u00a0", " ");
    assert.ok(words.includes(`(${signed(low)} to ${signed(high)})`), words);
    assert.equal(/too small to tell/.test(words), low <= 0 && high >= 0, words);
    assert.match(words, /February 2025.*February 2024/s);
    const row = await page.locator("#picture-table tbody tr").first().innerText();
    assert.ok(row.includes(`${whole(now.value)}\u00a0\u00b1\u00a0${now.margin}`), row);
    assert.ok(row.includes(`${whole(then.value)}\u00a0\u00b1\u00a0${then.margin}`), row);
    // The first months have no year before, and say so.
    const last = await page.locator("#picture-table tbody tr").last().innerText();
    assert.match(last, /January 2024.*\u2013/s);
    assert.match(await page.locator("#chart svg[role=img]").getAttribute("aria-label"),
      /same periods of the year before/);
  });

law("where less than a year is released, no comparison is offered", async ({ page, go }) => {
  await go(`${FIRST}&end=2024-12-31`);
  assert.equal(await page.locator("#compare").count(), 0);
  await go(`${FIRST}&end=2024-12-31&compare=year`);
  assert.match(await text(page, "#legend"), /no figures of the year before/);
  await go(`${FIRST}&compare=month`);
  assert.match(await text(page, "#lost"), /compare=month/);
});

law("the ranking has the largest first, members or groups, and says where order is not certain",
  async ({ page, go }) => {
    await go(`${FIRST}&view=ranking&by=CITIZENSHIP/1`);
    const { dimensions } = await api("dataflows/APPLICATIONS");
    const { codes } = dimensions[3];
    const parents = [...new Set(codes.flatMap(({ parent }) => parent ?? []))];
    const all = await figures("APPLICATIONS",
      `M.AT.FLOW.${parents.join("+")}.FIRST_APPLICATION._T._T`,
      "startPeriod=2025-02&endPeriod=2025-02");
    const expected = all
      .map(({ key, rows: [row] }) => ({ name: codes.find(({ id }) => id === key[3]).name, ...row }))
      .sort((a, b) => b.value - a.value || a.name.localeCompare(b.name, "en"));
    assert.equal(expected.length, 8);
    const rows = page.locator("#picture-table tbody tr");
    assert.deepEqual(await rows.locator("th").allInnerTexts(), expected.map(({ name }) => name));
    assert.deepEqual(await rows.locator(".value-cell").allInnerTexts(),
      expected.map(({ value }) => whole(value)));
    const first = await rows.first().innerText();
    const [{ margin, low, high }] = expected;
    assert.ok([`\u00b1 ${margin}`, whole(low), whole(high)].every((part) =>
      first.includes(part)), first);
    const overlaps = expected.some((row, n) => expected[n + 1] && row.low <= expected[n + 1].high);
    const notes = await text(page, "#legend .unsure");
    assert.equal(/is not certain/.test(notes), overlaps, notes);
    assert.equal(await page.locator("#chart svg rect").count(), expected.length);
    // Members have no groups among them; only thirty are drawn until all are asked for.
    await page.locator("#by").selectOption("CITIZENSHIP");
    await page.waitForURL(/by=CITIZENSHIP(&|$)/);
    await page.locator("#top").waitFor();
    assert.equal(await rows.count(), 30);
    const names = await rows.locator("th").allInnerTexts();
    assert.ok(!names.includes("Asia") && !names.includes("Total"));
    await page.locator("#top").check();
    await page.waitForURL(/top=all/);
    await page.waitForFunction(() =>
      document.querySelectorAll("#picture-table tbody tr").length > 200);
    await page.locator("#at").selectOption("2024-03");
    await page.waitForURL(/at=2024-03/);
    await page.waitForFunction(() => /March 2024/.test(
      document.querySelector("#picture-table caption")?.textContent ?? ""));
    assert.match(await page.locator("#chart svg").getAttribute("aria-label"), /March 2024/);
  });

law("a ranking opens with groups where most of the largest members are not reliable",
  async ({ page, go }) => {
    // All figures of this store are noise: no list is reliable, and the longest opens.
    await go(`${FIRST}&view=ranking`);
    assert.equal(await page.locator("#by").inputValue(), "CITIZENSHIP");
    // Groups are made reliable on their way to the page.
    await page.route(/\/v1\/data\/APPLICATIONS\/M\.AT\.FLOW\.[A-Z0-9_]+\+[^?]*\?start/,
      async (route) => {
        const response = await route.fetch();
        const answer = await response.json();
        if (answer.series.length < 20) {
          for (const { observations } of answer.series) observations[0][1] = 5000;
        }
        await route.fulfill({ response, json: answer });
      });
    await go(`${FIRST}&view=ranking&at=2025-01`);
    assert.equal(await page.locator("#by").inputValue(), "CITIZENSHIP/1");
  });

law("what is not measured together says so, and links to what is", async ({ page, go, asked }) => {
  await go(`${FLOW}EU27+ASIA.FIRST_APPLICATION._T.F`);
  const state = page.locator("#state-text");
  assert.match(await state.innerText(), /Not measured together: .*citizenship and Sex\./);
  assert.ok(!await page.locator("#again").isVisible());
  assert.ok(!asked.some((url) => /data\/APPLICATIONS\/M\.AT\.FLOW\.EU27/.test(url)));
  await state.locator("a", { hasText: "Sex: all" }).click();
  await page.waitForURL(/EU27\+ASIA\.FIRST_APPLICATION\._T\._T/);
  await page.locator("#chart svg[role=img]").waitFor();
  await go("?flow=COHORTS&key=M.AT.FLOW._T.FIRST_APPLICATION._T._T&view=map");
  assert.match(await text(page, "#legend .note"), /Not measured in this detail: .*citizenship\./);
});

law("what is downloaded with a ranking or a map are its figures", async ({ page, go }) => {
  const rowsOf = async () => {
    const [download] = await Promise.all([page.waitForEvent("download"),
      page.locator("#download-csv").click()]);
    return readFileSync(await download.path(), "utf8").trim().split("\r\n").slice(1);
  };
  await go(`${FIRST}&view=ranking&by=CITIZENSHIP/1&at=2025-01`);
  const ranked = await rowsOf();
  assert.equal(ranked.length, 8);
  assert.ok(ranked.every((row) => row.includes(",2025-01,")));
  assert.match(await page.locator("#download-xlsx").getAttribute("href"),
    /FLOW\.\.FIRST_APPLICATION.*startPeriod=2025-01&endPeriod=2025-01/);
  await go(`${FIRST}&view=map`);
  assert.ok((await rowsOf()).some((row) => row.includes(",DE,Germany,")));
});

law("a picture of one period has its figure above it", async ({ page, go }) => {
  await go(`${FIRST}&view=ranking&by=CITIZENSHIP/1&at=2024-03`);
  const [{ rows: [row] }] = await figures("APPLICATIONS", "M.AT.FLOW._T.FIRST_APPLICATION._T._T",
    "startPeriod=2024-03&endPeriod=2024-03");
  assert.equal(await text(page, "#value"), whole(row.value));
  assert.equal(await text(page, "#when"), "in March 2024");
});

law("the life cycle has a band for each transition, with its figure and its statuses",
  async ({ page, go }) => {
    await go(`${FIRST}&view=lifecycle&at=2025-01`);
    const rows = page.locator("#picture-table tbody tr");
    const told = await rows.allInnerTexts();
    const at = "startPeriod=2025-01&endPeriod=2025-01";
    const own = await figures("APPLICATIONS", "M.AT.FLOW._T.WITHDRAWAL+APPEAL._T._T", at);
    const names = { WITHDRAWAL: ["Withdrawal", "Pending", "Closed"],
      APPEAL: ["Appeal", "Decided", "Appealed"] };
    for (const { key, rows: [{ value, margin, low, high }] } of own) {
      const [name, from, to] = names[key[4]];
      const row = told.find((line) => line.startsWith(`${name}\t`));
      assert.ok([from, to, whole(value), `\u00b1 ${margin}`, whole(low), whole(high)]
        .every((part) => row.includes(part)), row);
    }
    // What another statistic counts says so.
    const [{ rows: [decided] }] = await figures("DECISIONS", "M.AT.FLOW.DECISION._T._T", at);
    const decision = told.find((line) => line.includes("First instance"));
    assert.ok(decision.includes(`${whole(decided.value)}\t`), decision);
    assert.ok(decision.includes("Decisions by outcome"), decision);
    assert.match(decision, /Not seen before or Pending/);
    const [{ rows: [pending] }] = await figures("PENDING", "M.AT.STOCK._T", at);
    assert.ok((await drawn(page)).includes(whole(pending.value)));
    assert.equal(told.length, 8);
    const { transitions } = (await api("dataflows/APPLICATIONS")).lifeCycle;
    assert.equal(new Set(transitions.map(({ id }) => id)).size, told.length);
    // Where the interval holds 0, the band is dashed, and the legend says what that means.
    assert.ok(await page.locator("#chart svg path[stroke-dasharray='4 3']").count() > 0);
    assert.match(await text(page, "#legend"), /Dashed: the interval includes 0/);
    // Codes that another statistic does not have: its figures are left out.
    await go(`${FLOW}_T.FIRST_APPLICATION.Y18_29.F&view=lifecycle`);
    assert.ok(!(await text(page, "#picture-table")).includes("First instance"));
    await go("?flow=PENDING&view=lifecycle");
    assert.match(await text(page, "#chart"), /There is no life cycle of Pending/);
  });

law("pictures of one period are saved as a drawing of their own", async ({ page, go }) => {
  for (const view of ["ranking", "lifecycle"]) {
    await go(`${FIRST}&view=${view}`);
    const [saved] = await Promise.all([page.waitForEvent("download"),
      page.locator("#download-svg").click()]);
    const svg = readFileSync(await saved.path(), "utf8");
    assert.match(svg, /^<svg[^>]*xmlns/);
    assert.ok(!svg.includes("style="), "no style that the policy would refuse");
    assert.match(svg, /\u00b1/);
  }
});

test("breaks and codes that close are numbered on the time axis, with a note each", async () => {
  const made = makeClosed();
  try {
    await visitStore(on.browser, made, async ({ page, go }) => {
      await go("?flow=BORDER_FLOW&key=D.HK.FLOW._T.ENTRY&last=all");
      const notes = await page.locator("#legend .annotations li").allInnerTexts();
      assert.equal(notes.length, 2);
      assert.match(notes[0], /5 Jan 2024: .*Hung Hom is no longer counted/);
      assert.match(notes[1], /8 Jan 2024: Break in the series.*Gates count every traveller/);
      const words = await drawn(page);
      assert.match(words, /\(1\)/);
      assert.match(words, /Break \(2\)/);
      assert.match(await page.locator("#chart svg[role=img]").getAttribute("aria-label"),
        /\(1\) 5 Jan 2024/);
      // A code that is not part of the figures is not mentioned.
      await go("?flow=BORDER_FLOW&key=D.HK.FLOW.LO_WU.ENTRY&last=all");
      assert.equal(await page.locator("#legend .annotations li").count(), 1);
      await go("?flow=CROSSINGS&key=D.HK.FLOW._T._T&last=all");
      assert.equal(await page.locator("#legend .annotations").count(), 0);
    });
  } finally {
    made.remove();
  }
});

for (const view of ["ranking", "lifecycle", "chart&last=all&compare=year"]) {
  test(`${view}: no violation at AA, in either mode and width`, async () => {
    for (const [colorScheme, width] of [["light", 1280], ["dark", 390]]) {
      const opened = await open(on.browser, on.server.address, { colorScheme, bypassCSP: true,
        viewport: { width, height: 900 } });
      await opened.go(`${FIRST}&view=${view}`);
      const found = await violationsNow(opened.page);
      assert.deepEqual(found, [], colorScheme);
      const overflow = await opened.page.evaluate(() =>
        document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(overflow, 0, `scrolls sideways at ${width}`);
      assert.deepEqual(opened.faults, []);
      await opened.close();
    }
  });
}
