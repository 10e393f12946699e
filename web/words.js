// The language of the page: which one, and its messages.
//
// Not here: the messages themselves, one file a language in words/. A further language is one
// more file there, one more row here and in the server's list (assets.rs).
"use strict";

export const LANGUAGES = { en: "English", de: "Deutsch" };
const LOCALES = { en: "en-GB", de: "de-DE" };

let messages = {};
export let language = "en";
export let locale = "en-GB";

// Takes the language of the address, or else the one that the server chose by Accept-Language.
export async function speak() {
  const asked = new URLSearchParams(location.search).get("lang");
  const served = document.documentElement.lang;
  language = [asked, served].find((tag) => Object.hasOwn(LANGUAGES, tag ?? "")) ?? "en";
  locale = LOCALES[language];
  messages = (await import(`./words/${language}.js`)).default;
  document.documentElement.lang = language;
  for (const node of document.querySelectorAll("[data-t]")) {
    node.textContent = t(node.dataset.t);
  }
  for (const node of document.querySelectorAll("[data-t-label]")) {
    node.setAttribute("aria-label", t(node.dataset.tLabel));
  }
}

// The message of a name, its {places} filled.
export function t(name, places = {}) {
  const message = messages[name];
  if (message === undefined) throw new Error(`no message ${name}`);
  return message.replace(/\{(\w+)\}/g, (_, place) => places[place] ?? "");
}

export const has = (name) => Object.hasOwn(messages, name);

// The links that switch the language; the rest of the address stays.
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
