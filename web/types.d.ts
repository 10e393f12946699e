// The types that the scripts of the pages share: answers of the server, and the objects that the
// scripts make from them.
//
// Not here: code that runs. No page loads this file; `./test` checks the scripts against it.

/** A view, as an address names it: which figures are shown, and how. */
export interface View {
  /** The dataflow or rate; empty if the address names none. */
  flow: string;
  /** For each dimension, in order, the codes that are chosen. */
  key: string[][];
  view: string;
  codes: string;
  /** Everything that was released, not only the recent periods. */
  all: boolean;
  start: string | null;
  end: string | null;
  /** The size of the ledger whose state is shown; null for the newest. */
  asOf: string | null;
  /** The size of the ledger to compare with. */
  since: string | null;
  /** The period of a picture of one period, or the cohorts of one of cohorts. */
  at: string | null;
  /** The dimension of the map or of the ranking; groups have their level: `CITIZENSHIP/1`. */
  by: string | null;
  /** Whether the ranking shows all codes. */
  top: string | null;
  /** What a picture of cohorts shows. */
  shows: string | null;
  /** What the chart is compared with: the year before. */
  compare: string | null;
  /** The part of the world that the map shows. */
  region: string;
  /** The dimensions on the rows of a table, the outermost first; null for periods. */
  rows: string[] | null;
  /** `up` or `down` and the column by which a table is sorted. */
  sort: string | null;
}

/** How codes are written: by name, by code, or both. */
export type CodeForm = string;

export interface Code {
  id: string;
  name: string;
  /** The language of the name. */
  language?: string;
  /** The group that contains it. */
  parent?: string;
  /** The first and the last day on which an event can have it. */
  validFrom?: string;
  validTo?: string;
  formerNames?: { until: string; name: string }[];
  /** Other codes under which events name it. */
  also?: string[];
}
/** Codes of a dimension of which none contains another: its members, or its groups at a level. */
export interface CodeSet {
  /** The dimension, for groups with the level: `CITIZENSHIP/1`. */
  id: string;
  position: number;
  /** How many groups are above it; null for members. */
  level: number | null;
  codes: string[];
}

export interface Dimension { id: string; name: string; codes: Code[] }
export interface Embargo { last: string; until: string }

/** A dataflow in the catalogue. Periods have the names that `named` in periods.js gives. */
export interface Dataflow {
  id: string;
  name: string;
  description: string;
  measure: string;
  unit: string;
  step: string;
  grains: string[];
  first?: string | null;
  last?: string | null;
  next?: string | null;
  nextAt?: string | null;
  embargoed?: Embargo | null;
  /** The dataflow whose bound it counts persons at, if it counts any. */
  boundOf?: string;
}

/** What is released of a dataflow, and what comes next. */
export type Releases = Pick<Dataflow, "last" | "next" | "nextAt" | "embargoed">
  & { timeZone?: string };

/** What decides how a figure is written. */
export type Measured = Pick<Dataflow, "measure" | "unit" | "grains"> & { sources?: Source[];
  /** Whether events can be corrected or retracted. */
  corrections?: boolean; parts?: Structure[] };

/** A series that the plan shows first. */
export interface Headline { dataflow: string; key: string; title: string }

/** A rate in the catalogue: figures of dataflows over others, by these dimensions. */
export interface Rate {
  id: string;
  name: string;
  description: string;
  numerator: string;
  denominator: string;
  /** All dataflows that it is made of, the numerator's first. */
  dataflows: string[];
  by: string[];
}

/** A row of the catalogue: a dataflow or a rate. */
export interface Listed {
  id: string;
  name: string;
  description: string;
  measure?: string;
  last?: string | null;
}

/** An agency that delivers events. */
export interface Source {
  id: string;
  name: string;
  from?: string;
  completeEvery: string;
  completeWithinMinutes: number;
}

/** A change of a code that an amendment makes. */
export interface CodeChange { codeList: string; code: string; name?: string }

/** An amendment of the plan. */
export interface Amendment {
  entry: number;
  from: string;
  note: string;
  file: string;
  added?: CodeChange[];
  closed?: CodeChange[];
  renamed?: CodeChange[];
  breaks?: { dataflow: string; note: string }[];
  sources?: Source[];
}

/** A transition of the life cycle, by an event of a kind or by a timer. */
export interface PlanTransition {
  from: string;
  to: string;
  name: string;
  kind?: string;
  afterDays?: number;
}

/** The life cycle of the plan, whatever its statistics count of it. */
export interface PlanCycle { model: string; corrections: boolean; transitions: PlanTransition[] }

/** A text of the plan on its method. */
export interface PlanMethod { id: string; text: string }

