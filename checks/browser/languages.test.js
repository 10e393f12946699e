// The languages of the pages: their messages, their numbers and dates, and a language that is
// written from right to left.
//
// Not here: whether a message is well put, which only a person can judge, and names from a plan.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { LANGUAGES } from "../../web/words.js";
import { ROOT, laws, stage } from "./store.js";

const on = stage();
const law = laws(on);
const WORDS = join(ROOT, "web/words");
const FLOW = "?flow=CROSSINGS&key=D.HK.FLOW.";
const text = (page, selector) => page.locator(selector).innerText();

// The messages of every page, and those of the page of the plan.
const ROOMS = ["", "plan/"];
const messagesOf = async (language, room = "") =>
  (await import(join(WORDS, `${room}${language}.js`))).default;
const formsOf = (message) => (typeof message === "string" ? [message] : Object.values(message));
const placesOf = (message) => [...new Set(formsOf(message).flatMap((form) =>
  form.match(/\{\w+\}/g) ?? []))].sort();
// Parts of the name of a period: each language uses those that it needs.
const OF_PERIOD = /^(during|end-of|time|week|quarter)-/;

test("every language has the same messages", async () => {
  for (const room of ROOMS) {
    const files = readdirSync(join(WORDS, room)).filter((name) => name.endsWith(".js"));
    assert.deepEqual(files.sort(), Object.keys(LANGUAGES).map((tag) => `${tag}.js`).sort());
    const english = await messagesOf("en", room);
    for (const language of Object.keys(LANGUAGES)) {
      const messages = await messagesOf(language, room);
      assert.deepEqual(Object.keys(messages).sort(), Object.keys(english).sort(), language);
      const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
      for (const [name, message] of Object.entries(messages)) {
        const where = `${room}${language} ${name}`;
        if (!OF_PERIOD.test(name)) {
          assert.deepEqual(placesOf(message), placesOf(english[name]), where);
        }
        for (const form of formsOf(message)) assert.ok(form.trim(), where);
        if (typeof message === "string") continue;
        assert.ok(message.other && message.one, `${where}: forms`);
        for (const form of Object.keys(message)) assert.ok(pluralCategories.includes(form), where);
      }
    }
  }
});

test("a message with several forms in one language has a count in every other", async () => {
  for (const room of ROOMS) {
    const all = await Promise.all(Object.keys(LANGUAGES).map((tag) => messagesOf(tag, room)));
    for (const name of Object.keys(all[0])) {
      // A word may stand for a count of one ("once"), and the verb of "silent" has the count.
      const counted = all.some((messages) => typeof messages[name] !== "string");
      if (counted && name !== "silent") {
        for (const messages of all) assert.ok(placesOf(messages[name]).includes("{count}"), name);
      }
    }
  }
});

test("French has its spaces and German its quotation marks", () => {
  for (const room of ROOMS) {
    const french = readFileSync(join(WORDS, room, "fr.js"), "utf8");
    for (const [n, line] of french.split("\n").entries()) {
      const strings = line.replace(/\/\/.*/, "").match(/"[^"]*"/g) ?? [];
      for (const string of strings.filter((each) => !line.trim().startsWith(`${each}:`))) {
        assert.doesNotMatch(string, / [:;!?%\u00bb]|\u00ab /, `${room}fr.js:${n + 1}`);
      }
    }
    const german = readFileSync(join(WORDS, room, "de.js"), "utf8");
    assert.doesNotMatch(german, /\d%|\d %|\u201d/, `${room}de.js`);
  }
});

// The text of every element that names its message, with that message.
const named = (page) => page.locator("[data-t]").evaluateAll((nodes) =>
  nodes.map((node) => [node.getAttribute("data-t"), node.textContent]));

for (const language of Object.keys(LANGUAGES)) {
  law(`every page speaks ${language}`, async ({ page, go }) => {
    const messages = await messagesOf(language);
    for (const path of ["?", `${FLOW}US.ENTRY&`, `${FLOW}US+JP.ENTRY&view=table&`,
      "?flow=NONE&", "ledger?"]) {
      await go(`${path}lang=${language}`);
      assert.equal(await page.locator("html").getAttribute("lang"), language);
      assert.equal(await page.locator("html").getAttribute("dir"), "ltr");
      const shown = await named(page);
      assert.ok(shown.length > 10);
      for (const [name, words] of shown) assert.equal(words, messages[name], name);
      // Every link to another page of ours keeps the language.
      const links = await page.locator("a[href]:not([download]):not([hreflang])").evaluateAll(
        (all) => all.map((link) => link.href));
      for (const link of links.map((href) => new URL(href))) {
        const isPage = link.origin === on.server.address
          && !/^\/(v1|log|sdmx)\//.test(link.pathname);
        if (isPage && !link.hash) assert.equal(link.searchParams.get("lang"), language, link.href);
      }
    }
  });
}

