// English.
export default {
  "skip": "Skip to the figures",
  "synthetic-head": "Synthetic data.",
  "synthetic": "Every event behind these figures was simulated; none is about a living person.",
  "fault": "These are the last figures that could be verified. What was released after them could "
    + "not be verified: {fault}.",
  "front": "What is new", "front-about": "About these statistics", "front-all": "All statistics",
  "front-words": "{title}, published by {controller} on the basis of the {basis}. Purpose: "
    + "{purpose}. The figures count events and persons; nothing here is about anyone in "
    + "particular. Random noise protects each person who was counted, so every figure is an "
    + "estimate with an interval. Anyone may read, download and verify them.",
  "front-revised": "Revised by the latest release",
  "front-revised-none": "The latest release revised none of the figures shown here.",
  "front-was": "{period} is now {now}, and was {was}", "front-more": "and {n} more",
  "news-none": "No figure has been released yet.",
  "news-note": "Each picture has its own scale; its band is the 95\u202f% interval. A change has "
    + "the margins of both figures added up, which is enough however their errors are related. "
    + "Where its interval contains 0, the change is too small to tell.",
  "change": "({low} to {high}) on {before}",
  "change-small": "Change on {before} too small to tell ({low} to {high})",
  "change-break": "Not comparable with the period before: break in the series",
  "spark": "{title}: {count} periods from {first} to {last}",
  "nothing-yet": "Nothing has been released yet. The first release is that of {period}.",
  "nothing-yet-timed": "Nothing has been released yet. The first release is that of {period}; it "
    + "comes on {instant} ({left}).",
  "front-embargo": "The first figures, up to {period}, are under embargo until {until}.",
  "nothing-ever": "Nothing has been released, and no release is planned.",
  "lost": "Not found", "lost-flow": "There is no statistic \u201c{id}\u201d here.",
  "lost-flows": "These are the statistics that there are:",
  "lost-code": "{dimension} has no code {codes}.", "lost-codes": "These are its codes:",
  "lost-more": "{n} more codes",
  "lost-parts": "The key has {given} parts, but the statistic has {n} dimensions: {names}.",
  "lost-option": "The address contains {name}={value}, which has no meaning here.",
  "lost-without": "The same view without it", "lost-front": "What is new",
  "more": "More", "more-vintage": "Entry {size}",
  "nav": "Pages", "nav-figures": "Figures", "nav-ledger": "Ledger", "nav-plan": "Plan",
  "nav-language": "Language",
  "catalogue": "Statistics", "search": "Search statistics", "search-none": "Nothing found.",
  "search-count": "{count} of {all} shown",
  "up-to": "up to {period}", "not-yet": "nothing released yet",
  "released-to": "Released up to", "next-release": "Next release",
  "in-time": "{period}, {instant} ({left})", "due": "due now",
  "embargo": "Under embargo", "embargo-until": "figures up to {period}, until {until}",
  "embargoed": "under embargo until {until}",
  "embargoed-all": "The figures for this range are under embargo until {until}.",
  "left-days": "in {n} d {h} h", "left-hours": "in {h} h {m} min",
  "choose": "Choose what to see",
  "grain": "Length of period", "from": "From", "to": "To", "range": "Periods",
  "recent": "Recent", "all": "All", "between": "From \u2013 to",
  "codes": "Labels", "codes-name": "Name", "codes-code": "Code", "codes-both": "Both",
  "view": "View", "view-table": "Table", "view-chart": "Chart", "view-map": "Map",
  "vintage": "Vintage and revisions", "as-of": "As of", "newest": "Latest state",
  "since": "Mark revisions since", "since-none": "Do not compare",
  "vintage-option": "up to {period} (entry {size})",
  "vintage-shown": "You are looking at the state of ledger entry {size}, not at the latest.",
  "filter": "Filter {dimension}", "only-total": "Total only", "every": "All codes",
  "chosen": "{first} and {more} more", "code-FREQ-N15": "Quarter of an hour",
  "code-FREQ-H": "Hour", "code-FREQ-D": "Day",
  "code-FREQ-W": "Week",
  "code-FREQ-M": "Month", "code-FREQ-Q": "Quarter", "code-FREQ-A": "Year", "total": "Total",
  "loading": "Loading the figures.", "again": "Try again",
  "cannot": "The figures cannot be shown: {why}.",
  "nothing": "No whole period of this length has been released in this range. Choose a shorter "
    + "length or a wider range, or come back after the next release.",
  "too-many": "There are {count} series, and pictures of the first {max}. The table shows them "
    + "all.",
  "multiples": "From {first} to {last}, with the 95\u202f% interval; each picture has its own "
    + "scale",
  "flag-b": "break in the series: the rule or the source changes here",
  "flag-p": "provisional", "flag-u": "low reliability", "flag-none": "final",
  "flag-z": "structural zero: not open in this period",
  "flag-s": "a source had not delivered",
  "silent-one": "{names} had not delivered when this was released.",
  "silent-many": "{names} had not delivered when this was released.",
  "silent-note": "{periods}: {words}", "silent-more": "{periods}; and {more} more",
  "interval-none": "None or very few: the noise has moved the whole interval below zero.",
  "interval-between": "Between {low} and {high}, with 95\u202f% confidence.",
  "interval-most": "At most {high}, with 95\u202f% confidence; there may have been none.",
  "interval-negative": "The figure is below zero because the noise can go either way.",
  "when-stock": "at the end of {period}", "when-day": "on {period}", "when-period": "in {period}",
  "sentence": "{what}, {when}: {figure}. {interval}",
  "person-one": "{number} person", "person-many": "{number} persons",
  "event-one": "{number} event", "event-many": "{number} events",
  "unit-persons": "in persons", "unit-events": "in events",
  "unit-rates": "in per cent", "unit-RATE": "per cent", "meta-of": "Calculated from",
  "unpublished": "not published: the denominator may be zero",
  "privacy-rate": "A rate is calculated from published figures, so it takes nothing more from the "
    + "budget.",
  "once-per": " and {what}", "once-cell": "cell",
  "once-quarter_hour": "A person counts once in each quarter of an hour{per}.",
  "once-hour": "A person counts once in each hour{per}.",
  "once-day": "A person counts once in each day{per}.",
  "once-week": "A person counts once in each week{per}.",
  "once-month": "A person counts once in each month{per}.",
  "overlap": "Where two intervals overlap, the difference may be due to noise.",
  "period": "Period", "value": "Value", "margin": "Margin", "low": "Low", "high": "High",
  "status": "Status", "was": "Before", "newest-first": "newest first",
  "revised-mark": "revised", "new-mark": "new",
  "revised-count": "Since ledger entry {size}: {revised} of {shared} figures revised, {added} new.",
  "chart-label": "Line chart with 95 % intervals", "week-long": "week {week} of {year}",
  "time-words": "{day}, {from}\u2013{to}",
  "chart-words": "{series}: {count} periods from {first} to {last}. Lowest {low} ({lowWhen}), "
    + "highest {high} ({highWhen}), latest {now}.",
  "chart-summary": "The chart in words",
  "estimate": "Estimate", "band": "95\u202f% interval", "open-dots": "Open symbols: provisional",
  "break": "Break", "break-line": "Dashed vertical line: break in the series",
  "axis": "The axis does not start at zero", "range-words": "{low} to {high}",
  "chart-limit": "Drawn between {low} and {high} only: {n} intervals reach beyond. The table has "
    + "them whole",
  "map-period": "Period",
  "map-note": "Boundaries and names shown imply no opinion on the legal status of any territory. "
    + "Outlines: Natural Earth, 1:50 million, public domain.",
  "map-caption": "By {dimension}, {period}", "map-none": "no figure",
  "map-weak": "hatched: low reliability",
  "map-label": "World map; the table beside it shows every figure",
  "map-few": "at most {high}",
  "map-not": "There is no map of \u201c{name}\u201d, because it has no list of countries.",
  "map-instead": "Show the chart",
  "take": "Download, cite and reuse", "downloads": "Download", "download-csv": "CSV",
  "download-json": "JSON", "download-sdmx-csv": "SDMX-CSV 2.0", "download-svg": "SVG",
  "download-png": "PNG", "download-table-csv": "CSV from the server",
  "download-jsonstat": "JSON-stat", "download-parquet": "Parquet",
  "download-sdmx-ml": "SDMX-ML 2.1", "download-sdmx-json": "SDMX-JSON 2.0",
  "download-sdmx-csv-1": "SDMX-CSV 1.0", "download-sdmx-ml-generic": "SDMX-ML 2.1 generic",
  "cite": "Cite", "call": "Get the same figures with a program", "embed": "Embed this chart",
  "copy": "Copy", "copied": "Copied", "link": "Link to this view",
  "citation": "{agency} ({year}). {title}: {flow}. {series}. As of ledger entry {size}, data up to "
    + "{period}. Estimates with 95 % margins of error. {address}",
  "reading": "How to read these figures",
  "reading-1": "Value and margin of error. Each figure is an unbiased estimate. With 95\u202f% "
    + "confidence, the true count lies within the margin.",
  "reading-2": "Negative values and zeros. The noise can go either way, so a small count may be "
    + "shown below zero, and a zero may stand for a few persons. Such figures are shown as they "
    + "are: cutting them off at zero would make every total too high.",
  "reading-3": "Provisional. Later measurements can still make the figure more precise. Every "
    + "earlier state of it remains available.",
  "reading-4": "Low reliability. The margin is more than 30\u202f% of the figure.",
  "reading-6": "Structural zero. According to the code lists there is nothing to count, for "
    + "instance at a border point that has closed. The zero is known and has no margin of error; "
    + "in a table whose totals are measured separately, a measured figure is shown instead.",
  "reading-7": "Sources. A figure is released even if an agency has not delivered in time. It "
    + "then says so, until a later measurement of its period includes what the agency delivered.",
  "reading-5": "Rounding. Figures whose margin is at least 1 are published as whole numbers, with "
    + "which cells and periods add up exactly. The margin includes the rounding. Files have "
    + "thousandths with decimals=3 in their address.",
  "about": "About this statistic", "quality": "Quality",
  "meta-publisher": "Publisher", "meta-basis": "Legal basis", "meta-purpose": "Purpose",
  "meta-contact": "Contact", "meta-area": "Reference area", "meta-unit": "Unit of measure",
  "meta-step": "Smallest period", "meta-dimensions": "Dimensions", "meta-id": "Identifier",
  "meta-breaks": "Breaks in the series", "meta-break": "from {from}: {note}",
  "meta-bound": "Counted at most", "meta-bound-window": "{n} times per person and {window}",
  "meta-bound-month": ", {n} times per month", "meta-codes": "{name} ({n} codes)",
  "word-year": "year", "word-month": "month", "word-quarter": "quarter", "word-day": "day",
  "word-quarter_hour": "quarter of an hour", "word-hour": "hour", "word-week": "week",
  "unit-PERSONS": "persons", "unit-EVENTS": "events",
  "quality-accuracy": "Accuracy",
  "quality-accuracy-words": "Half of the {count} figures shown have a margin of {median} or less; "
    + "the widest is {widest}. {weak} of the figures have low reliability.",
  "quality-time": "Timeliness",
  "quality-time-words": "The last {n} releases came out a median of {median} after their period "
    + "ended, and at most {latest} after it.",
  "quality-time-simulated": "Not available: this store is synthetic, and its releases were made "
    + "when the simulation ran.",
  "quality-revisions": "Revisions",
  "quality-revisions-none": "None of the {count} figures shown has changed over the last {step} "
    + "releases.",
  "quality-revisions-some": "{changed} of the {count} figures that were already published {step} "
    + "releases ago have changed since, by a median of {median}; their median margin was {margin}.",
  "quality-revisions-short": "Too few releases so far.", "hours": "{n} h", "days": "{n} d",
  "privacy": "Privacy",
  "privacy-unit": "What is protected is {unit}. Had that person never been counted, everything "
    + "published here would look almost the same.",
  "privacy-meaning": "In one sentence: someone who bets at even odds on whether a certain person "
    + "was counted in a {window}, and who knows everything published about that {window} and "
    + "everything else in the world, wins at most {odds}\u202f% of the time.",
  "privacy-flow": "This statistic uses \u03c1 {rho} per {window}, whatever its figures are.",
  "spent-plan": "Spent over the plan\u2019s {n} {window}s", "spent-window": "Spent in {period}",
  "rho-of": "\u03c1 {spent} of {budget} ({share})",
  "privacy-epsilon": "A {window}\u2019s budget of \u03c1 {budget} corresponds to {epsilon}. It is "
    + "charged when the {window} begins, for all of its releases. After {n} {window}s the plan "
    + "ends; nothing renews it.",
  "epsilon-at": "\u03b5\u00a0{epsilon} at \u03b4\u00a0{delta}", "or": ", or ",
  "ledger": "Ledger",
  "ledger-lead": "Every charge and every release is an entry in a public, append-only log that "
    + "anyone can verify. This page verifies it here, in your browser.",
  "ledger-short": "Every charge and every release is an entry in a public, append-only log.",
  "ledger-state": "{size} entries, the latest from {at}. Root {root}",
  "ledger-open": "Verify in this browser", "checkpoint": "Signed checkpoint",
  "verification": "Verification",
  "verify-program": "Verify with the program, including the charges",
  "entries": "Entries", "entry": "Entry", "what": "What", "subject": "About", "when": "When",
  "digest": "Digest", "check": "Check file", "newer": "Newer", "older": "Older",
  "entries-shown": "Entries {from} to {to} of {size}, newest first",
  "kind-genesis": "Genesis", "kind-plan": "Plan", "kind-charge": "Charge",
  "kind-amendment": "Amendment",
  "kind-release": "Release", "waiting": "\u2026", "ok": "Verified", "bad": "Does not verify",
  "check-signature": "The checkpoint has a valid Ed25519 signature by the key {key}",
  "check-root": "The published hashes of all {size} entries give the checkpoint\u2019s Merkle "
    + "root, {root}",
  "check-entries": "All {size} entries match these hashes",
  "check-shown": "Entries {from} to {to}, which are shown below, match these hashes",
  "check-progress": "{done} of {size} entries", "verify-all": "Verify every entry",
  "check-seen": "The ledger you saw before ({size} entries) is the beginning of this one",
  "check-first": "You have not seen this ledger before. Its state is stored only in this browser, "
    + "for comparison on your next visit",
  "check-cannot": "Browsers verify only over https or on the same machine. Use the program "
    + "instead.",
  "check-key-note": "The key comes from this server. Compare it with the one that the office "
    + "publishes elsewhere: only then does a signature prove who signed.",
  // What only the server writes, for readers without scripts and for shared links.
  "noscript": "Charts, maps and the choice of what to see need JavaScript. The figures are here "
    + "without it.",
  "served-series": "Series",
  "served-many": "There are {count} series, more than this page lists without JavaScript. The "
    + "files have them all.",
  "card-released": "Released on {date}",
  "embed-source": "Source", "embed-open": "Open the full view",
};