export interface Catalogue {
  store: Store;
  dataflows: Dataflow[];
  rates?: Rate[];
  headlines?: Headline[];
  /** Only if the plan names its sources. */
  intake?: { sources: Source[]; longestWaitMinutes: number };
  amendments?: Amendment[];
  retention?: { eventsSteps?: number; personsWindows?: number };
  lifeCycle?: PlanCycle;
}

/** The statuses of the plan's life cycle, and the transitions between them. */
export interface LifeCycle {
  model: string;
  statuses: string[];
  /** The statuses in which persons are counted as present. */
  present?: string[];
  /** The dimension whose codes are transitions, or kinds of events. */
  dimension?: string;
  transitions: Transition[];
}

export interface Transition {
  id: string;
  kind?: string;
  from: string;
  to: string;
  /** Whether the dataflow counts it. */
  counted: boolean;
  code?: string;
}

export interface Store {
  id: string;
  class: string;
  title: string;
  agency: string;
  purpose: string;
  controller: string;
  legalBasis: string;
  contact: string;
  referenceArea: string;
  timeZone: string;
  releaseDelayMinutes: number;
  /** The time of day at which releases become public, if the plan has an embargo. */
  embargo?: string;
  /** The first day that is counted, and the last. */
  start: string;
  expires: string;
  method?: PlanMethod[];
  plan: string;
  treeSize: number;
}

/** The description of a dataflow, or of a rate as if it were one. */
export interface Structure extends Dataflow {
  version: string;
  dimensions: Dimension[];
  formats?: { name: string }[];
  /** For a table: its marginals, and the dimensions that are never summed over. */
  margins?: { levels: number[]; frequency: string }[];
  apart?: string[];
  /** The dataflow of which it counts only the first contributions of each person. */
  firstOf?: string;
  breaks?: { from: string; note: string }[];
  /** The kinds of events, or the transitions, that are counted; none for all. */
  only?: Record<string, string[]>;
  /** The statuses in which persons are counted, or whose spells are. */
  statuses?: string[];
  /** After how many steps a step is measured again. */
  vintages?: number[];
  /** Whether later steps of a window refine the figures of earlier ones. */
  refined?: boolean;
  method?: PlanMethod[];
  lifeCycle?: LifeCycle;
  /** The dimensions whose codes come from a spell. */
  roles?: { age?: string; band?: string; transition?: string };
  /** The transitions by which a cohort begins. */
  beginnings?: string[];
  /** The key with which it opens, if the plan says so. */
  view?: { key: string };
  privacy: { boundWindow: number; boundMonth?: number | null; window: string; budget: string;
    budgetDecimal: string };
  /** For a rate: the dataflows that it is made of, the numerator's first. */
  parts?: Structure[];
  /** Whether events can be corrected or retracted; set by the page. */
  corrections?: boolean;
  /** The time zone of the plan; set by the page. */
  timeZone?: string;
  /** The sources of the plan, if it names any; set by the page. */
  sources?: Source[];
  /** The amendments of the plan; set by the page. */
  amendments?: Amendment[];
}

/** One figure. */
export interface Row {
  period: string;
  begins: Date;
  value: number;
  /** For a rate, the wider half of its interval. */
  margin: number;
  low: number;
  high: number;
  status: string | null;
  /** The size of the ledger from which the figure comes; null for a rate. */
  vintage: number | null;
  /** Sources that had not delivered; only if the plan names its sources. */
  silent?: string[];
  /** Whether late events are due that the interval does not cover. */
  isOpen?: boolean;
  /** If the figure is a nowcast: the count that it begins with, and the day of that count. */
  counted?: { value: number; margin: number; low: number; high: number; by: string };
}

/** What a count will be in the end, and the day of the count. */
export interface Nowcast { value: number; low: number; high: number; by: string }

/** One series of an answer, its rows in order of time. */
export interface Series {
  key: string[];
  rows: Row[];
  /** Periods that are released and under embargo. */
  embargoed: string[];
  /** Periods of a rate that is not published, because its denominator may be zero. */
  unpublished: string[];
}

/** The change from one figure to another, with its interval. */
export interface Change { before: Row; now: Row; value: number; low: number; high: number }

/** Transitions of a life cycle that have one figure together. */
export interface Flow {
  id: string;
  name: string;
  /** The statistic that counts it, and whether that is the one that is shown. */
  statistic: string;
  own: boolean;
  /** The transitions, and the statuses from and to which they lead, in order. */
  ids: string[];
  from: string[];
  to: string[];
  /** Null if there is no figure for the codes of the view. */
  row: Row | null;
}

/** The persons in some statuses at the end of a period. */
export interface Stock { statuses: string[]; statistic: string; row: Row }

