// Words for people: the page of the plan, the glossary, what figures lack, and what a budget
// promises one person.
//
// Not here: accessibility of these pages (access.test.js), and the proof of the promise.

import assert from "node:assert/strict";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT, laws, makeBroken, makeLate, makeNone, stage, visitStore } from "./store.js";

const on = stage();
const law = laws(on);
const text = (page, selector) => page.locator(selector).innerText();
const PARTS = ["counted", "releases", "person", "cost", "cut", "late", "cycle", "amendments",
  "glossary"];

law("the plan is a page in plain sentences, in either language", async ({ page, go }) => {
  await go("?flow=CROSSINGS");
  await page.locator(".page-head a", { hasText: "Plan" }).click();
  await page.waitForSelector("#glossary dd");
  assert.match(page.url(), /\/plan$/);
  const parts = () => page.locator("#parts > section").evaluateAll((all) =>
    all.map(({ id }) => id));
  assert.deepEqual(await parts(), PARTS);
  const flow = page.locator("#flow-CROSSINGS");
  const told = await flow.innerText();
  for (const words of ["A person counts once in each day and cell.", "24 in a year, 4 in a month",
    "\u03c1 0.6 in each year, which is 60% of the year\u2019s budget.",
    "Days, weeks, months, quarters and years.",
    "become more exact with each later day of the same year"]) {
    assert.ok(told.includes(words), `${words}: ${told}`);
  }
  await flow.locator("summary", { hasText: "Direction (2 codes)" }).click();
  assert.equal(await flow.locator("details[open] li", { hasText: "ENTRY" }).count(), 1);
  assert.match(await text(page, "#flow-ENTRY_SHARE"), /Nothing: it is calculated from published/);
  assert.match(await text(page, "#flow-VISITORS_PRESENT"), /in the state \u201cPresent\u201d/);
  assert.match(await text(page, "#releases"), /A day closes/);
  assert.match(await text(page, "#cycle"), /A person is abroad or present/);
  assert.match(await text(page, "#amendments"), /None/);
  assert.equal(await page.locator("#method").count(), 0);
  const toml = await page.locator("#toml").getAttribute("href");
  const plan = await page.request.get(new URL(toml, page.url()).href);
  assert.match(await plan.text(), /^\[statement\]/m);
  await go("plan?lang=de#cost");
  assert.deepEqual(await parts(), PARTS);
  assert.match(await text(page, "#person"), /je Jahr/i);
  // Other pages stay in the language.
  await page.locator(".page-head a", { hasText: "Register" }).click();
  await page.waitForFunction(() => document.body.dataset.ready);
  assert.match(page.url(), /ledger\?lang=de$/);
});

