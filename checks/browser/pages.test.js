// The pages in a real browser, on a store of synthetic persons.
//
// Not here: whether figures are right (the server's tests), and the look of the pages, which only a
// person can judge. Every test also checks that there was no error, no violation of the content
// security policy, and no request to another host.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { test } from "node:test";
import { choose, open, settled } from "./browser.js";
import { laws, makeBroken, makeOpening, serve, stage } from "./store.js";

const on = stage();
const FLOW = "?flow=CROSSINGS&key=D.HK.FLOW.";
const TOTAL = `${FLOW}_T._T`;

const law = laws(on);
const text = (page, selector) => page.locator(selector).innerText();
const rows = (page) => page.locator("#table tbody tr").count();
const api = async (path) => (await fetch(`${on.server.address}/${path}`)).json();
const whole = (x) => Math.round(Math.abs(x)).toString();

law("the page shows the served figure with its margin and interval", async ({ page, go }) => {
  await go(TOTAL);
  const answer = await api("v1/data/CROSSINGS/D.HK.FLOW._T._T?lastNObservations=1");
  const [, value, margin, low, high] = answer.series[0].observations[0];
  assert.equal(await text(page, "#value"), whole(value));
  assert.equal(await text(page, "#margin"), `\u00b1 ${Math.ceil(margin)}`);
  const plain = await text(page, "#plain");
  assert.ok(plain.startsWith(`Between ${Math.floor(low)} and ${Math.ceil(high)}`), plain);
  assert.ok(plain.includes("with 95% confidence"), plain);
  assert.equal(await rows(page), 44);
  assert.ok(await page.locator("#synthetic").isVisible());
});

law("the book is one step from the figures, and the figures one step from the book",
  async ({ page, go }) => {
    await go(TOTAL);
    await page.locator(".page-head a[href='docs/']").click();
    assert.equal(await text(page, "h1"), "Tidegauge");
    await page.locator(".contents a", { hasText: "Choose rho" }).click();
    assert.equal(await text(page, "h1"), "Choose rho");
    assert.equal(await text(page, "[aria-current=page]"), "Choose rho");
    await page.locator(".page-head nav a").click();
    assert.equal(new URL(page.url()).pathname, "/");
  });

law("a printed page is complete, and nothing overlaps", async ({ page, go }) => {
  for (const path of [`${FLOW}US+JP.ENTRY+EXIT`, `${FLOW}US.ENTRY&view=chart`, "ledger"]) {
    await go(path);
    await page.emulateMedia({ media: "print" });
    const found = await page.evaluate(() => {
      const visible = (box) => box.checkVisibility() && box.getBoundingClientRect().height > 0;
      const boxes = [...document.querySelectorAll("main section, main .card, main .table")];
      const cut = boxes.filter(visible).filter((box) => box.scrollHeight > box.clientHeight + 2
        || box.scrollWidth > box.clientWidth + 2);
      const cards = [...document.querySelectorAll("main .card, main .figure")].filter(visible)
        .map((card) => card.getBoundingClientRect());
      const over = cards.some((card, n) => n > 0 && card.top < cards[n - 1].bottom - 1
        && card.left < cards[n - 1].right - 1 && cards[n - 1].left < card.right - 1);
      const controls = [...document.querySelectorAll("button:not(.sort), form, .catalogue, .take")]
        .filter(visible);
      return { cut: cut.map((box) => box.id || box.className), over, controls: controls.length };
    });
    assert.deepEqual(found, { cut: [], over: false, controls: 0 }, path);
    const paper = await page.pdf({ format: "A4" });
    assert.ok(paper.length > 10_000, `${path}: ${paper.length}`);
    await page.emulateMedia({ media: "screen" });
  }
});

law("every value of a table has its margin", async ({ page, go }) => {
  await go(`${FLOW}US+JP.ENTRY+EXIT`);
  const cells = await page.locator("#table td").allInnerTexts();
  assert.ok(cells.length > 100);
  for (const cell of cells) assert.match(cell, /^\u2212?[\d,]+\s\u00b1\s\d/);
});