/** The figures of the year before, to be drawn under those of a chart. */
export interface Compared {
  /** For each series, its rows with those of the year before. */
  pairs: { now: Row; before: Row | null }[][];
  /** The rows of the year before, at the time of those a year later. */
  rows: Row[];
  marks: (limits: { low: number; high: number } | null) => Mark[];
}

/** A day on which what is counted changed, with its number on the time axis. */
export interface Annotation { number: number; at: Date; isBreak: boolean; words: string }

export interface Answer {
  asOf: number;
  columns: string[];
  series?: { key: string[]; observations: (string | number | null)[][] }[];
  /** Rates come as rows instead of series. */
  rows?: (string | number | null)[][];
}

/** A figure that an earlier state of the ledger also has, or a newer one. */
export type Earlier = Row & { isNew?: false } | { isNew: true };

export interface Changes {
  /** Null for a figure that has not changed. */
  changeOf: (key: string[], row: Row) => Earlier | null;
  size: string | number;
  revised: { row: Row; was: Row }[];
  /** The number of new figures. */
  added: number;
  /** The number of figures that both states have. */
  shared: number;
}

/** An entry of the ledger. */
export interface Entry {
  entry: string;
  at: string;
  dataflow?: string;
  id?: string;
  class?: string;
  part?: string;
  step?: string;
  from?: string;
  window?: string;
  rho?: string;
  note?: string;
  path?: string;
  digest?: string;
  bytes?: number;
}

/** A release, and the first size of the ledger that contains it. */
export interface Release extends Entry { step: string; size: number }

export interface Checkpoint {
  note: string;
  signed: string;
  signatures: string[];
  origin: string;
  size: number;
  root: Uint8Array<ArrayBuffer>;
}

export interface Spending {
  spentDecimal: string;
  budget: string;
  budgetDecimal: string;
  share: number;
}

export interface Privacy {
  unit: string;
  window: string;
  budget: string;
  windowsMax: number;
  windowsMoved: number;
  epsilon: { delta: string; epsilon: string }[];
  lifetime: Spending;
  windows: (Spending & { window: string; dataflows: (Spending & { id: string })[] })[];
  ledger: { size: number; public?: number; root: string; last: { at: string } };
  fault: string | null;
}

/**
 * The state of the page of figures. The first two members are set once it has loaded, the next two
 * once it shows a statistic.
 */
export interface Page {
  list: Catalogue;
  flows: Listed[];
  structure: Structure;
  view: View;
  /** The part of the page that is shown. */
  shown: "front" | "one" | "lost" | null;
  series: Series[] | null;
  /** The size of the ledger from which the figures come. */
  size: number | null;
  /** Counts requests, so that an answer that comes too late is dropped. */
  asked: number;
  releases: { flow: string; list: Release[] } | null;
  /** The query of the address that is shown. */
  address: string | null;
  privacy: Privacy | null;
  ledgerState: string | null;
}

/** What the page of the plan shows. */
export interface PlanPage { list: Catalogue; privacy: Privacy; structures: Structure[] }

/** The content of a download: the figures on the page, and their description. */
export interface Shown {
  store: Store;
  structure: Structure;
  view: View;
  series: Series[];
  size: number | null;
  /** What the series are together, if that is not in the view. */
  name?: string;
  /** Whether a chart of this number of series can be drawn. */
  drawable: boolean;
  names: string[];
  colours: string[];
}

/** What a picture is to show, and where. */
export interface Scene {
  page: Page;
  structure: Structure;
  view: View;
  /** The series of the view that have figures. */
  series: Series[];
  /** In pixels. */
  width: number;
  /** Shows a changed view. */
  change: (changes: Partial<View>) => Promise<void>;
  /** Writes a changed view to the address, for what the picture itself has already shown. */
  keep: (changes: Partial<View>) => void;
}

/** A picture of figures. */
export interface Picture {
  drawing: Element;
  legend: Element[];
  /** The picture in words, if the reader may want them. */
  words?: string[];
  /** What the reader can set on the picture. */
  controls?: Element[];
  /** The same figures as a table, if it is not that of the view. */
  table?: Element | null;
  /** What a file of the drawing says, if it is not lines with a band. */
  file?: { line: string; key: { words: string; colour: string }[] };
  /** What is to be downloaded with it, if it is not what the table has: the view that asks for it,
   * with all codes of a dimension, its series, and their name. */
  data?: { view: View; series: Series[]; name: string };
}

