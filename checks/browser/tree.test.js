// The accessibility tree that the browser computes for screen readers.
//
// Not here: how a screen reader reads it out, which only a person can judge. The rules of WCAG are
// in access.test.js.

import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./browser.js";
import { stage } from "./store.js";

const on = stage();
const FLOW = "?flow=CROSSINGS&key=D.HK.FLOW.";
const CONTROLS = ["button", "link", "radio", "checkbox", "combobox", "searchbox", "textbox", "Date",
  "DateTime", "DisclosureTriangle", "spinbutton"];

// The nodes for a screen reader, each with its role, its name and its properties.
async function treeOf(page, context) {
  const session = await context.newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  await session.detach();
  return nodes.filter((node) => !node.ignored).map((node) => ({
    role: node.role?.value, name: (node.name?.value ?? "").trim(), value: node.value?.value,
    ...Object.fromEntries((node.properties ?? []).map(({ name, value }) => [name, value.value])),
  }));
}

function tree(name, path, body, prepare = async () => {}) {
  test(name, async () => {
    const visit = await open(on.browser, on.server.address);
    try {
      await visit.go(path);
      await prepare(visit.page);
      const nodes = await treeOf(visit.page, visit.context);
      const withRole = (role) => nodes.filter((node) => node.role === role);
      const nameless = nodes.filter((node) => CONTROLS.includes(node.role) && !node.name);
      assert.deepEqual(nameless, [], "every control has a name");
      assert.equal(withRole("heading").filter((node) => node.level === 1).length, 1);
      const levels = withRole("heading").map((node) => node.level);
      for (const [n, level] of levels.entries()) {
        assert.ok(level <= (levels[n - 1] ?? level) + 1, `headings skip no level: ${levels}`);
      }
      for (const role of ["region", "navigation", "table", "image", "img", "figure"]) {
        const unnamed = withRole(role).filter((node) => !node.name && role !== "figure");
        assert.deepEqual(unnamed, [], `every ${role} has a name`);
      }
      await body(visit.page, withRole, nodes);
      assert.deepEqual(visit.faults, []);
    } finally {
      await visit.close();
    }
  });
}

const names = (nodes) => nodes.map((node) => node.name);
// Opens all controls of a view but the pickers of codes.
const opened = (page) => page.evaluate(() => {
  for (const part of document.querySelectorAll("#picker .brief")) part.open = true;
});

tree("landmarks, controls and live regions of the page of figures", `${FLOW}US._T`,
  async (page, withRole, nodes) => {
    for (const role of ["main", "banner", "search", "contentinfo"]) {
      assert.equal(withRole(role).length, 1, role);
    }
    assert.deepEqual(names(withRole("navigation")).sort(), ["Language", "Pages", "Statistics"]);
    assert.deepEqual(names(withRole("searchbox")), ["Search statistics"]);
    const radios = withRole("radio");
    for (const name of ["Day", "Week", "Month", "Recent", "All", "Table", "Chart", "Name"]) {
      assert.equal(radios.filter((node) => node.name === name).length, 1, name);
    }
    const checked = radios.filter((node) => node.checked === "true");
    assert.deepEqual(names(checked).sort(), ["Chart", "Day", "Name", "Recent"]);
    // Radio buttons are in groups whose names say what they choose.
    const groups = names(withRole("group"));
    for (const name of ["Length of period", "Periods", "Labels", "View"]) {
      assert.ok(groups.includes(name), `${name} among ${groups}`);
    }
    const current = nodes.filter((node) => node.role === "link" && /Entries and exits by citizen/
      .test(node.name));
    assert.equal(current.length, 1);
    const live = nodes.filter((node) => node.live && node.live !== "off");
    const regions = live.map((node) => `${node.role} ${node.live}`);
    assert.ok(regions.some((region) => region.startsWith("status polite")), regions.join());
    const headline = await page.locator("#headline").getAttribute("aria-live");
    assert.equal(headline, "polite");
  }, opened);

tree("a table has a name, a header for each column and one for each row", `${FLOW}US._T`,
  async (page, withRole) => {
    const [table] = withRole("table");
    assert.match(table.name, /United States, .*newest first/);
    const heads = await page.locator("#table thead th").count();
    assert.equal(withRole("columnheader").length, heads);
    assert.deepEqual(names(withRole("columnheader")).slice(0, 5),
      ["Period", "Value", "Margin", "Low", "High"]);
    const rows = await page.locator("#table tbody tr").count();
    assert.equal(withRole("rowheader").length, rows);
    assert.ok(names(withRole("rowheader")).every(Boolean));
    assert.ok(withRole("region").some((node) => node.name === table.name && node.focusable));
  });

tree("an open picker is a group of named boxes", `${FLOW}US._T`,
  async (page, withRole) => {
    const boxes = withRole("checkbox");
    const codes = await page.locator("[data-dimension=CITIZENSHIP] input[type=checkbox]").count();
    assert.equal(boxes.length, codes);
    assert.deepEqual(names(boxes.filter((node) => node.checked === "true")), ["United States"]);
    assert.ok(names(withRole("group")).includes("Citizenship"), names(withRole("group")).join());
    assert.ok(names(withRole("searchbox")).includes("Filter Citizenship"));
  }, async (page) => page.locator("[data-dimension=CITIZENSHIP] summary").click());

tree("a chart is one picture with a description", `${FLOW}US+JP.ENTRY&view=chart`,
  async (page, withRole) => {
    const pictures = [...withRole("image"), ...withRole("img")]
      .filter((node) => /Line chart/.test(node.name));
    assert.equal(pictures.length, 1);
    assert.match(pictures[0].name, /United States.*Japan|Japan.*United States/s);
    assert.match(pictures[0].name, /latest .*\s\u00b1\s/);
  });

tree("the front page has a heading and a picture for each headline", "",
  async (page, withRole) => {
    const cards = await page.locator("#news > li").count();
    assert.ok(cards > 0);
    assert.equal(withRole("heading").filter((node) => node.level === 1)[0].name, "What is new");
    assert.equal(withRole("image").length + withRole("img").length, cards);
  });

tree("the page of the ledger shows its verdicts and its entries", "ledger",
  async (page, withRole, nodes) => {
    assert.deepEqual(names(withRole("columnheader")), ["Entry", "What", "About", "When", "Digest"]);
    assert.equal(withRole("rowheader").length, await page.locator("#rows tr").count());
    const checks = names(withRole("button")).filter((name) => name.startsWith("Check file"));
    assert.equal(new Set(checks).size, checks.length, "each button names its file");
    assert.ok(checks.length > 10);
    assert.ok(nodes.some((node) => node.role === "list" && node.live === "polite"));
    assert.deepEqual(names(withRole("button").filter((node) => node.disabled)), ["Newer"]);
  }, async (page) => page.waitForFunction(() => document.body.dataset.ready));

tree("an embedded chart has a name and a link", `embed${FLOW}US._T`,
  async (page, withRole) => {
    assert.equal(withRole("main").length, 1);
    assert.equal([...withRole("image"), ...withRole("img")].length >= 1, true);
    assert.ok(names(withRole("link")).includes("Open the full view"));
  });
