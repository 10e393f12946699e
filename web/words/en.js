// English.
export default {
  "skip": "Skip to the figures",
  "synthetic-head": "Synthetic data.",
  "synthetic": "Every event behind these figures was simulated; none is about a living person.",
  "fault": "These are the last verified figures; what followed did not verify: {fault}.",
  "nav": "Pages", "nav-figures": "Figures", "nav-ledger": "Ledger", "nav-plan": "Plan",
  "nav-language": "Language",
  "catalogue": "Statistics", "search": "Search statistics", "search-none": "Nothing by that name.",
  "search-count": "{count} of {all} shown",
  "up-to": "up to {period}", "not-yet": "nothing released yet",
  "data-as-of": "Data as of", "released-to": "Released to", "next-release": "Next release",
  "in-time": "{period}, {instant} ({left})", "due": "due now",
  "embargo": "Under embargo", "embargo-until": "figures up to {period}, until {until}",
  "held": "under embargo until {until}",
  "held-all": "The figures of this range are under embargo until {until}.",
  "left-days": "in {n} d {h} h", "left-hours": "in {h} h {m} min",
  "choose": "Choose what to see",
  "grain": "Length of period", "from": "From", "to": "To", "range": "Periods",
  "recent": "Recent", "all": "All", "between": "From \u2013 to",
  "codes": "Labels", "codes-name": "Name", "codes-code": "Code", "codes-both": "Both",
  "view": "View", "view-table": "Table", "view-chart": "Chart", "view-map": "Map",
  "vintage": "Vintage and revisions", "as-of": "As of", "newest": "Newest state",
  "since": "Mark what was revised since", "since-none": "Do not compare",
  "vintage-option": "up to {period} (entry {size})",
  "vintage-shown": "You see the state of ledger entry {size}, not the newest.",
  "filter": "Filter {dimension}", "only-total": "Total only", "every": "All codes",
  "chosen": "{first} and {more} more", "code-FREQ-N15": "Quarter of an hour",
  "code-FREQ-H": "Hour", "code-FREQ-D": "Day",
  "code-FREQ-W": "Week",
  "code-FREQ-M": "Month", "code-FREQ-Q": "Quarter", "code-FREQ-A": "Year", "total": "Total",
  "loading": "Loading the figures.", "again": "Try again",
  "cannot": "The figures cannot be shown: {why}.",
  "nothing": "No whole period of this length has been released in this range. Choose a shorter "
    + "length or a wider range, or come back after the next release.",
  "too-many": "{count} series are too many for a chart; up to {max} can be told apart. "
    + "The table shows them all.",
  "flag-b": "break in the series: another rule or source from here on",
  "flag-p": "provisional", "flag-u": "low reliability", "flag-none": "final",
  "flag-z": "cannot exist: not open in this period",
  "interval-none": "None or very few: noise alone has moved the whole interval below zero.",
  "interval-between": "Between {low} and {high}, with 95\u202f% confidence.",
  "interval-most": "At most {high}, with 95\u202f% confidence; there may have been none.",
  "interval-negative": "The figure lies below zero because noise goes both ways.",
  "when-stock": "at the end of {period}", "when-day": "on {period}", "when-period": "in {period}",
  "sentence": "{what}, {when}: {figure}. {interval}",
  "person-one": "{number} person", "person-many": "{number} persons",
  "event-one": "{number} event", "event-many": "{number} events",
  "unit-persons": "in persons", "unit-events": "in events",
  "unit-rates": "in per cent", "unit-RATE": "per cent", "meta-of": "One over the other",
  "untold": "not told: the denominator may be none",
  "privacy-rate": "A rate is read off published figures, so it takes nothing more.",
  "once-quarter_hour": "A person counts once in each quarter of an hour and cell.",
  "once-hour": "A person counts once in each hour and cell.",
  "once-day": "A person counts once in each day and cell.",
  "once-week": "A person counts once in each week and cell.",
  "once-month": "A person counts once in each month and cell.",
  "overlap": "Where two intervals overlap, which of the two is higher may be noise.",
  "period": "Period", "value": "Value", "margin": "Margin", "low": "Low", "high": "High",
  "status": "Status", "was": "Was", "newest-first": "newest first",
  "revised-mark": "revised", "new-mark": "new",
  "revised-count": "Since ledger entry {size}: {revised} of {shared} figures revised, {fresh} new.",
  "chart-label": "Line chart with 95 % intervals", "week-long": "week {week} of {year}",
  "time-words": "{day}, {from}\u2013{to}",
  "chart-words": "{series}: {count} periods from {first} to {last}. Lowest {low} "
    + "({lowWhen}), highest {high} ({highWhen}), latest {now}.",
  "chart-more": "The table holds every figure.", "chart-summary": "The chart in words",
  "estimate": "Estimate", "band": "95\u202f% interval", "open-dots": "Open symbols: provisional",
  "break": "Break", "break-line": "Dashed upright line: break in the series",
  "axis": "The axis does not start at zero", "range-words": "{low} to {high}",
  "map-period": "Period", "map-note": "Boundaries and names shown imply no opinion on the legal "
    + "status of any territory. Outlines: Natural Earth, 1:50 million, public domain.",
  "map-caption": "By {dimension}, {period}", "map-none": "no figure", "map-weak":
    "hatched: low reliability", "map-label": "World map; the table beside it holds every figure",
  "map-few": "at most {high}",
  "take": "Take the figures with you", "downloads": "Download", "download-csv": "CSV",
  "download-json": "JSON", "download-sdmx-csv": "SDMX-CSV 2.0", "download-svg": "SVG",
  "download-png": "PNG", "download-table-csv": "CSV of the server",
  "download-jsonstat": "JSON-stat", "download-parquet": "Parquet",
  "download-sdmx-ml": "SDMX-ML 2.1", "download-sdmx-json": "SDMX-JSON 2.0",
  "download-sdmx-csv-1": "SDMX-CSV 1.0", "download-sdmx-ml-generic": "SDMX-ML 2.1 generic",
  "cite": "Cite", "call": "The same figures by program", "embed": "Embed this chart",
  "copy": "Copy", "copied": "Copied", "link": "Link to this view",
  "citation": "{agency} ({year}). {title}: {flow}. {series}. State of ledger entry {size}, data "
    + "up to {period}. Estimates with 95 % margins. {address}",
  "reading": "How to read these figures",
  "reading-1": "Value and margin. Each figure is an unbiased estimate. The true count lies within "
    + "the margin with 95\u202f% confidence.",
  "reading-2": "Negative values and zeros. Noise goes both ways, so a small count can be shown "
    + "below zero, and a zero can stand for a few persons. They are shown as they are: cutting "
    + "them off would make every total too high.",
  "reading-3": "Provisional. Later measurements of the same window can still sharpen the figure. "
    + "Every earlier state of it stays readable.",
  "reading-4": "Low reliability. The margin is more than 30\u202f% of the figure.",
  "reading-6": "Cannot exist. The code lists leave nothing to count there, for instance at a "
    + "border point that has closed. The zero is known and has no margin; of a table, it is "
    + "measured.",
  "reading-5": "Rounding. This page shows whole numbers: values to the nearest, intervals "
    + "outwards. The files carry thousandths, with which cells and periods add up exactly.",
  "about": "About this statistic", "quality": "Quality",
  "meta-publisher": "Publisher", "meta-basis": "Legal basis", "meta-purpose": "Purpose",
  "meta-contact": "Contact", "meta-area": "Reference area", "meta-unit": "Unit of measure",
  "meta-step": "Smallest period", "meta-dimensions": "Dimensions", "meta-id": "Identifier",
  "meta-breaks": "Breaks in the series", "meta-break": "from {from}: {note}",
  "meta-bound": "Counted at most", "meta-bound-window": "{n} times a person and {window}",
  "meta-bound-month": ", {n} times a month", "meta-codes": "{name} ({n} codes)",
  "word-year": "year", "word-month": "month", "word-quarter": "quarter", "word-day": "day",
  "word-quarter_hour": "quarter of an hour", "word-hour": "hour", "word-week": "week",
  "unit-PERSONS": "persons", "unit-EVENTS": "events",
  "quality-accuracy": "Accuracy", "quality-accuracy-words": "Half of the {count} figures shown "
    + "have a margin of {median} or less, the widest {widest}. {weak} of them have low "
    + "reliability.",
  "quality-time": "Timeliness", "quality-time-words": "The last {n} releases came out "
    + "{median} after their period closed at the median, at the latest {latest}.",
  "quality-time-simulated": "Not told: this store is synthetic, and its releases were made when "
    + "the simulation ran.",
  "quality-revisions": "Revisions", "quality-revisions-none": "None of the {count} figures shown "
    + "changed since {step} releases ago.",
  "quality-revisions-some": "{changed} of the {count} figures shown that were out {step} releases "
    + "ago have changed since, by {median} at the median; their margins had promised {margin}.",
  "quality-revisions-short": "Too few releases to tell.", "hours": "{n} h", "days": "{n} d",
  "privacy": "Privacy", "privacy-unit": "What is protected is {unit}. Had that person never been "
    + "counted, everything published here would look almost the same.",
  "privacy-meaning": "In one sentence: whoever bets at even odds on whether a certain person "
    + "was counted this {window} wins at most {odds}\u202f% of the time with "
    + "everything published of it, and all else in the world known.",
  "privacy-flow": "This statistic takes \u03c1 {rho} a {window}, whatever its figures are.",
  "spent-plan": "Spent of the plan\u2019s {n} {window}s", "spent-window": "Spent in {period}",
  "rho-of": "\u03c1 {spent} of {budget} ({share})",
  "privacy-epsilon": "A {window}\u2019s budget of \u03c1 {budget} corresponds to {epsilon}. It is "
    + "charged when the {window} begins, for all of its releases. After {n} {window}s the plan "
    + "ends; nothing renews it.",
  "epsilon-at": "\u03b5\u00a0{epsilon} at \u03b4\u00a0{delta}", "or": ", or ",
  "ledger": "Ledger", "ledger-lead": "Every charge and every release is an entry in a public, "
    + "append-only log that anyone can verify. This page verifies it here, in your browser.",
  "ledger-short": "Every charge and every release is an entry in a public, append-only log.",
  "ledger-state": "{size} entries, the last of {at}. Root {root}",
  "ledger-open": "Verify it in this browser", "checkpoint": "Signed checkpoint",
  "verification": "Verification", "verify-program": "Verify it by program, charges included",
  "entries": "Entries", "entry": "Entry", "what": "What", "subject": "About", "when": "When",
  "digest": "Digest", "check": "Check file", "newer": "Newer", "older": "Older",
  "entries-shown": "Entries {from} to {to} of {size}, newest first",
  "kind-genesis": "Genesis", "kind-plan": "Plan", "kind-charge": "Charge",
  "kind-amendment": "Amendment",
  "kind-release": "Release", "waiting": "\u2026", "ok": "Verified", "bad": "Does not verify",
  "check-signature": "The checkpoint bears a valid Ed25519 signature of the key {key}",
  "check-root": "The published hashes of all {size} entries make the checkpoint\u2019s Merkle "
    + "root, {root}",
  "check-entries": "All {size} entries have these hashes",
  "check-shown": "Entries {from} to {to}, which are shown below, have these hashes",
  "check-progress": "{done} of {size} entries", "verify-all": "Verify every entry",
  "check-file": "The released file has the digest that its entry names, {digest}",
  "check-seen": "The ledger you saw before ({size} entries) is the beginning of this one",
  "check-first": "You have not seen this ledger before; its state is kept in this browser alone, "
    + "to compare with on your next visit",
  "check-cannot": "This browser verifies only over https or on this machine. Use the program "
    + "instead.",
  "check-key-note": "The key comes from this server. Compare it with the one that the office "
    + "publishes elsewhere: only then does a signature prove who signed.",
  "embed-source": "Source", "embed-open": "Open the full view",
  "noscript": "The charts need JavaScript.",
};
