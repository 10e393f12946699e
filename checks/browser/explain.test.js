// The page of the plan and `tidegauge plan explain` say the same, word for word.
//
// Not here: what the words are. Left out is what the command does not have: links, the clock, the
// axis of a picture, and countries' names, which a browser knows in more languages than a plan.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { join } from "node:path";
import { launch } from "./browser.js";
import { PROGRAM, ROOT, makeBroken, makeNone, visitStore } from "./store.js";

const LEFT_OUT = ".terms, .clock, .unseen, .odds-axis, .odds-key, svg, a:not(.term)";
const LANGUAGES = ["en", "de", "es", "fr"];
const words = (text) => text.match(/[\p{L}\p{N}]+/gu);

// The words of the page, from its title to the glossary.
const ofPage = (page) => page.evaluate((leftOut) => {
  const said = ["#title", "#plan-title", "[data-t=plan-lead]", "#statement, dl.facts", "#parts"]
    .map((selector) => document.querySelector(selector).cloneNode(true));
  for (const node of said.flatMap((part) => [...part.querySelectorAll(leftOut)])) node.remove();
  for (const code of said.flatMap((part) => [...part.querySelectorAll(".code-list code")])) {
    if (/^[A-Z]{2}$/.test(code.textContent)) code.nextSibling.nextSibling.textContent = "";
  }
  for (const node of said.flatMap((part) => [...part.querySelectorAll("dd")])) {
    if (/^.* \([A-Z]{2}\)$/u.test(node.textContent)) {
      node.textContent = node.textContent.slice(-3, -1);
    }
  }
  const texts = (node) => (node.nodeType === Node.TEXT_NODE ? [node.textContent]
    : [...node.childNodes].flatMap(texts));
  return said.slice(1).flatMap(texts).join(" ");
}, LEFT_OUT);

const explained = (place, lang) => execFileSync(PROGRAM,
  ["plan", "explain", place, "--lang", lang, "--format", "markdown"], { encoding: "utf8" })
  .replace(/^( *- `[A-Z]{2}`).*$/gmu, "$1");

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

async function isExplainedAsItsPageSays(plan) {
  const made = makeNone(plan);
  try {
    await visitStore(browser, made, async ({ page, go }) => {
      for (const lang of LANGUAGES) {
        await go(`plan?lang=${lang}`);
        const said = words(await ofPage(page));
        assert.ok(said.length > 1500, `${said.length} words`);
        assert.deepEqual(words(explained(plan, lang)), said, lang);
        assert.equal(explained(made.store, lang), explained(plan, lang));
      }
    });
  } finally {
    made.remove();
  }
}

for (const name of ["asylum", "border", "exit-metrics", "returns"]) {
  test(`the plan ${name} is explained as its page says it`,
    () => isExplainedAsItsPageSays(join(ROOT, `plans/${name}.toml`)));
}

test("a dataflow without dimensions is said to be divided by nothing", async () => {
  const directory = mkdtempSync(join(tmpdir(), "tidegauge-"));
  const plan = join(directory, "plan.toml");
  const flags = { kind: "border", id: "FERRIES", agency: "EX", title: "Passengers",
    controller: "Office", "legal-basis": "Act", contact: "statistics@example.org", area: "EE",
    "time-zone": "Europe/Tallinn", start: "2024-01-01", margin: "20", out: plan };
  const options = Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]);
  try {
    execFileSync(PROGRAM, ["plan", "new", ...options], { stdio: "pipe" });
    const text = explained(plan, "en");
    assert.match(text, /Nothing: there is only the total/u);
    assert.doesNotMatch(text, /Divided by.*Unit/u);
    await isExplainedAsItsPageSays(plan);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("the amendments of a store are explained as its page says them", async () => {
  const made = makeBroken();
  try {
    await visitStore(browser, made, async ({ page, go }) => {
      await go("plan?lang=en");
      const said = words(await ofPage(page));
      assert.ok(said.join(" ").includes("Gates count every traveller"));
      assert.deepEqual(words(explained(made.store, "en")), said);
    });
  } finally {
    made.remove();
  }
});
