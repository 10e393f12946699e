// The glossary: every term with what it means, in the order of the alphabet.
//
// Not here: links to it (terms.js).
"use strict";

import { element } from "./dom.js";
import { TERMS } from "./terms.js";
import { language, t } from "./words.js";

/** @import { Privacy } from "./types" */

/** @type {(privacy: Privacy) => Element[]} */
export function glossary({ window }) {
  const rows = TERMS.map((id) => ({ id, name: t(`term-${id}`),
    meaning: t(`means-${id}`, { window: t(`word-${window}`) }) }));
  rows.sort((a, b) => a.name.localeCompare(b.name, language));
  return [element("p", {}, t("glossary-lead")),
    element("dl", { class: "glossary" }, rows.map(({ id, name, meaning }) =>
      element("div", { id: `term-${id}`, tabindex: "-1" },
        element("dt", {}, name), element("dd", {}, meaning))))];
}
