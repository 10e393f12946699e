// Periods in SDMX notation: where they begin and end, and their words.
//
// Not here: which periods are released; the server says.
"use strict";

import { locale, t } from "./words.js";

const DAY = 86_400_000;
const HOUR = 3_600_000;
const utc = (year, month, day) => new Date(Date.UTC(year, month, day));

function weekStart(year, week) {
  const fourth = utc(year, 0, 4);
  const monday = fourth.getUTCDate() - ((fourth.getUTCDay() + 6) % 7);
  return utc(year, 0, monday + 7 * (week - 1));
}

export function grainOf(period) {
  // A time at a whole hour is that of the hour; a quarter of one has a name of its own (`named`).
  if (period.includes("T")) return /T\d\d(-|:(?!00))/.test(period) ? "N15" : "H";
  if (period.includes("-W")) return "W";
  if (period.includes("-Q")) return "Q";
  return { 4: "A", 7: "M", 10: "D" }[period.length];
}

// A period of this frequency, named so that it is no other's name too.
export const named = (period, frequency) =>
  (frequency === "N15" ? period.replace(/T(\d\d):(\d\d):00$/, "T$1-$2") : period);

// The beginning of a period. Hours are written 2024-01-15T13 in the ledger, quarters of an hour
// 2024-01-15T13-45, and both with minutes and seconds in answers.
export function begins(period) {
  const year = Number(period.slice(0, 4));
  switch (grainOf(period)) {
    case "W": return weekStart(year, Number(period.slice(6)));
    case "Q": return utc(year, 3 * Number(period.slice(6)) - 3, 1);
    case "M": return utc(year, Number(period.slice(5)) - 1, 1);
    case "D": return new Date(`${period}T00:00:00Z`);
    case "N15":
    case "H": return new Date(`${period.slice(0, 13)}:${period.slice(14, 16) || "00"}:00Z`);
    default: return utc(year, 0, 1);
  }
}

// The beginning of what follows a period.
export function endOf(period) {
  const first = begins(period);
  const [year, month] = [first.getUTCFullYear(), first.getUTCMonth()];
  switch (grainOf(period)) {
    case "W": return new Date(first.getTime() + 7 * DAY);
    case "Q": return utc(year, month + 3, 1);
    case "M": return utc(year, month + 1, 1);
    case "D": return new Date(first.getTime() + DAY);
    case "N15": return new Date(first.getTime() + HOUR / 4);
    case "H": return new Date(first.getTime() + HOUR);
    default: return utc(year + 1, 0, 1);
  }
}

export const dayOf = (instant) => instant.toISOString().slice(0, 10);
export const lastDay = (period) => dayOf(new Date(endOf(period).getTime() - 1));

const dated = (form, instant, timeZone = "UTC") =>
  new Intl.DateTimeFormat(locale, { timeZone, ...form }).format(instant);

// The civil time of an instant that stands for one.
export const clock = (instant) => instant.toISOString().slice(11, 16);

export function periodWords(period, long = false) {
  const year = period.slice(0, 4);
  const month = long ? "long" : "short";
  switch (grainOf(period)) {
    case "W": return long ? t("week-long", { week: period.slice(6), year }) : period;
    case "Q": return `${period.slice(5)} ${year}`;
    case "M": return dated({ month: "long", year: "numeric" }, begins(period));
    case "D": return dated({ day: "numeric", month, year: "numeric" }, begins(period));
    case "N15":
    case "H": return t("time-words", { day: periodWords(dayOf(begins(period)), long),
      from: clock(begins(period)), to: clock(endOf(period)).replace("00:00", "24:00") });
    default: return year;
  }
}

// An instant in UTC to the minute.
export function instantWords(instant, timeZone = "UTC") {
  return dated({ day: "numeric", month: "short", year: "numeric", hour: "2-digit",
    minute: "2-digit", hour12: false, timeZoneName: "short" }, instant, timeZone);
}

// Until when figures of a structure are under embargo, in the plan's time zone.
export const untilWords = ({ embargoed, timeZone }) =>
  (embargoed ? instantWords(new Date(embargoed.until), timeZone) : "");

// How many milliseconds the clocks of a zone are ahead of UTC at an instant.
function ahead(instant, timeZone) {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" })
    .formatToParts(instant);
  const zone = parts.find((part) => part.type === "timeZoneName").value;
  const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(zone);
  return sign ? (sign === "-" ? -1 : 1) * (hours * 60 + Number(minutes)) * 60_000 : 0;
}

// The instant at which a period closes: its end in the plan's zone and the plan's delay.
export function closes(period, timeZone, delayMinutes) {
  const wall = endOf(period).getTime();
  const guess = wall - ahead(new Date(wall), timeZone);
  return new Date(wall - ahead(new Date(guess), timeZone) + delayMinutes * 60_000);
}
