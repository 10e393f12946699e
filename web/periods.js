// Periods in SDMX notation: when they begin and end, and how they are written.
//
// Not here: which periods are released; the server lists them.
"use strict";

import { listWords, locale, numberWords, t } from "./words.js";

/** @import { Structure } from "./types" */

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** @type {(year: number, month: number, day: number) => Date} */
const utc = (year, month, day) => new Date(Date.UTC(year, month, day));

/** @type {(year: number, week: number) => Date} */
function weekStart(year, week) {
  const fourth = utc(year, 0, 4);
  const monday = fourth.getUTCDate() - ((fourth.getUTCDay() + 6) % 7);
  return utc(year, 0, monday + 7 * (week - 1));
}

/**
 * The frequency of a period.
 * @param {string} period
 */
export function grainOf(period) {
  // A time at a whole hour names the hour; a quarter of an hour has another name (`named`).
  if (period.includes("T")) return /T\d\d(-|:(?!00))/.test(period) ? "N15" : "H";
  if (period.includes("-W")) return "W";
  if (period.includes("-Q")) return "Q";
  if (period.length === 10) return "D";
  return period.length === 7 ? "M" : "A";
}

/**
 * The name of a period of this frequency that no other period has.
 * @param {string} period
 * @param {string} frequency
 */
export const named = (period, frequency) =>
  (frequency === "N15" ? period.replace(/T(\d\d):(\d\d):00$/, "T$1-$2") : period);

/**
 * The beginning of a period. Hours are written 2024-01-15T13 in the ledger, quarters of an hour
 * 2024-01-15T13-45, and both with minutes and seconds in answers.
 * @param {string} period
 */
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

/**
 * The beginning of the period after this one.
 * @param {string} period
 */
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

/**
 * The period of this frequency in which another one begins; of shorter steps than a day, itself.
 * @param {string} period
 * @param {string} frequency
 */
export function containing(period, frequency) {
  const first = begins(period);
  const [year, month] = dayOf(first).split("-");
  switch (frequency) {
    case "A": return year;
    case "Q": return `${year}-Q${Math.ceil(Number(month) / 3)}`;
    case "M": return `${year}-${month}`;
    case "W": return weekName(new Date(first.getTime() - (first.getUTCDay() + 6) % 7 * DAY));
    case "D": return dayOf(first);
    default: return period;
  }
}

/** @type {(monday: Date) => string} */
function weekName(monday) {
  const year = new Date(monday.getTime() + 3 * DAY).getUTCFullYear();
  const week = 1 + Math.round((monday.getTime() - weekStart(year, 1).getTime()) / (7 * DAY));
  return `${year}-W${String(week).padStart(2, "0")}`;
}

/**
 * The name of the step that begins this many steps after the beginning of one.
 * @param {Date} begin
 * @param {string} frequency
 * @param {number} steps
 */
export function stepAfter(begin, frequency, steps) {
  const text = (/** @type {Date} */ instant) => instant.toISOString();
  const later = (/** @type {number} */ length) =>
    text(new Date(begin.getTime() + steps * length));
  switch (frequency) {
    case "M": return text(utc(begin.getUTCFullYear(), begin.getUTCMonth() + steps, 1)).slice(0, 7);
    case "D": return later(DAY).slice(0, 10);
    case "H": return later(HOUR).slice(0, 13);
    case "N15": return later(HOUR / 4).slice(0, 16).replace(/:(\d\d)$/, "-$1");
    default: return weekName(new Date(later(7 * DAY)));
  }
}

/**
 * The same period of the year before, or null if that year has none: no 29 February, no week 53.
 * @param {string} period
 */
export function yearBefore(period) {
  const before = `${String(Number(period.slice(0, 4)) - 1).padStart(4, "0")}${period.slice(4)}`;
  if (period.includes("-W53")) {
    const next = `${period.slice(0, 4)}-W01`;
    return begins(before).getTime() === begins(next).getTime() ? null : before;
  }
  return period.slice(5, 10) === "02-29" ? null : before;
}

/** @type {(instant: Date) => string} */
export const dayOf = (instant) => instant.toISOString().slice(0, 10);
/** @type {(period: string) => string} */
export const lastDay = (period) => dayOf(new Date(endOf(period).getTime() - 1));

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/**
 * An instant as the language writes it. French writes the first day of a month as an ordinal, so
 * days are messages.
 * @param {Intl.DateTimeFormatOptions} form
 * @param {Date} instant
 */
