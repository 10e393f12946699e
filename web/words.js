// The language of the page: its messages, and how it writes numbers, lists and names.
//
// Not here: the messages themselves; each language has a file in words/. Another language needs a
// file there, and a row here and in the server's list (assets.rs). Dates: periods.js.
//
// Invariants:
// 1. Every language has the same messages with the same places, and forms for its own plurals
//    (`languages.test.js`: "every language has the same messages").
"use strict";

/** @import { Message, Places } from "./types" */
/**
 * `locale` decides how numbers and dates are written, and `direction` of what is left to right and
 * what right to left. Where nouns keep their capitals inside a sentence, `capitals` is set.
 * @typedef {{ name: string, locale: string, direction?: "rtl", capitals?: boolean }} Language
 */

/** @type {Record<string, Language>} */
export const LANGUAGES = {
  en: { name: "English", locale: "en-GB" },
  de: { name: "Deutsch", locale: "de-DE", capitals: true },
  es: { name: "Espa\u00f1ol", locale: "es-ES" },
  fr: { name: "Fran\u00e7ais", locale: "fr-FR" },
};

/** @type {Record<string, Message>} */
let messages = {};
export let language = "en";
export let locale = "en-GB";
let isRightToLeft = false;
let plurals = new Intl.PluralRules(locale);

/**
 * Sets the language to that of the address, or else to the one that the server chose by
 * Accept-Language, and writes the messages that the page names.
 * @param {string[]} rooms folders of words/ with further messages that the page needs
 */
export async function speak(...rooms) {
  const requested = new URLSearchParams(location.search).get("lang") ?? "";
  const served = document.documentElement.lang;
  language = [requested, served].find((tag) => Object.hasOwn(LANGUAGES, tag)) ?? "en";
  locale = LANGUAGES[language].locale;
  isRightToLeft = LANGUAGES[language].direction === "rtl";
  plurals = new Intl.PluralRules(locale);
  const files = ["", ...rooms.map((room) => `${room}/`)].map((room) =>
    import(`./words/${room}${language}.js`));
  messages = Object.assign({}, ...(await Promise.all(files)).map((file) => file.default));
  document.documentElement.lang = language;
  document.documentElement.dir = isRightToLeft ? "rtl" : "ltr";
  for (const node of document.querySelectorAll("[data-t]")) {
    node.textContent = t(node.getAttribute("data-t") ?? "");
  }
  for (const node of document.querySelectorAll("[data-t-label]")) {
    node.setAttribute("aria-label", t(node.getAttribute("data-t-label") ?? ""));
  }
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (
    document.querySelectorAll("a[data-page]"))) {
    const [page, part] = (link.getAttribute("href") ?? "").split("#");
    link.href = addressOf(page, part);
  }
}

// ---------------------------------------------------------------- messages

/**
 * The text of a message; for one with several forms, the form for the number at its place `count`.
 * @param {string} name
 * @param {Places} places
 */
function textOf(name, { count }) {
  const message = messages[name];
  if (message === undefined) throw new Error(`no message ${name}`);
  if (typeof message === "string") return message;
  if (typeof count !== "number") throw new Error(`message ${name} without a count`);
  return message[plurals.select(count)] ?? message.other;
}

/**
 * What stands at a place: a number as the language writes it, any other text as it is.
 * @param {string | number | null | undefined} value
 */
const written = (value) =>
  (typeof value === "number" ? numberWords(value) : value ? isolated(value) : "");

/**
 * The message of this name, with its {places} filled. Numbers are written as the language does;
 * identifiers that consist of digits are given as text.
 * @param {string} name
 * @param {Places} places
 */
export const t = (name, places = {}) =>
  textOf(name, places).replace(/\{(\w+)\}/g, (_, place) => written(places[place]));

/** Words with their label before them.
 * @type {(label: string, words: string) => string} */
export const labelled = (label, words) => t("labelled", { label, words });

