// The table of a view: its rows and columns, order, pages and groups; and the lists of codes from
// which its rows are chosen.
//
// Not here: the table of one series (pages.test.js), and its place in the accessibility tree
// (tree.test.js).

import assert from "node:assert/strict";
import { violationsNow } from "./axe.js";
import { settled } from "./browser.js";
import { laws, makeStore, stage } from "./store.js";

const GROUPS = { ASIA: ["CN", "ID", "IN", "JP", "PH"], EUROPE: ["DE", "FR", "GB"],
  AMERICAS: ["BR", "CA", "US"], AFRICA: ["EG", "KE"], OCEANIA: ["AU"] };
const FLOW = "?flow=CROSSINGS&view=table&key=D.HK.FLOW.";
const SOME = "_T+ASIA+EUROPE+JP+CN+DE+US";

// The plan with countries in groups, and a border point that closes.
function withGroups(plan) {
  const groups = Object.keys(GROUPS).map((id) =>
    `{ id = "${id}", name = "${id[0]}${id.slice(1).toLowerCase()}" }`);
  const named = plan.replace('name = "Citizenship"\n',
    `name = "Citizenship"\ngroups = [${groups.join(", ")}]\n`);
  const names = new Map([...plan.matchAll(/id = "([A-Z]{2})", name = "([^"]+)"/g)]
    .map(([, id, name]) => [id, name]));
  // The codes of a group stand together in the list.
  const codes = Object.entries(GROUPS).flatMap(([group, ids]) => ids.map((id) =>
    `{ id = "${id}", name = "${names.get(id)}", group = "${group}" }`));
  const grouped = named.replace(/codes = \[\n    \{ id = "AU"[^\]]+\]/,
    `codes = [${codes.join(", ")}]`);
  return grouped.replace('name = "Hung Hom" }', 'name = "Hung Hom", valid_to = "2027-06-30" }');
}



const on = stage(() => makeStore(withGroups, "2024-02-06"));
const law = laws(on);
const api = async (path) => (await fetch(`${on.server.address}/${path}`)).json();
const heads = (page) => page.locator("#table tbody th").allInnerTexts();
const whole = (x) =>
  `${x < 0 ? "\u2212" : ""}${Math.abs(Math.round(x)).toLocaleString("en-GB")}`;

// The served value and margin of each series in each period, as the table writes them.
async function served(key) {
  const { series } = await api(`v1/data/CROSSINGS/D.HK.FLOW.${key}?lastNObservations=60`);
  return new Map(series.flatMap(({ key: codes, observations }) =>
    observations.map(([period, value, margin]) => [`${codes[3]} ${codes[4]} ${period}`,
      `${whole(value)} \u00b1 ${Math.ceil(margin)}`])));
}

law("any dimension stands on rows or columns, with every figure and its margin in place",
  async ({ page, go }) => {
    const figures = await served(`${SOME}.ENTRY+EXIT`);
    const codes = ["_T", "CN", "JP", "DE", "US", "ASIA", "EUROPE"];
    const names = { _T: "Total", CN: "China", JP: "Japan", DE: "Germany", US: "United States",
      ASIA: "Asia", EUROPE: "Europe" };
    await go(`${FLOW}${SOME}.ENTRY+EXIT&rows=CITIZENSHIP.DIRECTION&start=2024-02-05`);
    // The rows: members under their group, directions under each country.
    const ways = (name) => [name, "Arrival", "Departure"];
    assert.deepEqual((await heads(page)).map((head) => head.trim().split(/ \u00b7\s/).at(-1)),
      ["Total", "United States", "Asia", "China", "Japan", "Europe", "Germany"].flatMap(ways));
    const rows = await page.locator("#table tbody tr").evaluateAll((all) => all.map((row) =>
      ({ name: row.querySelector("th").textContent.trim(),
        cells: [...row.querySelectorAll("td.number")].map((cell) =>
          cell.innerText.replaceAll("\u00a0", " ")) })));
    let seen = 0;
    for (const { name, cells } of rows) {
      const [country, direction] = name.split(" \u00b7 ");
      if (!direction) continue;
      const code = codes.find((one) => names[one] === country);
      const way = direction === "Arrival" ? "ENTRY" : "EXIT";
      for (const [n, period] of ["2024-02-06", "2024-02-05"].entries()) {
        const expected = figures.get(`${code} ${way} ${period}`);
        assert.ok(cells[n].startsWith(expected), `${name} ${period}: ${cells[n]}, ${expected}`);
        seen += 1;
      }
    }
    assert.equal(seen, 28);
  });