law("numbers, dates and lists are written as the language does", async ({ page, go }) => {
  const when = { en: "on 13 February 2024", de: "am 13. Februar 2024",
    es: "el 13 de febrero de 2024", fr: "le 13 f\u00e9vrier 2024" };
  const share = { en: /\d\.\d%/, de: /\d,\d\u00a0%/, es: /\d,\d\u00a0%/,
    fr: /\d,\d[\u00a0\u202f]%/ };
  const week = { en: /^W6 2024/, de: /^KW 6 2024/, es: /^S6 2024/, fr: /^S6 2024/ };
  const month = { en: "January 2024", de: "Januar 2024", es: "enero de 2024", fr: "janvier 2024" };
  const countries = { en: ["Japan", "United States"], de: ["Japan", "Vereinigte Staaten"],
    es: ["Jap\u00f3n", "Estados Unidos"], fr: ["Japon", "\u00c9tats-Unis"] };
  for (const language of Object.keys(LANGUAGES)) {
    await go(`${FLOW}US.ENTRY&lang=${language}`);
    assert.equal(await text(page, "#when"), when[language]);
    await go(`?flow=ENTRY_SHARE&key=W.HK.ENTRY_SHARE._T&lang=${language}`);
    assert.match(await text(page, "#value"), share[language]);
    assert.match(await page.locator("#table tbody th").first().innerText(), week[language]);
    await go(`${FLOW}US+JP.ENTRY&lang=${language}`.replace("key=D", "key=M"));
    assert.equal(await page.locator("#table tbody th").first().innerText(), month[language]);
    assert.deepEqual(await page.locator("#figures .what").allInnerTexts(), countries[language]);
  }
});

law("a message has the form for its count", async ({ page, go }) => {
  const said = { en: ["1 person", "2 persons", "1,234 persons"],
    de: ["1 Person", "2 Personen", "1.234 Personen"],
    es: ["1 persona", "2 personas", "1.234 personas"],
    fr: ["1 personne", "2 personnes", "1\u202f234 personnes"] };
  for (const [language, expected] of Object.entries(said)) {
    await go(`?lang=${language}`);
    const words = await page.evaluate(async () => {
      const { src } = document.querySelector("script[type=module]");
      const { t } = await import(new URL("words.js", src).href);
      return [1, 2, 1234].map((count) => t("persons", { count }));
    });
    assert.deepEqual(words, expected);
  }
});

// An invented language: the English messages in letters that are written from right to left. It is
// added as a real one would be, by a row and a file.
const LETTERS = "\u05d0\u05d1\u05d2\u05d3\u05d4\u05d5\u05d6\u05d7\u05d8\u05d9\u05db\u05dc"
  + "\u05de\u05e0\u05e1\u05e2\u05e4\u05e6\u05e7\u05e8\u05e9\u05ea";
const invented = (form) => form.replace(/\{\w+\}|[a-z]/gi, (found) => (found.length > 1 ? found
  : LETTERS[found.toLowerCase().charCodeAt(0) % LETTERS.length]));
const ROW = `  he: { name: "${LETTERS.slice(0, 4)}", locale: "he-IL", direction: "rtl" },\n`;

async function addInvented(context) {
  const messages = Object.fromEntries(Object.entries(await messagesOf("en")).map(
    ([name, message]) => [name, typeof message === "string" ? invented(message)
      : Object.fromEntries(Object.entries(message).map(([form, words]) =>
        [form, invented(words)]))]));
  await context.route("**/words.js", async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace("  en: {", `${ROW}  en: {`);
    assert.ok(body.includes(ROW));
    await route.fulfill({ response, body });
  });
  await context.route("**/words/he.js", (route) => route.fulfill({
    contentType: "text/javascript", body: `export default ${JSON.stringify(messages)};` }));
}

// Where on the screen the first and the last character of a text stand inside an element.
const ends = (page, selector, words) => page.locator(selector).first().evaluate((node, wanted) => {
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  for (let each = walker.nextNode(); each; each = walker.nextNode()) {
    const at = each.data.search(new RegExp(wanted, "u"));
    if (at < 0) continue;
    const length = each.data.match(new RegExp(wanted, "u"))[0].length;
    const place = (n) => {
      const range = document.createRange();
      range.setStart(each, n);
      range.setEnd(each, n + 1);
      return range.getBoundingClientRect().left;
    };
    return [place(at), place(at + length - 1)];
  }
  return null;
}, words);

for (const viewport of [{ width: 1280, height: 900 }, { width: 390, height: 844 }]) {
  law(`a language from right to left turns the page at ${viewport.width} pixels, but no number`,
    async ({ page, context, go }) => {
      await addInvented(context);
      for (const path of ["?", `${FLOW}US.ENTRY&`, `${FLOW}US+JP.ENTRY&`,
        `${FLOW}US+JP.ENTRY&view=table&`, `${FLOW}_T._T&view=map&`,
        "?flow=ENTRY_SHARE&key=W.HK.ENTRY_SHARE._T&", "?flow=NONE&", "ledger?"]) {
        await go(`${path}lang=he`);
        assert.equal(await page.locator("html").getAttribute("dir"), "rtl");
        const over = await page.evaluate(() =>
          document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.equal(over, 0, path);
        const brand = await page.locator(".brand").boundingBox();
        assert.ok(brand.x + brand.width > viewport.width / 2, "the page begins at the right");
      }
      await go(`${FLOW}US+JP.ENTRY&view=table&lang=he`);
      const heads = await page.locator("#table thead th").evaluateAll((all) =>
        all.map((head) => head.getBoundingClientRect().left));
      assert.deepEqual(heads, heads.toSorted((a, b) => b - a));
      // A value stands to the left of its margin in cells, in sentences and in lines of figures.
      for (const selector of ["#each li", "#table td"]) {
        const [value, margin] = await ends(page, selector, "\\d[^:]*\\u00b1\\s\\d+")
          ?? await ends(page, selector, "\\u00b1\\s\\d+");
        assert.ok(value < margin, `${selector}: ${value} ${margin}`);
      }
      // A picker opens inside the window.
      if (viewport.width < 1000) await page.locator("#drawer > summary").click();
      for (const picker of await page.locator("#picker details.picker").all()) {
        await picker.locator("summary").click();
        const box = await picker.locator(".choices").boundingBox();
        assert.ok(box.x >= 0 && box.x + box.width <= viewport.width, JSON.stringify(box));
        await picker.locator("summary").click();
      }
    }, { viewport });
}