function dated(form, instant, timeZone = "UTC") {
  const options = { timeZone, ...form };
  const name = `${locale} ${JSON.stringify(options)}`;
  const format = formats.get(name) ?? new Intl.DateTimeFormat(locale, options);
  formats.set(name, format);
  return format.formatToParts(instant).map(({ type, value }) =>
    (type === "day" && /^\d+$/.test(value) ? t("day-of-month", { count: Number(value) }) : value))
    .join("");
}

/**
 * The civil time that an instant represents as if it were UTC.
 * @param {Date} instant
 */
export const clock = (instant) => instant.toISOString().slice(11, 16);

/**
 * The parts of a period's name, for the places of messages.
 * @param {string} period
 */
function partsOf(period) {
  return { year: period.slice(0, 4), week: Number(period.slice(6)), quarter: period.slice(6),
    from: clock(begins(period)), to: clock(endOf(period)).replace("00:00", "24:00") };
}

/** @type {(period: string, long?: boolean) => string} */
export function periodWords(period, long = false) {
  const month = long ? "long" : "short";
  switch (grainOf(period)) {
    case "W": return t(long ? "week-long" : "week-short", partsOf(period));
    case "Q": return t(long ? `quarter-${period.slice(6)}` : "quarter-short", partsOf(period));
    case "M": return dated({ month: "long", year: "numeric" }, begins(period));
    case "D": return dated({ day: "numeric", month, year: "numeric" }, begins(period));
    case "N15":
    case "H": return t("time-words",
      { ...partsOf(period), day: periodWords(dayOf(begins(period)), long) });
    default: return period.slice(0, 4);
  }
}

/**
 * A period in a sentence: "in March 2024", or for a state, "at the end of March 2024".
 * @param {string} period
 * @param {boolean} isState whether the figure is that of the end of the period
 */
export function duringWords(period, isState) {
  const grain = grainOf(period).replace("N15", "H");
  return t(`${isState ? "end-of" : "during"}-${grain}`, { ...partsOf(period),
    period: periodWords(period, true), day: periodWords(dayOf(begins(period)), true) });
}

/** @type {(date: Date) => string} */
export const monthTick = (date) => dated({ month: "short", year: "numeric" }, date);
/** @type {(date: Date) => string} */
export const dayTick = (date) => dated({ day: "numeric", month: "short" }, date);

/**
 * An instant to the minute, in a time zone.
 * @param {Date} instant
 */
export function instantWords(instant, timeZone = "UTC") {
  return dated({ day: "numeric", month: "short", year: "numeric", hour: "2-digit",
    minute: "2-digit", hour12: false, timeZoneName: "short" }, instant, timeZone);
}

/**
 * A length of time in its two largest units, days and hours or hours and minutes.
 * @param {number} minutes
 */
export function lengthWords(minutes) {
  const hours = Math.floor(minutes / 60);
  const unit = (/** @type {string} */ name, /** @type {number} */ n) =>
    numberWords(n, { style: "unit", unit: name, unitDisplay: "short" });
  return listWords(hours >= 48
    ? [unit("day", Math.floor(hours / 24)), unit("hour", hours % 24)]
    : [unit("hour", hours), unit("minute", minutes % 60)]);
}

/**
 * The end of the embargo of a structure's figures, in the plan's time zone.
 * @param {Pick<Structure, "embargoed" | "timeZone">} structure
 */
export const untilWords = ({ embargoed, timeZone }) =>
  (embargoed ? instantWords(new Date(embargoed.until), timeZone) : "");

/**
 * The number of milliseconds by which the clocks of a zone are ahead of UTC at an instant.
 * @param {Date} instant
 * @param {string} timeZone
 */
function ahead(instant, timeZone) {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" })
    .formatToParts(instant);
  const zone = parts.find((part) => part.type === "timeZoneName")?.value ?? "";
  const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(zone) ?? [];
  return sign ? (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000 : 0;
}

/**
 * The instant at which a period closes: its end in the plan's zone plus the plan's delay.
 * @param {string} period
 * @param {string} timeZone
 * @param {number} delayMinutes
 */
export function closes(period, timeZone, delayMinutes) {
  const wall = endOf(period).getTime();
  const guess = wall - ahead(new Date(wall), timeZone);
  return new Date(wall - ahead(new Date(guess), timeZone) + delayMinutes * 60_000);
}
