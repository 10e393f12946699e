// What stands beside figures: that a final one lacks what comes too late, that a stock is not
// final, what a bound cuts, and that a structural zero is none. The server says it without scripts.
//
// Not here: how much is provisional (nowcast.test.js), and the numbers of what is cut
// (words.test.js).

import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./browser.js";
import { makeClosed, makeFirst, makeLate, makeStore, stage, laws, visitStore } from "./store.js";

const on = stage(makeLate);
const law = laws(on);
const LANGUAGES = ["en", "de", "es", "fr"];
const FINAL = "?flow=CROSSINGS&key=D.HK.FLOW._T.ENTRY&end=2024-01-20&start=2024-01-01";
const text = (page, selector) => page.locator(selector).first().innerText();
const texts = (page, selector) => page.locator(selector).allInnerTexts();

law("a final figure says what came too late for it, and a stock that it is not revised",
  async ({ page, go }) => {
    await go(`${FINAL}&view=table`);
    assert.match(await text(page, "#plain"),
      /Final: what is reported more than 10 days late is in none of these figures\./);
    await go("?flow=CROSSINGS&key=D.HK.FLOW._T.ENTRY&view=table");
    assert.doesNotMatch(await text(page, "#plain"), /Final/);
    await go("?flow=VISITORS_PRESENT&key=D.HK.STOCK._T&view=table");
    assert.match(await text(page, "#plain"),
      /Not revised: what is reported late changes only the figures of later periods\./);
    await go("?flow=AT_BOUND&view=table");
    assert.match(await text(page, "#plain"), /Final: what is reported late is in none of these/);
    // Of several series it stands once, in the list.
    await go("?flow=CROSSINGS&key=D.HK.FLOW._T.ENTRY+EXIT&end=2024-01-20&start=2024-01-01");
    await page.waitForSelector("#caveats li:nth-child(2)");
    assert.match((await texts(page, "#caveats li"))[0], /^Final: what is reported more than 10/);
  });

law("how to read the figures speaks of bounds and late events where there are some",
  async ({ page, go }) => {
    const told = async (path) => {
      await go(path);
      await page.evaluate(() => {
        for (const part of document.querySelectorAll("details")) part.open = true;
      });
      return { words: await text(page, "#negatives"), shown: await Promise.all(
        ["bound", "late", "provisional"].map((id) => page.isVisible(`#reading-${id}`))) };
    };
    const { words, shown } = await told("?flow=CROSSINGS");
    assert.deepEqual(shown, [true, true, true]);
    assert.match(words, /The margin is for the noise alone/);
    assert.doesNotMatch(words, /true count|more precise/);
    assert.deepEqual((await told("?flow=AT_BOUND")).shown, [false, false, false]);
    assert.deepEqual((await told("?flow=VISITORS_PRESENT")).shown, [true, false, false]);
  });

test("a plan whose figures get more exact says so, and nothing of late events", async () => {
  const made = makeStore((plan) => plan, "2024-01-10");
  try {
    await visitStore(on.browser, made, async ({ page, go }) => {
      await go("?flow=CROSSINGS&view=table");
      const hidden = await page.evaluate(() => ["late", "provisional"].map((id) =>
        document.getElementById(`reading-${id}`).hidden));
      assert.deepEqual(hidden, [true, false]);
    });
  } finally {
    made.remove();
  }
});

// What the server says without scripts, and what they say, in the order of the scripts.
async function bothWays(browser, address, path) {
  const bare = await open(browser, address, { javaScriptEnabled: false });
  const full = await open(browser, address);
  try {
    await bare.page.goto(`${address}/${path}`);
    await full.go(path);
    const isFrame = path.startsWith("embed");
    if (!isFrame) await full.page.waitForSelector("#caveats li");
    const own = isFrame ? [] : await texts(full.page, "#plain .silent");
    const said = await texts(full.page, isFrame ? "#plain .caveats li" : "#caveats li");
    const served = await texts(bare.page, isFrame ? "#plain .caveats li" : "#served .caveats li");
    assert.deepEqual([...bare.faults, ...full.faults], []);
    return { served, said: [...own, ...said] };
  } finally {
    await bare.close();
    await full.close();
  }
}

// By how much late events moved figures is said with scripts only.
const withoutMoved = (lines) => lines.filter((line) =>
  !/^(Late event|Nachgemeldetes|Suceso tardío|Événement tardif)/.test(line));