law("a reader moves dimensions with buttons, and the address keeps them",
  async ({ page, go, context }) => {
    await go(`${FLOW}JP+US.ENTRY+EXIT`);
    assert.equal(await page.locator("#table thead tr").count(), 2);
    assert.match((await heads(page))[0], /6 Feb 2024/);
    const press = async (name) => {
      await page.locator("#table-axes button", { hasText: name }).focus();
      await page.keyboard.press("Enter");
      await settled(page);
    };
    await press("Swap rows");
    await page.waitForURL(/rows=CITIZENSHIP.DIRECTION/);
    assert.match((await page.locator("#table thead th").allInnerTexts()).join(), /6 Feb 2024/);
    await press("Direction");
    await page.waitForURL(/rows=CITIZENSHIP(&|$)/);
    await page.locator("#table thead tr").nth(1).waitFor();
    const focused = await page.evaluate(() => document.activeElement.dataset.again);
    assert.equal(focused, "axis-DIRECTION", "the button keeps the focus");
    assert.deepEqual(await heads(page), ["Japan", "United States"]);
    const other = await context.newPage();
    await other.goto(page.url());
    await settled(other);
    assert.equal(await other.locator("#table").innerText(),
      await page.locator("#table").innerText());
    await other.close();
    await press("Usual layout");
    assert.doesNotMatch(page.url(), /rows=/);
    await go(`${FLOW}JP+US.ENTRY&rows=CITIZENSHIP.PLANET`);
    assert.match(await page.locator("#lost").innerText(), /\u201cPLANET\u201d.*CITIZENSHIP/s);
    await page.locator("#lost section a").click();
    await page.waitForURL(/rows=CITIZENSHIP(&|$)/);
  });

law("a column sorts the rows both ways and back, members within their group",
  async ({ page, go }) => {
    await go(`${FLOW}${SOME}.ENTRY&rows=CITIZENSHIP&start=2024-02-04`);
    const column = "2024-02-05";
    const head = page.locator("#table thead th", { has: page.locator(
      `[data-again="sort-${column}"]`) });
    const values = () => page.locator("#table tbody tr").evaluateAll((rows) => rows.map((row) =>
      ({ name: row.querySelector("th").innerText.trim(), depth: row.querySelector("th").style
        .getPropertyValue("--depth"), value: Number(row.querySelectorAll(".value-cell")[1]
        .innerText.replace("\u2212", "-").replace(",", "")) })));
    const usual = await values();
    for (const [order, sign] of [["descending", -1], ["ascending", 1]]) {
      await head.locator("button").click();
      await page.waitForURL(new RegExp(`sort=${sign < 0 ? "down" : "up"}.${column}`));
      await settled(page);
      assert.equal(await head.getAttribute("aria-sort"), order);
      const rows = await values();
      const outer = rows.filter(({ depth }) => depth === "0");
      assert.deepEqual(outer, outer.toSorted((a, b) => sign * (a.value - b.value)));
      const asia = rows.findIndex(({ name }) => name === "Asia");
      assert.deepEqual(rows.slice(asia + 1, asia + 3).map(({ name }) => name).sort(),
        ["China", "Japan"]);
    }
    await head.locator("button").click();
    await page.waitForFunction(() => !location.search.includes("sort="));
    await settled(page);
    assert.deepEqual(await values(), usual);
    // One series by its value; periods by time.
    await go(`${FLOW}JP.ENTRY&sort=up.value`);
    const shown = await page.locator("#table td.value-cell").allInnerTexts();
    const numbers = shown.map((text) => Number(text.replace("\u2212", "-")));
    assert.deepEqual(numbers, numbers.toSorted((a, b) => a - b));
    await page.locator("[data-again=sort-name]").click();
    await page.waitForURL(/sort=up.name/);
    await settled(page);
    assert.match((await heads(page))[0], /^1 Jan 2024/);
    await go(`${FLOW}JP+US.ENTRY&sort=down.MOON`);
    assert.match(await page.locator("#table-pages").innerText(), /no column \u201cMOON\u201d/);
  });

law("groups fold, at once or one by one", async ({ page, go }) => {
  await go(`${FLOW}${SOME}.ENTRY&rows=CITIZENSHIP&last=all`);
  assert.equal((await heads(page)).length, 7);
  const fold = page.locator("#table [data-again=fold-ASIA]");
  assert.equal(await fold.getAttribute("aria-expanded"), "true");
  await fold.focus();
  await page.keyboard.press("Enter");
  assert.deepEqual((await heads(page)).map((head) => head.trim()),
    ["Total", "United States", "Asia", "Europe", "Germany"]);
  assert.equal(await page.evaluate(() => document.activeElement.dataset.again), "fold-ASIA");
  assert.equal(await fold.getAttribute("aria-expanded"), "false");
  await page.locator("[data-again=fold-all]").click();
  assert.equal((await heads(page)).length, 4);
  await page.locator("[data-again=unfold-all]").click();
  assert.equal((await heads(page)).length, 7);
});