law("the address keeps and restores the whole view", async ({ page, go, context }) => {
  await go(TOTAL);
  await choose(page, "[name=grain][value=W]");
  await settled(page);
  await page.locator("[data-dimension=CITIZENSHIP] summary").click();
  for (const code of ["US", "JP"]) {
    await page.locator(`input[name=CITIZENSHIP][value=${code}]`).check();
    await settled(page);
  }
  await page.keyboard.press("Escape");
  await choose(page, "[name=codes][value=both]");
  await choose(page, "[name=span][value=all]");
  await choose(page, "[name=view][value=table]");
  await settled(page);
  const address = new URL(page.url());
  assert.equal(address.search,
    "?flow=CROSSINGS&key=W.HK.FLOW.JP+US._T&view=table&codes=both&last=all");
  const other = await context.newPage();
  await other.goto(page.url());
  await settled(other);
  for (const selector of ["#series", "#figures", "#each", "#table"]) {
    assert.equal(await other.locator(selector).textContent(),
      await page.locator(selector).textContent());
  }
  assert.match(await text(other, "#table"), /Japan \(JP\)/);
  await page.goBack();
  await settled(page);
  assert.ok(await page.locator("#view-picture").isVisible());
});

law("a range of periods is kept in the address", async ({ page, go }) => {
  await go(TOTAL);
  await choose(page, "[name=span][value=between]");
  await page.locator("#start").fill("2024-01-10");
  await page.locator("#start").dispatchEvent("change");
  await settled(page);
  await page.locator("#end").fill("2024-01-19");
  await page.locator("#end").dispatchEvent("change");
  await page.waitForFunction(() => document.querySelectorAll("#table tbody tr").length === 10);
  assert.match(page.url(), /start=2024-01-10&end=2024-01-19/);
});

law("an empty range says so instead of showing nothing", async ({ page, go }) => {
  await go(`${FLOW}_T._T&start=2030-01-01`);
  assert.match(await text(page, "#state-text"), /No whole period/);
  assert.ok(!(await page.locator("#shown").isVisible()));
});

law("hostile addresses find nothing and run nothing", async ({ page, go }) => {
  const script = encodeURIComponent("<img src=x onerror=document.title='run'>");
  await go(`?flow=${script}&key=${script}&view=${script}&lang=${script}&since=-1&at=${script}`);
  assert.equal(await text(page, "#lost h1"), "Not found");
  assert.ok((await text(page, "#lost")).includes("onerror"), "the name is shown as text");
  await go(`?flow=CROSSINGS&key=${script}&view=${script}&since=-1&at=${script}`);
  assert.match(await page.title(), /^Not found/);
  assert.equal(await page.locator("img").count(), 0);
});

law("the catalogue is searched by any word, whatever its accents", async ({ page, go }) => {
  await go(TOTAL);
  assert.equal(await page.locator("#flows li").count(), 4);
  await page.locator("#search").fill("BORDER p\u00f3int");
  assert.equal(await page.locator("#flows li").count(), 1);
  await page.locator("#flows a").click();
  await page.waitForFunction(() => document.title.startsWith("Entries and exits by border"));
  await settled(page);
  assert.match(page.url(), /flow=BORDER_FLOW/);
  await page.locator("#search").fill("nowhere");
  assert.match(await text(page, "#search-status"), /Nothing/);
});