for (const lang of LANGUAGES) {
  test(`in ${lang} the server says what figures lack without scripts as they do`, async () => {
    for (const path of [`${FINAL}&view=table`, "?flow=CROSSINGS&key=W.HK.FLOW._T.ENTRY&view=table",
      "?flow=VISITORS_PRESENT&key=D.HK.STOCK._T&view=table", "?flow=ENTRY_SHARE&view=table",
      `embed${FINAL}`, "embed?flow=ENTRY_SHARE",
      "embed?flow=CROSSINGS&key=D.HK.FLOW.US+JP.ENTRY"]) {
      // oxlint-disable-next-line no-await-in-loop
      const { served, said } = await bothWays(on.browser, on.server.address,
        `${path}&lang=${lang}`);
      assert.deepEqual(served, withoutMoved(said), path);
      assert.ok(served.length >= 2, path);
      assert.ok(!/[{}]|undefined|null/.test(served.join(" ")), served.join("\n"));
    }
  });
}

law("without scripts no figure of the front page is called final and no more",
  async ({ page }) => {
    await page.goto(`${on.server.address}/`);
    const statuses = await texts(page, "#served .news .small");
    assert.ok(statuses.some((words) => words.startsWith("Not revised: ")), statuses.join("\n"));
    for (const words of statuses) assert.doesNotMatch(words, /^(final|not revised)/);
    const described = await page.locator("meta[name=description]").getAttribute("content");
    assert.doesNotMatch(described, /Status: (final|not revised)/);
  }, { javaScriptEnabled: false });

test("links of what figures lack lead out of a frame, and to the book", async () => {
  for (const javaScriptEnabled of [true, false]) {
    const { page, close } = await open(on.browser, on.server.address, { javaScriptEnabled });
    await page.goto(`${on.server.address}/embed${FINAL}`);
    await page.waitForSelector("#plain .caveats a[hreflang]");
    const links = await page.locator("#plain .caveats a").evaluateAll((all) =>
      all.map(({ href, target }) => ({ href, target })));
    for (const { href, target } of links) {
      assert.equal(target, "_blank");
      assert.equal((await page.request.get(href)).status(), 200, href);
    }
    assert.ok(links.some(({ href }) => href.endsWith("/docs/explanation/bounds.html")));
    await close();
  }
});

test("first contributions say what the higher bound cuts too", async () => {
  const made = makeFirst();
  try {
    await visitStore(on.browser, made, async ({ page, go }, address) => {
      const cell = "?flow=FIRST_CROSSINGS&key=D.HK.FLOW.LO_WU.ENTRY.RESIDENT&view=table";
      await go(cell);
      await page.waitForSelector("#caveats li");
      const words = (await texts(page, "#caveats li")).join("\n");
      assert.match(words, /With it the count of 6 Jan 2024 is at least [\d,]+ and at most [\d,]+/);
      assert.match(words, /That leaves out what the bound of “[^”]+” cuts\./);
      assert.match(words, /Persons who went beyond it in that year, up to and including 6 Jan/);
      assert.match(words, /Nothing is missing here because of them yet\./);
      for (const lang of LANGUAGES) {
        for (const path of [cell, "?flow=FIRST_CROSSINGS&key=D.HK.FLOW._T.ENTRY._T&view=table"]) {
          // oxlint-disable-next-line no-await-in-loop
          const { served, said } = await bothWays(on.browser, address, `${path}&lang=${lang}`);
          assert.deepEqual(served, said, path);
        }
      }
    });
  } finally {
    made.remove();
  }
});

test("a structural zero is none, without a margin or an interval", async () => {
  const made = makeClosed();
  try {
    const path = "?flow=BORDER_FLOW&key=D.HK.FLOW.HUNG_HOM.ENTRY&view=table";
    await visitStore(on.browser, made, async ({ page, go }, address) => {
      // Where the series breaks, and after that.
      await go(`${path}&start=2024-01-02&end=2024-01-08`);
      assert.match(await text(page, "#plain"), /^None: nothing can count here/);
      await go(path);
      assert.equal(await text(page, "#value"), "0");
      assert.equal(await text(page, "#margin"), "");
      const plain = await text(page, "#plain");
      assert.match(plain, /^None: nothing can count here, so the zero is exact\./);
      assert.doesNotMatch(plain, /At most|confidence|Final/);
      const bare = await open(on.browser, address, { javaScriptEnabled: false });
      await bare.page.goto(`${address}/${path}`);
      assert.deepEqual((await texts(bare.page, "#served .latest .margin")), []);
      assert.match(await text(bare.page, "#served .plain"), /^None: nothing can count here/);
      await bare.close();
      for (const lang of LANGUAGES.slice(1)) {
        // oxlint-disable-next-line no-await-in-loop
        await go(`${path}&lang=${lang}`);
        // oxlint-disable-next-line no-await-in-loop
        assert.match(await text(page, "#plain"), /^(Keine: |Ninguno: |Aucun\s: )/);
      }
    });
  } finally {
    made.remove();
  }
});