for (const name of readdirSync(join(ROOT, "plans")).filter((file) => file.endsWith(".toml"))) {
  test(`the page says the plan ${name}, on a phone and in German`, async () => {
    const made = makeNone(join(ROOT, "plans", name));
    const viewport = { width: 390, height: 800 };
    await visitStore(on.browser, made, async ({ page, go }) => {
      for (const lang of ["en", "de"]) {
        await go(`plan?lang=${lang}`);
        const ids = await page.locator("#parts > section").evaluateAll((all) =>
          all.map(({ id }) => id));
        assert.deepEqual([...PARTS, "method"].filter((part) => !ids.includes(part)), []);
        await page.evaluate(() => {
          for (const part of document.querySelectorAll("details")) part.open = true;
        });
        const words = await text(page, "main");
        for (const hole of ["undefined", "null", "NaN", "\u201c\u201d", "\u201e\u201c", "{"]) {
          assert.ok(!words.includes(hole), `${lang}: ${hole}`);
        }
        const accuracy = { en: "The margins cover the noise", de: "Die Fehlerspannen decken" };
        assert.ok(words.includes(accuracy[lang]), lang);
        // Every state and event of the ready-made life cycles has a name.
        const cells = await page.locator("#cycle tbody tr > *").allInnerTexts();
        assert.deepEqual(cells.filter((cell) => /^[A-Z_]{2,}$/.test(cell)), []);
        assert.equal(await page.evaluate(() =>
          document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
      }
    }, { viewport });
    made.remove();
  });
}

law("every term that is linked, on any page, has its meaning in the glossary",
  async ({ page, go }) => {
    const links = new Set();
    for (const path of ["", "?flow=CROSSINGS", "?flow=CROSSINGS&key=D.HK.FLOW.US.ENTRY&view=table",
      "ledger", "plan"]) {
      await go(path);
      const found = await page.locator("a.term").evaluateAll((all) => all.map((link) => link.href));
      assert.ok(found.length > 3, path);
      for (const href of found) links.add(href);
    }
    await go("plan");
    const ids = await page.locator(".glossary [id]").evaluateAll((all) =>
      all.map(({ id }) => id));
    for (const href of links) assert.ok(ids.includes(new URL(href).hash.slice(1)), href);
    const unused = ids.filter((id) => ![...links].some((href) => href.endsWith(`#${id}`)));
    // These stand only where a store is embargoed, breaks, names its sources, or has late events.
    const elsewhere = ["term-series", "term-dataflow", "term-silent", "term-source",
      "term-nowcast"];
    assert.deepEqual(unused.filter((id) => !elsewhere.includes(id)), []);
    await go("?flow=CROSSINGS&key=D.HK.FLOW.US.ENTRY&view=table");
    await page.locator("#table-terms a.term", { hasText: "Margin" }).click();
    await page.waitForSelector("#term-margin.pointed");
    assert.equal(await page.evaluate(() => document.activeElement.id), "term-margin");
    assert.match(await text(page, "#term-margin"), /^Margin of error/);
  });

test("figures say what is still to come, by how much late events moved them, and what is cut",
  async () => {
    const made = makeLate();
    await visitStore(on.browser, made, async ({ page, go }) => {
      await go("?flow=CROSSINGS&key=D.HK.FLOW._T.ENTRY");
      assert.match(await text(page, "#plain"),
        new RegExp("Provisional: events that were reported late are still to be added, for the "
          + "last time with the release of 23 Feb 2024\\."));
      await page.waitForSelector("#caveats li:nth-child(2)");
      const [bound, late] = await page.locator("#caveats li").allInnerTexts();
      assert.match(bound, /^Bound: one person counts here at most 2 times in a year and once in/);
      assert.match(bound, new RegExp("beyond it in that year, up to and including 13 Feb 2024: "
        + "\\S+\\s\\u00b1\\s\\d+\\. Of what was reported in time, at most \\S+ are "
        + "missing from each figure here"));
      assert.match(late, new RegExp("^Late event: added to earlier periods .* by \\d+ on average "
        + "\\(\u00b1 \\d+, from 1 Jan 2024 to "));
      // Both numbers are those of the server.
      const cut = await page.evaluate(async () => (await fetch("v1/derived/CROSSINGS.CUT/"
        + "D.HK.FLOW._T.ENTRY?startPeriod=2024-02-13&endPeriod=2024-02-13")).json());
      const [persons, , most] = cut.rows[0].slice(cut.columns.indexOf("PERSONS"));
      assert.equal(/2024: (\S+)\s\u00b1/.exec(bound)[1].replace("\u2212", "-"),
        persons.toLocaleString("en"));
      assert.equal(/at most (\S+) are/.exec(bound)[1], most.toLocaleString("en"));
      await page.locator("#caveats a[data-flow]").click();
      await page.waitForFunction(() => document.title.startsWith("Persons at the bound"));
      await page.waitForFunction(() => !document.querySelector("#caveats li"));
      // What the plan says of its method stands beside the figures in short, and in full on its
      // page.
      await go("?flow=CROSSINGS");
      assert.match(await text(page, "#method"), /Revision policy\s+Measured three times\./);
      assert.doesNotMatch(await text(page, "#method"), /All border points/);
      await go("plan");
      assert.match(await text(page, "#method"), /Coverage\s+All border points\./);
      assert.match(await text(page, "#flow-CROSSINGS"), /measured again, 3 days and 10 days after/);
      assert.match(await text(page, "#cut"), /published for Entries and exits by citizenship\./);
      assert.match(await text(page, "#cut"), /Persons at the bound, in January 2024: /);
    });
    made.remove();
  });

test("amendments and breaks stand on the page of the plan", async () => {
  const made = makeBroken();
  await visitStore(on.browser, made, async ({ page, go }) => {
    await go("plan");
    assert.match(await text(page, "#amendments"), /From 8 January 2024: Gates count/);
    assert.match(await text(page, "#flow-CROSSINGS"), /Gates count every traveller/);
  });
  made.remove();
});

law("the panel says what a window promises, and the life of the plan", async ({ page, go }) => {
  await go("?flow=CROSSINGS");
  const words = await text(page, "#odds");
  assert.match(words, /One year\s+right at most 86 times in 100/);
  assert.match(words, /2 years\s+right at most 97 times in 100/);
  assert.match(words, /All 5 years of the plan\s+right at most 99\.9 times in 100/);
  assert.match(words, /the promise holds for one year and not for all of them together/);
  // The bars end where the words say.
  const ends = await page.locator("#odds rect.gain").evaluateAll((bars) =>
    bars.map((bar) => 50 + parseFloat(bar.getAttribute("width"))));
  for (const [n, most] of [86, 97, 99.9].entries()) {
    assert.ok(ends[n] <= most && ends[n] > most - 1, `${ends}`);
  }
  assert.ok(!(await page.locator("#budget").isVisible()));
  await page.locator("#privacy summary").click();
  assert.match(await text(page, "#budget"), /Spent over the plan/);
});

test("a limit is never written below itself, and never as certainty", async () => {
  const { oddsWords } = await import("../../web/odds.js");
  const exact = (rho) =>
    50 * (1 + Math.min(Math.sqrt(rho / 2), Math.sqrt(-Math.expm1(-rho))));
  for (let rho = 1e-6; rho < 9; rho *= 1.05) {
    const written = Number(oddsWords(rho));
    assert.ok(written >= exact(rho) - 1e-9 && written < 100, `${rho}: ${written}`);
    assert.ok(written < exact(rho) + 1, `${rho}: ${written}`);
  }
});

test("the glossary of the book is that of the page", async () => {
  const words = {};
  for (const file of ["en.js", "plan/en.js"]) {
    Object.assign(words, (await import(join(ROOT, "web/words", file))).default);
  }
  const terms = Object.keys(words).filter((key) => /^term-./.test(key));
  assert.ok(terms.length > 30, `${terms.length}`);
  const told = terms.map((key) => {
    const meaning = words[key.replace("term-", "means-")];
    const line = `- **${words[key]}.** ${meaning.replaceAll("{window}",
      "month, quarter or year")}`;
    return line.match(/.{1,108}(?=\s|$)/g).map((part) => part.trim()).join("\n  ");
  });
  const entries = told.sort((a, b) => a.localeCompare(b, "en")).join("\n");
  const page = ["# Glossary",
    "<!-- Written by a test from the words of the pages: change web/words,\n"
    + "then run UPDATE=1 node --test words.test.js in checks/browser. -->",
    "The words of the pages and of this book, as `/plan#glossary` has them in the\n"
    + "reader's language.", entries].join("\n\n").concat("\n");
  const place = join(ROOT, "docs/src/reference/glossary.md");
  if (process.env.UPDATE) writeFileSync(place, page);
  assert.equal(readFileSync(place, "utf8"), page);
});
