// The language of the page, and its messages.
//
// Not here: the messages themselves; each language has a file in words/. Another language needs a
// file there, and a row here and in the server's list (assets.rs).
"use strict";

/** @type {Record<string, string>} */
export const LANGUAGES = { en: "English", de: "Deutsch" };
/** @type {Record<string, string>} */
const LOCALES = { en: "en-GB", de: "de-DE" };

/** @type {Record<string, string>} */
let messages = {};
export let language = "en";
export let locale = "en-GB";

/**
 * Sets the language to that of the address, or else to the one that the server chose by
 * Accept-Language, and writes the messages that the page names.
 * @param {string[]} rooms folders of words/ with further messages that the page needs
 */
export async function speak(...rooms) {
  const requested = new URLSearchParams(location.search).get("lang") ?? "";
  const served = document.documentElement.lang;
  language = [requested, served].find((tag) => Object.hasOwn(LANGUAGES, tag)) ?? "en";
  locale = LOCALES[language];
  const files = ["", ...rooms.map((room) => `${room}/`)].map((room) =>
    import(`./words/${room}${language}.js`));
  messages = Object.assign({}, ...(await Promise.all(files)).map((file) => file.default));
  document.documentElement.lang = language;
  for (const node of document.querySelectorAll("[data-t]")) {
    node.textContent = t(node.getAttribute("data-t") ?? "");
  }
  for (const node of document.querySelectorAll("[data-t-label]")) {
    node.setAttribute("aria-label", t(node.getAttribute("data-t-label") ?? ""));
  }
  // Links to the other pages keep the language of the address.
  for (const link of document.querySelectorAll("a[data-page]")) {
    link.setAttribute("href", addressOf(link.getAttribute("data-page") ?? "",
      link.getAttribute("data-part") ?? ""));
  }
}

/**
 * The message of this name, with its {places} filled.
 * @param {string} name
 * @param {Record<string, string | number | null | undefined>} places
 */
export function t(name, places = {}) {
  const message = messages[name];
  if (message === undefined) throw new Error(`no message ${name}`);
  return message.replace(/\{(\w+)\}/g, (_, place) => String(places[place] ?? ""));
}

/**
 * The message of an error.
 * @param {unknown} error
 */
export const reasonOf = (error) => (error instanceof Error ? error.message : String(error));

/**
 * The address of another page, in the language that this one was asked for in.
 * @param {string} page
 * @param {string} part of it; empty for its beginning
 */
export function addressOf(page, part = "") {
  const lang = new URLSearchParams(location.search).get("lang");
  return `${page}${lang ? `?lang=${encodeURIComponent(lang)}` : ""}${part && `#${part}`}`;
}

/** @type {(name: string) => boolean} */
export const has = (name) => Object.hasOwn(messages, name);

/**
 * Shows the links that switch the language; the rest of the address stays.
 * @param {HTMLElement} nav
 */
export function switches(nav) {
  nav.replaceChildren(...Object.entries(LANGUAGES).map(([tag, name]) => {
    const link = document.createElement("a");
    const query = new URLSearchParams(location.search);
    query.set("lang", tag);
    link.href = `?${query}`;
    link.lang = tag;
    link.hreflang = tag;
    link.textContent = name;
    if (tag === language) link.setAttribute("aria-current", "true");
    return link;
  }));
}
