// Numbers for the eye: values to the nearest whole, intervals outwards.
//
// Not here: any figure of the page's own. Values, margins and intervals come from the server.
"use strict";

import { locale } from "./words.js";

const minus = (text) => text.replace("-", "\u2212");
const whole = (x) =>
  minus(new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }).format(x + 0));

export const nearest = (x) => whole(Math.sign(x) * Math.round(Math.abs(x)));
export const below = (x) => whole(Math.floor(x));
export const above = (x) => whole(Math.ceil(x));
export const exact = (x) => minus(new Intl.NumberFormat(locale,
  { maximumFractionDigits: 3 }).format(x));
export const percent = (share) => new Intl.NumberFormat(locale,
  { style: "percent", maximumFractionDigits: share > 0.9995 || share === 0 ? 0 : 1 }).format(share);
