// Elements, made and found.
//
// Not here: what they say (words.js) and when they are made.
"use strict";

const SVG = "http://www.w3.org/2000/svg";

export const $ = (id) => document.getElementById(id);

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(name, value === true ? "" : value);
    }
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

// An element; an attribute that is null or false is left out.
export function element(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

export function svgElement(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

// A drawing as one picture with these words: its parts say nothing of their own.
export function pictured(drawing, words) {
  for (const part of drawing.querySelectorAll("[aria-label]")) part.removeAttribute("aria-label");
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", words);
  return drawing;
}

// The value of a name of the style sheet, such as `--sea`.
export function styled(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

// A button that puts the text of another element on the clipboard, or selects it where the
// browser has none for this page.
export function copyButton(words, done, text) {
  const button = element("button", { type: "button", class: "copy" }, words);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text());
      button.textContent = done;
      setTimeout(() => { button.textContent = words; }, 1500);
    } catch {
      getSelection().selectAllChildren(button.parentElement.querySelector("code"));
    }
  });
  return button;
}