for (const viewport of [{ width: 1280, height: 900 }, { width: 390, height: 844 }]) {
  law(`heads stay in sight at ${viewport.width} pixels`, async ({ page, go }) => {
    await go(`${FLOW}${SOME}.ENTRY+EXIT&rows=CITIZENSHIP.DIRECTION&last=all`);
    const region = page.locator("#table");
    await region.evaluate((node) => { node.scrollTop = 200; node.scrollLeft = 300; });
    const box = await region.boundingBox();
    const corner = await page.locator("#table .corner").boundingBox();
    const row = await page.locator("#table tbody th").nth(12).boundingBox();
    assert.ok(Math.abs(corner.x - box.x) < 3 && Math.abs(corner.y - box.y) < 3, "the corner");
    assert.ok(Math.abs(row.x - box.x) < 3, "the first column");
    assert.ok(corner.width < 0.6 * box.width, `${corner.width} of ${box.width}`);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth
      <= document.documentElement.clientWidth), "the page does not scroll sideways");
  }, { viewport });
}

law("a large table comes in pages", async ({ page, go }) => {
  const { dimensions } = await api("v1/dataflows/CROSSINGS");
  const all = dimensions[3].codes.map(({ id }) => id).join("+");
  await go(`${FLOW}${all}.ENTRY+EXIT&rows=DIRECTION&last=all`);
  const words = () => page.locator("#table-pages").innerText();
  const columns = dimensions[3].codes.length * 37;
  assert.match(await words(), new RegExp(`Columns 1 to 60 of ${columns}`));
  assert.ok(await page.locator("#table td").count() <= 120);
  await page.locator("[data-again=columns-after]").click();
  assert.match(await words(), new RegExp(`Columns 61 to 120 of ${columns}`));
  assert.equal(await page.evaluate(() => document.activeElement.dataset.again), "columns-after");
  await go(`${FLOW}${all}.ENTRY+EXIT&rows=CITIZENSHIP.DIRECTION.TIME_PERIOD&last=all`);
  assert.match(await words(), /Rows 1 to \d+ of \d+/);
  assert.equal(await page.locator("#table tbody tr").count(), 300);
});

law("a list of codes has its groups, a search, and a count of what is chosen",
  async ({ page, go }) => {
    await go(`${FLOW}JP.ENTRY`);
    const picker = page.locator("[data-dimension=CITIZENSHIP]");
    await picker.locator("summary").click();
    const shown = () => picker.locator(".code:visible").allInnerTexts();
    assert.match(await picker.innerText(), /1 of 20 chosen/);
    // The group with something chosen is open, and the others are folded.
    const names = (await shown()).map((name) => name.trim());
    assert.ok(names.includes("Japan") && names.includes("Europe") && !names.includes("France"));
    await picker.locator("[data-again=open-CITIZENSHIP-EUROPE]").focus();
    await page.keyboard.press("Enter");
    assert.ok((await shown()).join().includes("France"));
    // A search by name or code keeps the groups of what it finds in sight.
    await picker.locator("input.filter").fill("b\u00ebr");
    assert.match(await picker.locator("[role=status]").innerText(), /Nothing/);
    await picker.locator("input.filter").fill("braz");
    assert.deepEqual((await shown()).map((name) => name.trim()), ["Americas", "Brazil"]);
    await picker.locator("input.filter").fill("gb");
    assert.deepEqual((await shown()).map((name) => name.trim()), ["Europe", "United Kingdom"]);
    await picker.locator("input[value=GB]").check();
    await page.waitForURL(/key=D.HK.FLOW.JP\+GB.ENTRY/);
    await settled(page);
    assert.equal(await page.evaluate(() => document.activeElement.value), "GB");
    assert.equal(await picker.locator("input.filter").inputValue(), "gb", "the search stays");
    await picker.locator("input.filter").fill("");
    // All members of a group, and none.
    const all = picker.locator("[data-again=members-CITIZENSHIP-ASIA]");
    assert.equal(await all.getAttribute("aria-label"), "All members of Asia");
    await all.click();
    await page.waitForURL(/CN\+ID\+IN\+JP\+PH\+GB/);
    await settled(page);
    assert.match(await picker.innerText(), /5\/5/);
    await all.click();
    await page.waitForURL(/key=D.HK.FLOW.GB.ENTRY/);
    await settled(page);
    await picker.locator("button", { hasText: "All without groups" }).click();
    await page.waitForURL(/PH\+DE\+FR/);
    assert.doesNotMatch(page.url(), /ASIA|_T\./);
    // A code that is not always valid says so.
    await go("?flow=BORDER_FLOW&view=table");
    await page.locator("[data-dimension=BORDER_POINT] summary").click();
    assert.match(await page.locator("[data-dimension=BORDER_POINT] .codes").innerText(),
      /Hung Hom \(until 30 Jun 2027\)/);
  });

for (const colorScheme of ["light", "dark"]) {
  law(`axe-core finds nothing at a table with groups, ${colorScheme}`, async ({ page, go }) => {
    await go(`${FLOW}${SOME}.ENTRY+EXIT&rows=CITIZENSHIP.DIRECTION&sort=down.2024-02-05`);
    await page.locator("[data-dimension=CITIZENSHIP] summary").click();
    assert.deepEqual(await violationsNow(page), []);
  }, { colorScheme });
}
