// What a screen reader is given: the accessibility tree as the browser computes it.
//
// Not here: how a screen reader reads it out; that takes a person. Rules of WCAG are in
// access.test.js.

import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./browser.js";
import { stage } from "./store.js";

const on = stage();
const FLOW = "?flow=CROSSINGS&key=D.HK.FLOW.";
const CONTROLS = ["button", "link", "radio", "checkbox", "combobox", "searchbox", "textbox", "Date",
  "DateTime", "DisclosureTriangle", "spinbutton"];

// The nodes that are told, each with its role, its name and its properties.
async function treeOf(page, context) {
  const session = await context.newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  await session.detach();
  return nodes.filter((node) => !node.ignored).map((node) => ({
    role: node.role?.value, name: (node.name?.value ?? "").trim(), value: node.value?.value,
    ...Object.fromEntries((node.properties ?? []).map((one) => [one.name, one.value.value])),
  }));
}

function tree(name, path, body, prepare = async () => {}) {
  test(name, async () => {
    const one = await open(on.browser, on.server.address);
    try {
      await one.go(path);
      await prepare(one.page);
      const nodes = await treeOf(one.page, one.context);
      const of = (role) => nodes.filter((node) => node.role === role);
      const nameless = nodes.filter((node) => CONTROLS.includes(node.role) && !node.name);
      assert.deepEqual(nameless, [], "every control has a name");
      assert.equal(of("heading").filter((node) => node.level === 1).length, 1);
      const levels = of("heading").map((node) => node.level);
      for (const [n, level] of levels.entries()) {
        assert.ok(level <= (levels[n - 1] ?? level) + 1, `headings skip none: ${levels}`);
      }
      for (const role of ["region", "navigation", "table", "image", "img", "figure"]) {
        const unnamed = of(role).filter((node) => !node.name && role !== "figure");
        assert.deepEqual(unnamed, [], `every ${role} has a name`);
      }
      await body(one.page, of, nodes);
      assert.deepEqual(one.faults, []);
    } finally {
      await one.close();
    }
  });
}

const names = (nodes) => nodes.map((node) => node.name);

tree("landmarks, controls and live regions of the page of figures", `${FLOW}US._T`,
  async (page, of, nodes) => {
    for (const role of ["main", "banner", "search", "contentinfo"]) {
      assert.equal(of(role).length, 1, role);
    }
    assert.deepEqual(names(of("navigation")).sort(), ["Language", "Pages", "Statistics"]);
    assert.deepEqual(names(of("searchbox")), ["Search statistics"]);
    const radios = of("radio");
    for (const name of ["Day", "Week", "Month", "Recent", "All", "Table", "Chart", "Name"]) {
      assert.equal(radios.filter((node) => node.name === name).length, 1, name);
    }
    const checked = radios.filter((node) => node.checked === "true");
    assert.deepEqual(names(checked).sort(), ["Day", "Name", "Recent", "Table"]);
    // Radios stand in groups that say what is chosen by them.
    const groups = names(of("group"));
    for (const name of ["Length of period", "Periods", "Labels", "View"]) {
      assert.ok(groups.includes(name), `${name} among ${groups}`);
    }
    const current = nodes.filter((node) => node.role === "link" && /Entries and exits by citizen/
      .test(node.name));
    assert.equal(current.length, 1);
    const live = nodes.filter((node) => node.live && node.live !== "off");
    const told = live.map((node) => `${node.role} ${node.live}`);
    assert.ok(told.filter((one) => one.startsWith("status polite")).length >= 1, told.join());
    const headline = await page.locator("#headline").getAttribute("aria-live");
    assert.equal(headline, "polite");
  });

tree("a table has a name, a header for each column and one for each row", `${FLOW}US._T`,
  async (page, of) => {
    const [table] = of("table");
    assert.match(table.name, /United States, .*newest first/);
    const heads = await page.locator("#table thead th").count();
    assert.equal(of("columnheader").length, heads);
    assert.deepEqual(names(of("columnheader")).slice(0, 5),
      ["Period", "Value", "Margin", "Low", "High"]);
    const rows = await page.locator("#table tbody tr").count();
    assert.equal(of("rowheader").length, rows);
    assert.ok(names(of("rowheader")).every(Boolean));
    assert.ok(of("region").some((node) => node.name === table.name && node.focusable));
  });

tree("an open picker is a group of named boxes", `${FLOW}US._T`,
  async (page, of) => {
    const boxes = of("checkbox");
    const codes = await page.locator("[data-dimension=CITIZENSHIP] input[type=checkbox]").count();
    assert.equal(boxes.length, codes);
    assert.deepEqual(names(boxes.filter((node) => node.checked === "true")), ["United States"]);
    assert.ok(names(of("group")).includes("Citizenship"), names(of("group")).join());
    assert.ok(names(of("searchbox")).includes("Filter Citizenship"));
  }, async (page) => page.locator("[data-dimension=CITIZENSHIP] summary").click());

tree("a chart is one picture, and its words are at hand", `${FLOW}US+JP.ENTRY&view=chart`,
  async (page, of) => {
    const pictures = [...of("image"), ...of("img")].filter((node) => /Line chart/.test(node.name));
    assert.equal(pictures.length, 1);
    assert.match(pictures[0].name, /United States.*Japan|Japan.*United States/s);
    assert.match(pictures[0].name, /latest .* \u00b1 /);
  });

tree("the ledger's page tells its verdicts and its entries", "ledger",
  async (page, of, nodes) => {
    assert.deepEqual(names(of("columnheader")), ["Entry", "What", "About", "When", "Digest"]);
    assert.equal(of("rowheader").length, await page.locator("#rows tr").count());
    const checks = names(of("button")).filter((name) => name.startsWith("Check file"));
    assert.equal(new Set(checks).size, checks.length, "each button says which file");
    assert.ok(checks.length > 10);
    assert.ok(nodes.some((node) => node.role === "list" && node.live === "polite"));
    assert.deepEqual(names(of("button").filter((node) => node.disabled)), ["Newer"]);
  }, async (page) => page.waitForFunction(() => document.body.dataset.ready));

tree("an embedded chart says what it is", `embed${FLOW}US._T`,
  async (page, of) => {
    assert.equal(of("main").length, 1);
    assert.equal([...of("image"), ...of("img")].length >= 1, true);
    assert.ok(names(of("link")).includes("Open the full view"));
  });