/** A kind of picture, and of which statistics there is one. */
export interface PictureKind {
  /** The name in an address (`view=`). */
  id: string;
  fits: (structure: Structure) => boolean;
  /** Whether it shows one period, that of `at` in the address. */
  isOfPeriod?: boolean;
  /** Whether its drawing is a table, which cannot be saved as SVG. */
  isTable?: boolean;
  load: (scene: Scene) => Promise<{ show: (scene: Scene) => Picture | Promise<Picture> }>;
}

/** A message, or its forms by plural category (`Intl.PluralRules`) of its place `count`. */
export type Message = string | { [category: string]: string; other: string };
/** What stands at the places of a message. */
export type Places = Record<string, string | number | null | undefined>;
/** Takes the codes that a reader has chosen of a dimension. */
export type Picked = (dimension: string, codes: string[]) => unknown;

/** What a table is to show. */
export interface Tabled {
  structure: Structure;
  view: View;
  series: Series[];
  /** Since an earlier state, if the reader compares with one. */
  changes: Changes | null;
  /** Shows a changed view. */
  change: (changes: Partial<View>) => unknown;
}

/** A figure with its series. */
export interface PlacedFigure { key: string[]; row: Row }

/** A row or a column of a table, with what stands inside it. */
export interface Line {
  /** Its codes, the outermost dimension's first, and their words. */
  path: string[];
  words: string[];
  /** What it is sorted by if not by a figure. */
  order: string | number;
  /** False for the head of lines that have figures. */
  hasFigures: boolean;
  inside: Line[];
}

/** How the rows of a table are sorted. */
export interface Sorting { column: string; isUp: boolean }

/** How figures of a structure are written. */
export interface Writing {
  nearest: (x: number) => string;
  below: (x: number) => string;
  above: (x: number) => string;
  exact: (x: number) => string;
}

export type Attributes = Record<string, string | number | boolean | null | undefined>;
export type Child = Node | string | null | undefined;

/** The elements of the pages that are more than an `HTMLElement`. */
export interface ElementsById {
  again: HTMLButtonElement;
  asOf: HTMLSelectElement;
  at: HTMLInputElement;
  end: HTMLInputElement;
  newer: HTMLButtonElement;
  older: HTMLButtonElement;
  drawer: HTMLDetailsElement;
  catalogue: HTMLDetailsElement;
  search: HTMLInputElement;
  since: HTMLSelectElement;
  start: HTMLInputElement;
  "verify-all": HTMLButtonElement;
  vintages: HTMLDetailsElement;
}

// The parts of the vendored libraries that are used, which set globals.

interface Topology { objects: { countries: object } }
export interface Shape { id?: string; type: string; properties: { name: string };
  geometry: { type: string; coordinates: number[][][][] } }
export interface Projection {
  rotate(angles: [number, number]): Projection;
  clipAngle(degrees: number): Projection;
  clipExtent(extent: [[number, number], [number, number]]): Projection;
  fitExtent(extent: [[number, number], [number, number]], shape: object): Projection;
}
export interface GeoPath {
  (shape: object): string | null;
  digits(count: number): GeoPath;
  area(shape: object): number;
  centroid(shape: object): [number, number];
}
/** A mark of Observable Plot; only `Plot.plot` looks inside. */
export interface Mark { readonly mark: unique symbol }
type Options = Record<string, unknown>;

declare global {
  const d3: {
    min<T>(rows: T[], of: (row: T) => number): number | undefined;
    max(rows: number[]): number | undefined;
    max<T>(rows: T[], of: (row: T) => number): number | undefined;
    groups<T, K>(rows: T[], of: (row: T) => K): [K, T[]][];
    range(count: number): number[];
    geoArea(shape: object): number;
    geoAzimuthalEqualArea(): Projection;
    geoEqualEarth(): Projection;
    geoPath(projection: Projection): GeoPath;
    scaleLinear(domain: [number, number], range: [number, number]):
      ((value: number) => number) & { ticks(count: number): number[] };
    interpolateRgb(low: string, high: string): (share: number) => string;
    symbol(type: object, size: number): () => string;
    [symbol: `symbol${string}`]: object;
  };
  const Plot: {
    plot(options: Options): SVGElement;
    pointer(options: Options): Options;
    pointerX(options: Options): Options;
    gridY(options: Options): Mark;
    areaY(rows: object[], options: Options): Mark;
    dot(rows: object[], options: Options): Mark;
    lineY(rows: object[], options: Options): Mark;
    ruleX(rows: object[], options: Options): Mark;
    rectY(rows: object[], options: Options): Mark;
    ruleY(rows: (number | object)[], options: Options): Mark;
    text(rows: object[], options: Options): Mark;
    tip(rows: object[], options: Options): Mark;
  };
  const topojson: {
    feature(topology: Topology, object: object): { features: Shape[] };
  };
}