law("a rate is shown as any statistic, with its interval and without a margin",
  async ({ page, go }) => {
    await go(TOTAL);
    await page.locator("#flows a", { hasText: "Entries among crossings" }).click();
    await page.waitForFunction(() => document.title.startsWith("Entries among"));
    await settled(page);
    await choose(page, "[name=grain][value=D]");
    await settled(page);
    const { columns, rows: served } = await api(
      "v1/derived/ENTRY_SHARE/D.HK.ENTRY_SHARE._T?lastNObservations=60");
    const last = Object.fromEntries(columns.map((name, n) => [name, served.at(-1)[n]]));
    const tenth = (x, round) => `${(round(x * 1000) / 10).toFixed(1)}%`;
    assert.equal(await text(page, "#value"), tenth(last.RATE, Math.round));
    assert.equal(await text(page, "#margin"), "");
    const between = `Between ${tenth(last.RATE_LOW, Math.floor)} and `
      + `${tenth(last.RATE_HIGH, Math.ceil)}, with 95% confidence.`;
    assert.ok((await text(page, "#plain")).startsWith(between), between);
    assert.equal(await rows(page), served.length);
    assert.deepEqual(await page.locator("#table thead th").allInnerTexts(),
      ["Period", "Value", "Low", "High", "Status"]);
    const cells = await page.locator("#table tbody tr").first().locator("td").allInnerTexts();
    assert.deepEqual(cells.slice(0, 3), [tenth(last.RATE, Math.round),
      tenth(last.RATE_LOW, Math.floor), tenth(last.RATE_HIGH, Math.ceil)]);
    assert.match(await text(page, "#about"), /per cent.*Entries and exits by citizenship/s);
    assert.match(await page.locator("#lifetime").textContent(), /takes nothing more/);
    assert.equal(await page.locator("[name=view][value=map]").count(), 1);
    const csv = (await downloaded(page, "csv")).bytes.toString();
    assert.match(csv, /,TIME_PERIOD,RATE,LOW_95,HIGH_95,STATUS,SOURCE\r\n/);
    assert.equal(csv.trim().split("\r\n").length, served.length + 1);
    const table = (await downloaded(page, "table-csv")).bytes.toString();
    assert.match(table, /^FREQ,REF_AREA,INDICATOR,CITIZENSHIP,TIME_PERIOD,RATE,RATE_LOW,RATE_HIGH/);
    // Several series, a chart with its band, and the same by a link and in a frame.
    await go("?flow=ENTRY_SHARE&key=W.HK.ENTRY_SHARE.US+_T&view=chart");
    assert.ok(await page.locator("#chart svg[role=img], #chart figure[role=img]").count() > 0);
    assert.match(await text(page, "#legend"), /95% interval/);
    assert.match(await page.locator("#chart-words").textContent(), /latest \d+\.\d%\s\(/);
    await choose(page, "[name=view][value=table]");
    await settled(page);
    for (const cell of await page.locator("#table td").allInnerTexts()) {
      assert.match(cell, /^\u2212?\d+\.\d% \(\u2212?\d+\.\d% \u2013 \d+\.\d%\)|^\u2013$/);
    }
    await go("embed?flow=ENTRY_SHARE&key=W.HK.ENTRY_SHARE._T");
    assert.match(await text(page, "#plain"), /Between \d+\.\d% and/);
  });

law("several series differ by name, dash and symbol", async ({ page, go }) => {
  await go(`${FLOW}US+JP+PH.ENTRY&view=chart`);
  const label = await page.locator("#chart > *").first().getAttribute("aria-label");
  for (const country of ["United States", "Japan", "Philippines"]) {
    assert.ok(label.includes(country));
  }
  const dashes = await page.locator("#legend line").evaluateAll((lines) =>
    lines.map((line) => line.getAttribute("stroke-dasharray")));
  assert.equal(new Set(dashes).size, 3);
  assert.equal(await page.locator("#each li").count(), 3);
  assert.equal(await page.locator("#figures li .how-many").count(), 3);
  await go(`${FLOW}AU+BR+CA+CN+DE+EG+FR.ENTRY&view=chart`);
  assert.equal(await page.locator("#chart .multiples svg[role=img]").count(), 7);
  const [first] = await page.locator("#chart .multiples li").allInnerTexts();
  assert.match(first, /^Australia\s+\u2212?\d+\s\u00b1\s\d+\s+on 13 February 2024/);
});

law("only figures revised since a ledger size are marked", async ({ page, go, asked }) => {
  await go(`${FLOW}US._T&since=100`);
  const earlier = asked.filter((url) => url.includes("asOf="));
  assert.equal(new Set(earlier).size, earlier.length, "no state is requested twice");
  assert.ok(earlier.length > 0, "an earlier state is requested");
  for (const url of earlier) assert.match(url, /startPeriod=2024-01-01&endPeriod=2024-02-13/);
  const [now, was] = await Promise.all(["", "&asOf=100"].map(async (as) => {
    const answer = await api(`v1/data/CROSSINGS/D.HK.FLOW.US._T?startPeriod=2024-01${as}`);
    return new Map(answer.series[0].observations.map(([period, value, margin]) =>
      [period, `${value} ${margin}`]));
  }));
  const shared = [...was.keys()];
  const revised = shared.filter((period) => now.get(period) !== was.get(period)).length;
  assert.ok(revised > 0 && now.size > was.size);
  const fresh = now.size - was.size;
  assert.equal(await text(page, "#revised"),
    `Since the ledger had 100 entries: ${revised} of ${was.size} figures revised, ${fresh} new.`);
  assert.equal(await page.locator("#table .mark", { hasText: "revised" }).count(), revised);
  assert.equal(await page.locator("#table .mark", { hasText: "new" }).count(), fresh);
});

law("a vintage shows the figures as they were then", async ({ page, go }) => {
  await go(`${FLOW}US._T&asOf=100`);
  const answer = await api("v1/data/CROSSINGS/D.HK.FLOW.US._T?asOf=100&lastNObservations=1");
  const value = answer.series[0].observations[0][1];
  assert.equal(await text(page, "#value"), `${value < 0 ? "\u2212" : ""}${whole(value)}`);
  assert.match(await text(page, "#vintage-shown"), /ledger with 100 entries/);
  assert.match(await text(page, "#citation"), /asOf=100/);
  await page.locator("#vintages summary").click();
  await page.locator("#asOf").selectOption("");
  await settled(page);
  assert.doesNotMatch(page.url(), /asOf/);
});

async function downloaded(page, id) {
  const [download] = await Promise.all([page.waitForEvent("download"),
    page.locator(`#download-${id}`).click()]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

law("every download contains the figures or the chart, and its source", async ({ page, go }) => {
  await go(`${FLOW}US+JP._T&view=chart`);
  const csv = (await downloaded(page, "csv")).bytes.toString();
  assert.equal(csv.trim().split("\r\n").length, 89);
  assert.match(csv, /MARGIN_95.*\r\n.*United States.*Example Statistics Office/s);
  const json = JSON.parse((await downloaded(page, "json")).bytes);
  assert.match(json.citation, /Estimates with 95% margins/);
  assert.deepEqual([json.asOf, json.series.length, json.class], [139, 2, "synthetic"]);
  const sdmx = (await downloaded(page, "sdmx-csv")).bytes.toString();
  assert.match(sdmx, /^STRUCTURE,STRUCTURE_ID,/);
  const svg = (await downloaded(page, "svg")).bytes.toString();
  assert.match(svg, /<title>Entries and exits by citizenship<\/title>/);
  assert.match(svg, /Synthetic data\..*ledger: 139 entries/s);
  assert.match(svg, /United States/);
  const png = await downloaded(page, "png");
  assert.equal(png.bytes.subarray(1, 4).toString(), "PNG");
  assert.ok(png.bytes.length > 20_000 && png.name.endsWith(".png"));
});

law("a file has the name of its figures, and one ending", async ({ page, go }) => {
  await go(TOTAL);
  const names = await page.locator("#downloads a").evaluateAll((all) =>
    all.map(({ download }) => download.replace(/^.*_T\./, "")));
  assert.ok(["xlsx", "parquet", "sdmx.csv", "sdmx.json", "sdmx-ml.xml", "sdmx-csv-1.csv",
    "jsonstat.json"].every((name) =>
    names.includes(name)), names.join(" "));
});

law("downloads that the server does not offer are not shown", async ({ page, go }) => {
  await go(TOTAL);
  const { formats = [] } = await api("v1/dataflows/CROSSINGS");
  const offered = formats.map((format) => format.name);
  for (const id of ["sdmx-ml", "jsonstat", "parquet"]) {
    assert.equal(await page.locator(`#download-${id}`).count(), offered.includes(id) ? 1 : 0, id);
  }
});

law("the calls on the page fetch the figures on the page", async ({ page, go }) => {
  await go(`${FLOW}US+JP._T`);
  await page.locator("details", { has: page.locator("#calls") }).locator("summary").click();
  const curl = await page.locator("#calls code").first().innerText();
  const answer = await (await fetch(/'(.*)'/.exec(curl)[1])).text();
  assert.equal(answer.trim().split("\n").length, 89);
  const rsdmx = await page.locator("#calls code").last().innerText();
  const message = await (await fetch(/readSDMX\("(.*)"\)/.exec(rsdmx)[1])).text();
  assert.equal(message.match(/<(\w+:)?Obs[ >]/g).length, 88);
});

law("an embedded chart keeps band, sentence and source in a frame of another site",
  async ({ page, go, context, allowed }) => {
    await go(`${FLOW}US._T&view=chart`);
    await page.locator("details", { has: page.locator("#embed") }).locator("summary").click();
    const snippet = await page.locator("#embed code").innerText();
    const other = await context.newPage();
    const site = createServer((_, reply) => {
      reply.setHeader("content-type", "text/html");
      reply.end(`<title>Another site</title><link rel="icon" href="data:,">${snippet}`);
    });
    await new Promise((listening) => site.listen(0, "127.0.0.1", listening));
    const host = `http://127.0.0.1:${site.address().port}`;
    allowed.push(host);
    await other.goto(`${host}/`);
    const frame = other.frameLocator("iframe");
    await frame.locator("#chart svg[role=img]").waitFor();
    assert.match(await frame.locator("#legend").innerText(), /95% interval/);
    assert.match(await frame.locator("#plain").innerText(), /with 95% confidence/);
    assert.match(await frame.locator("#source").innerText(), /Example Statistics Office/);
    await other.close();
    site.close();
  });

law("panels show unit, price and quality from the server", async ({ page, go }) => {
  await go(TOTAL);
  const shown = await page.locator("#privacy").textContent();
  assert.match(shown, /everything about one person, .* in what is measured in one calendar year/);
  assert.ok(shown.includes("right at most 86 times in 100"), shown);
  assert.ok(shown.includes("\u03c1 0.6 of 0.6"), shown);
  assert.match(await text(page, "#quality"),
    /Half of the 44 figures.*releases ago: \d+\. Changed since/s);
  assert.match(await text(page, "#clock"), /13 February 2024.*14 February 2024/s);
});

law("the page is in German for a German browser, and the address keeps another choice",
  async ({ page, go }) => {
    await go(TOTAL);
    assert.equal(await page.locator("html").getAttribute("lang"), "de");
    assert.match(await text(page, "#plain"), /mit 95\u202f% Sicherheit/);
    await page.locator("[data-dimension=CITIZENSHIP] summary").click();
    assert.match(await text(page, "[data-dimension=CITIZENSHIP] .codes"), /Vereinigte Staaten/);
    await page.locator("#languages a[lang=en]").click();
    await page.waitForURL(/lang=en/);
    await settled(page);
    assert.match(await text(page, "#plain"), /with 95/);
    await choose(page, "[name=view][value=table]");
    await settled(page);
    assert.match(page.url(), /view=table&lang=en/);
  }, { locale: "de-AT" });

law("everything works with only the keyboard", async ({ page, go }) => {
  await go(TOTAL);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  const reach = async (selector) => {
    for (let n = 0; n < 60; n += 1) {
      if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`not reached: ${selector}`);
  };
  await reach("[data-dimension=CITIZENSHIP] summary");
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.notEqual(outline, "none");
  await page.keyboard.press("Enter");
  await reach("input[name=CITIZENSHIP][value=US]");
  await page.keyboard.press("Space");
  await page.waitForURL(/key=D.HK.FLOW.US._T/);
  await settled(page);
  assert.equal(await page.evaluate(() => document.activeElement.value), "US");
  await page.keyboard.press("Escape");
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "SUMMARY");
  await reach("#many-views summary");
  await page.keyboard.press("Enter");
  await reach("[name=view]");
  await page.keyboard.press("ArrowRight");
  await page.waitForURL(/view=table/);
  await settled(page);
  await reach("#download-sdmx-csv");
});

law("a first load is small, and nothing moves for readers who want less motion",
  async ({ page, context, go }) => {
    const session = await context.newCDPSession(page);
    let bytes = 0;
    await session.send("Network.enable");
    session.on("Network.loadingFinished", (loaded) => { bytes += loaded.encodedDataLength; });
    await go(`${FLOW}_T._T&view=chart`);
    assert.ok(bytes > 100_000 && bytes < 500_000, `${bytes}`);
    const animated = await page.evaluate(() => document.getAnimations().length);
    assert.equal(animated, 0);
  }, { reducedMotion: "reduce" });

test("a break is marked in table, chart and ledger, with a sign and a word", async () => {
  const made = makeBroken();
  const server = await serve(made.store);
  const spoken = [["en", "Break", "Amendment"], ["de", "Bruch", "\u00c4nderung"]];
  for (const [lang, word, kind] of spoken) {
    const { page, go, faults, close } = await open(on.browser, server.address);
    await go(`${FLOW}US.ENTRY&lang=${lang}`);
    const flags = await page.locator("#table td.status").allInnerTexts();
    assert.equal(flags.length, 12);
    assert.equal(flags.filter((flag) => flag.includes("[b]")).length, 1);
    const legend = (await text(page, "#flags")).toLowerCase();
    assert.ok(legend.includes(`[b] ${word.toLowerCase()}`), legend);
    assert.match(await text(page, "#about"), /Gates count every traveller/);
    await go(`${FLOW}US+JP.ENTRY&view=chart&lang=${lang}`);
    assert.equal(await page.locator("#chart svg text", { hasText: word }).count(), 1);
    assert.equal(await page.locator("#chart svg g[stroke-dasharray='5 4'] line").count(), 1);
    await go(`ledger?lang=${lang}`);
    await page.waitForFunction(() => document.body.dataset.ready);
    assert.ok((await text(page, "#rows")).includes(kind));
    assert.deepEqual(faults, []);
    await close();
  }
  server.stop();
  made.remove();
});

test("a statistic opens with the view of its plan, unless the address names another", async () => {
  const made = makeOpening();
  const server = await serve(made.store);
  const { page, go, faults, close } = await open(on.browser, server.address);
  try {
    const chosen = () => page.locator("[name=grain]:checked").inputValue();
    for (const path of ["?view=chart", "?flow=CROSSINGS", "?flow=CROSSINGS&key="]) {
      await go(path);
      assert.deepEqual(await page.locator("#figures .what").allInnerTexts(),
        ["Arrival", "Departure"], path);
      assert.equal(await chosen(), "W", path);
    }
    await go("?flow=CROSSINGS&view=chart&last=all");
    assert.match(await text(page, "#legend"), /Arrival[^]*Departure/);
    // A whole key, or a part of one.
    for (const path of [`${FLOW}_T.EXIT`, "?flow=CROSSINGS&key=D"]) {
      await go(path);
      const words = path.includes("EXIT") ? "Departure" : "Total";
      assert.equal(await text(page, "#series"), words, path);
      assert.equal(await chosen(), "D", path);
    }
    // A rate of the same dataflow has dimensions of its own.
    await page.locator("#flows a", { hasText: "Entries among crossings" }).click();
    await page.waitForFunction(() => document.title.startsWith("Entries among"));
    assert.match(await page.locator("#series").textContent(), /Total/);
    assert.deepEqual(faults, []);
  } finally {
    await close();
    server.stop();
    made.remove();
  }
});

// A bettor wins with probability (1 + total variation) / 2 at most. For two mechanisms this
// probability is known exactly, and must not exceed the one on the page for their rho: Gaussian
// noise, Phi(sqrt(rho / 2)), and randomised response, p, with divergence (2p - 1) ln(p / (1 - p)).
test("no bettor wins more often than the page shows", async () => {
  const { oddsPercent } = await import("../../web/odds.js");
  const phi = (x) => {
    const density = (u) => Math.exp(-u * u / 2) / Math.sqrt(2 * Math.PI);
    const steps = 2000;
    const inner = Array.from({ length: steps }, (_, n) => density((n + 0.5) * x / steps));
    return 0.5 + inner.reduce((sum, term) => sum + term, 0) * x / steps;
  };
  for (let rho = 0.001; rho < 20; rho *= 1.1) {
    assert.ok(oddsPercent(rho) >= 100 * phi(Math.sqrt(rho / 2)) - 1e-6, `${rho}`);
    assert.ok(oddsPercent(rho) <= 100, `${rho}`);
  }
  for (let p = 0.501; p < 0.9999; p += 0.0005) {
    assert.ok(oddsPercent((2 * p - 1) * Math.log(p / (1 - p))) >= 100 * p - 1e-9, `${p}`);
  }
  assert.equal(oddsPercent(1), 86);
});