/**
 * The same as `t`, in parts, where elements stand at some places.
 * @param {string} name
 * @param {Record<string, Node | string | number | null | undefined>} places
 * @returns {(Node | string)[]}
 */
export function tNodes(name, places) {
  const texts = /** @type {Places} */ (places);
  return textOf(name, texts).split(/\{(\w+)\}/).map((part, n) => {
    if (n % 2 === 0) return part;
    const value = places[part];
    return value instanceof Node ? value : written(texts[part]);
  }).filter((part) => part !== "");
}

/**
 * A text in small letters without accents, for searching.
 * @param {string} text
 */
export const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** @type {(name: string) => boolean} */
export const has = (name) => Object.hasOwn(messages, name);

/**
 * The message of an error: that of its code, if there is one.
 * @param {unknown} error
 */
export function reasonOf(error) {
  const code = /** @type {{ code?: string } | null} */ (error)?.code;
  if (code && has(`error-${code}`)) return t(`error-${code}`);
  // A browser's own words for a request without an answer are in the browser's language.
  if (error instanceof TypeError && /fetch|network|load/i.test(error.message)) {
    return t("error-network");
  }
  return error instanceof Error ? error.message : String(error);
}

// ---------------------------------------------------------------- numbers, lists and names

/** @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/**
 * A number as the language writes it, with a minus sign instead of a hyphen.
 * @param {number} x
 * @param {Intl.NumberFormatOptions} options
 */
export function numberWords(x, options = { maximumFractionDigits: 3 }) {
  const name = `${locale} ${JSON.stringify(options)}`;
  const known = formats.get(name);
  // Four digits are grouped too, because they stand in columns with longer numbers.
  const format = known ?? new Intl.NumberFormat(locale, { useGrouping: true, ...options });
  if (!known) formats.set(name, format);
  return format.format(x + 0).replace("-", "\u2212");
}

/**
 * Things in a sentence: "a, b and c", or "a or b".
 * @param {string[]} items
 * @param {"conjunction" | "disjunction"} type
 */
export const listWords = (items, type = "conjunction") =>
  new Intl.ListFormat(locale, { type }).format(items.map(isolated));

/**
 * A text that stands inside another one whose language is written from right to left, so that
 * neither changes the order of the other.
 * @param {string} text
 */
export const isolated = (text) => (isRightToLeft ? `\u2068${text}\u2069` : text);

/**
 * A name inside a sentence: its first letter is small, unless the language writes nouns with
 * capitals or the name begins with an abbreviation.
 * @param {string} name
 */
export const inSentence = (name) => (LANGUAGES[language].capitals || /^\p{Lu}{2}/u.test(name)
  ? name : name.slice(0, 1).toLocaleLowerCase(locale) + name.slice(1));

// ---------------------------------------------------------------- addresses

/**
 * The address of another page, in the language that this one was asked for in.
 * @param {string} page
 * @param {string} part of it; empty for its beginning
 */
export function addressOf(page, part = "") {
  const lang = new URLSearchParams(location.search).get("lang");
  return `${page}${lang ? `?lang=${encodeURIComponent(lang)}` : ""}${part && `#${part}`}`;
}

/**
 * Shows the links that switch the language; the rest of the address stays. A narrow window shows
 * the tags of the languages instead of their names.
 * @param {HTMLElement} nav
 */
export function switches(nav) {
  const span = (/** @type {string} */ className, /** @type {string} */ text) => {
    const node = document.createElement("span");
    node.className = className;
    node.textContent = text;
    return node;
  };
  nav.replaceChildren(...Object.entries(LANGUAGES).map(([tag, { name }]) => {
    const link = document.createElement("a");
    const query = new URLSearchParams(location.search);
    query.set("lang", tag);
    link.href = `?${query}`;
    link.lang = tag;
    link.hreflang = tag;
    const short = span("tag", tag.toUpperCase());
    short.setAttribute("aria-hidden", "true");
    link.append(span("name", name), short);
    if (tag === language) link.setAttribute("aria-current", "true");
    return link;
  }));
}
