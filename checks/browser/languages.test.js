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

const messagesOf = async (language) => (await import(join(WORDS, `${language}.js`))).default;
const formsOf = (message) => (typeof message === "string" ? [message] : Object.values(message));
const placesOf = (message) => [...new Set(formsOf(message).flatMap((form) =>
  form.match(/\{\w+\}/g) ?? []))].sort();
// Parts of the name of a period: each language uses those that it needs.
const OF_PERIOD = /^(during|end-of|time|week|quarter)-/;

test("every language has the same messages", async () => {
  assert.deepEqual(readdirSync(WORDS).sort(), Object.keys(LANGUAGES).map((tag) => `${tag}.js`)
    .sort());
  const english = await messagesOf("en");
  for (const language of Object.keys(LANGUAGES)) {
    const messages = await messagesOf(language);
    assert.deepEqual(Object.keys(messages).sort(), Object.keys(english).sort(), language);
    const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
    for (const [name, message] of Object.entries(messages)) {
      const where = `${language} ${name}`;
      if (!OF_PERIOD.test(name)) assert.deepEqual(placesOf(message), placesOf(english[name]), where);
      for (const form of formsOf(message)) assert.ok(form.trim(), where);
      if (typeof message === "string") continue;
      assert.ok(message.other && message.one, `${where}: forms`);
      for (const form of Object.keys(message)) assert.ok(pluralCategories.includes(form), where);
    }
  }
});

test("a message with several forms in one language has a count in every other", async () => {
  const all = await Promise.all(Object.keys(LANGUAGES).map(messagesOf));
  for (const name of Object.keys(all[0])) {
    const counted = all.some((messages) => typeof messages[name] !== "string");
    if (counted && name !== "silent") {
      for (const messages of all) assert.ok(placesOf(messages[name]).includes("{count}"), name);
    }
  }
});

test("French has its spaces and German its quotation marks", async () => {
  const french = readFileSync(join(WORDS, "fr.js"), "utf8");
  for (const [n, line] of french.split("\n").entries()) {
    const strings = line.replace(/\/\/.*/, "").match(/"[^"]*"/g) ?? [];
    for (const string of strings.filter((each) => !line.trim().startsWith(`${each}:`))) {
      assert.doesNotMatch(string, / [:;!?%\u00bb]|\u00ab /, `fr.js:${n + 1}`);
    }
  }
  const german = readFileSync(join(WORDS, "de.js"), "utf8");
  assert.doesNotMatch(german, /\d%|\d %|\u201d/);
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
  const share = { en: /\d\.\d%/, de: /\d,\d\u00a0%/, es: /\d,\d\u00a0%/, fr: /\d,\d[\u00a0\u202f]%/ };
  const week = { en: /^W6 2024/, de: /^KW 6 2024/, es: /^S6 2024/, fr: /^S6 2024/ };
  const month = { en: "January 2024", de: "Januar 2024", es: "enero de 2024", fr: "janvier 2024" };
  const countries = { en: "Japan and United States", de: "Japan und Vereinigte Staaten",
    es: "Jap\u00f3n y Estados Unidos", fr: "Japon et \u00c9tats-Unis" };
  for (const language of Object.keys(LANGUAGES)) {
    await go(`${FLOW}US.ENTRY&lang=${language}`);
    assert.equal(await text(page, "#when"), when[language]);
    await go(`?flow=ENTRY_SHARE&key=W.HK.ENTRY_SHARE._T&lang=${language}`);
    assert.match(await text(page, "#value"), share[language]);
    assert.match(await page.locator("#table tbody th").first().innerText(), week[language]);
    await go(`${FLOW}US+JP.ENTRY&lang=${language}`.replace("key=D", "key=M"));
    assert.equal(await page.locator("#table tbody th").first().innerText(), month[language]);
    assert.equal(await page.locator("#series").textContent(), countries[language]);
  }
});

test("a message has the form for its count", async () => {
  const { default: english } = await import(join(WORDS, "en.js"));
  assert.deepEqual(english.persons, { one: "{count} person", other: "{count} persons" });
  const rules = new Intl.PluralRules("fr");
  assert.deepEqual([0, 1, 2, 1_000_000].map((n) => rules.select(n)),
    ["one", "one", "other", "many"]);
});
