// English.
export default {
  "skip": "Skip to the figures", "synthetic-head": "Synthetic data.",
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
  "front-was": "{period} is now {now}, and was {was}", "front-more": "and {count} more",
  "news-none": "No figure has been released yet.",
  "news-note": "Each picture has its own scale; its band is the 95% interval. A change has "
    + "the margins of both figures added up, which is enough however their errors are related. "
    + "Where its interval contains 0, the change is too small to tell.",
  "change": "({low}\u00a0to\u00a0{high}) compared with {before}",
  "change-small": "Change compared with {before} too small to tell ({low}\u00a0to\u00a0{high})",
  "change-break": "Not comparable with the period before: break in the series",
  "spark": { one: "{title}: one period, {first}",
    other: "{title}: {count} periods from {first} to {last}" },
  "nothing-yet": "Nothing has been released yet. The first release is that of {period}.",
  "nothing-yet-timed": "Nothing has been released yet. The first release is that of {period}; it "
    + "comes on {instant} ({left}).",
  "front-embargo": "The first figures, up to {period}, are under embargo until {until}.",
  "nothing-ever": "Nothing has been released, and no release is planned.",
  "lost": "Not found", "lost-flow": "There is no statistic \u201c{id}\u201d here.",
  "lost-flows": "These are the statistics that there are:",
  "lost-code": "{dimension} has no code {codes}.", "lost-codes": "These are its codes:",
  "lost-more": { one: "{count} more code", other: "{count} more codes" },
  "lost-parts": "The key has too many parts ({given}). The statistic has these dimensions ({n}): "
    + "{names}.",
  "lost-option": "The address contains {name}={value}, which has no meaning here.",
  "lost-without": "The same view without it", "lost-front": "What is new",
  "more": "More", "more-vintage": "{size} entries",
  "nav": "Pages", "nav-figures": "Figures", "nav-ledger": "Ledger", "nav-plan": "Plan",
  "nav-help": "Help",
  "nav-language": "Language",
  "catalogue": "Statistics", "search": "Search statistics", "search-none": "Nothing found.",
  "search-count": "{count} of {all} shown",
  "up-to": "up to {period}", "not-yet": "nothing released yet",
  "released-to": "Released up to", "next-release": "Next release",
  "in-time": "{period}, {instant} ({left})", "due": "due now",
  "embargo": "Under embargo", "embargo-until": "figures up to {period}, until {until}",
  "embargoed": "under embargo until {until}",
  "embargoed-all": "The figures for this range are under embargo until {until}.",
  "left": "in {time}", "choose": "Choose what to see",
  "grain": "Length of period", "from": "From", "to": "To", "range": "Periods",
  "recent": "Recent", "all": "All", "between": "From \u2013 to",
  "codes": "Labels", "codes-name": "Name", "codes-code": "Code", "codes-both": "Both",
  "view": "View", "view-table": "Table", "view-chart": "Chart", "view-map": "Map",
  "as-of": "As of", "newest": "Latest state",
  "since": "Mark revisions since", "since-none": "Do not compare",
  "vintage-option": "up to {period} ({size} entries)",
  "vintage-shown": "You are looking at the state of the ledger with {size} entries, not at the "
    + "latest.",
  "filter": "Filter {dimension}", "only-total": "Total only", "every": "All codes",
  "chosen": "{first} and {count} more", "code-FREQ-N15": "Quarter of an hour",
  "code-FREQ-H": "Hour", "code-FREQ-D": "Day", "code-FREQ-W": "Week",
  "code-FREQ-M": "Month", "code-FREQ-Q": "Quarter", "code-FREQ-A": "Year", "total": "Total",
  "loading": "Loading the figures.", "again": "Try again",
  "cannot": "The figures cannot be shown: {why}.",
  "nothing": "No whole period of this length has been released in this range. Choose a shorter "
    + "length or a wider range, or come back after the next release.",
  "too-many": "There are {count} series, and pictures of the first {max}. The table shows them "
    + "all.",
  "multiples": "From {first} to {last}, with the 95% interval; each picture has its own "
    + "scale",
  "flag-b": "break in the series: the rule or the source changes here",
  "flag-p": "provisional", "flag-u": "low reliability", "flag-none": "final",
  "flag-kept": "not revised",
  "flag-e": "estimated: with the late events that usually come",
  "flag-z": "structural zero: nothing can count in this period",
  "flag-s": "a source had not delivered",
  "silent": { one: "{names} had not delivered when this was released.",
    other: "{names} had not delivered when this was released." },
  "silent-note": "{periods}: {words}", "silent-more": "{periods}; and {count} more",
  "interval-none": "None or very few: the noise has moved the whole interval below zero.",
  "interval-zero": "None: nothing can count here, so the zero is exact.",
  "interval-between": "Between {low} and {high}, with 95% confidence.",
  "interval-nowcast": "Counted by {day}: {counted}. About {value} in the end: {low} to {high}.",
  "nowcast-less": "Usually more is withdrawn afterwards than comes late.",
  "margin-nowcast": "± {margin} (95%)",
  "interval-least": "At least {low}; more will be added, and how much is not known yet.",
  "interval-counted": "Counted so far: {counted}. Late events will still change it.",
  "interval-so-far": "Between {low} and {high} by what is counted so far; late events will still "
    + "change it.",
  "counted-so-far": "counted so far: {figure}",
  "interval-most": "At most {high}, with 95% confidence; there may have been none.",
  "interval-negative": "The figure is below zero because the noise can go either way.",
  "during-H": "on {period}", "during-D": "on {period}", "during-W": "in {period}",
  "during-M": "in {period}", "during-Q": "in {period}", "during-A": "in {period}",
  "end-of-H": "at the end of {period}", "end-of-D": "at the end of {period}",
  "end-of-W": "at the end of {period}", "end-of-M": "at the end of {period}",
  "end-of-Q": "at the end of {period}", "end-of-A": "at the end of {period}",
  "sentence": "{what}, {when}: {figure}. {interval}",
  "persons": { one: "{count} person", other: "{count} persons" },
  "events": { one: "{count} event", other: "{count} events" },
  "unit-persons": "in persons", "unit-events": "in events",
  "unit-rates": "in per cent", "unit-RATE": "per cent", "meta-of": "Calculated from",
  "unpublished": "not published: the denominator may be zero",
  "privacy-rate": "A rate is calculated from published figures, so it takes nothing more from the "
    + "budget.",
  "once": "A person counts once in each {list}.", "cell": "cell",
  "overlap": "Where two intervals overlap, the difference may be due to noise.",
  "period": "Period", "value": "Value", "margin": "Margin", "low": "Low", "high": "High",
  "status": "Status", "was": "Before", "newest-first": "newest first",
  "revised-mark": "revised", "new-mark": "new",
  // The table: its rows and columns, pages and groups.
  "axes": "Rows and columns of the table", "rows": "Rows", "columns": "Columns",
  "to-rows": "{name}: move to the rows", "to-columns": "{name}: move to the columns",
  "swap": "Swap rows and columns", "usual": "Usual layout",
  "page-rows": "Rows {from} to {to} of {all}", "before-rows": "Previous rows",
  "after-rows": "Next rows", "page-columns": "Columns {from} to {to} of {all}",
  "before-columns": "Previous columns", "after-columns": "Next columns",
  "fold": "Rows inside {name}", "fold-all": "Collapse all", "unfold-all": "Expand all",
  "sort-none": "The table has no column \u201c{column}\u201d to sort by, so its rows have their "
    + "usual order.",
  "lost-rows": "The address puts {rows} in the rows of the table, but there is no such dimension. "
    + "The dimensions are {known}.",
  // Lists of codes.
  "every-single": "All without groups", "count-chosen": "{count} of {all} chosen",
  "members-all": "All members", "members-none": "No members",
  "members-all-of": "All members of {name}", "members-none-of": "No members of {name}",
  "members-of": "Members of {name}, {count} of {all} chosen", "members-count": "{count}/{all}",
  "valid-from": "from {from}", "valid-to": "until {to}", "valid-between": "{from} to {to}",
  "revised-count": "Since the ledger had {size} entries: {revised} of {shared} figures revised, "
    + "{added} new.",
  "chart-label": "Line chart with 95% intervals",
  "day-of-month": "{count}", "time-words": "{day}, {from}\u2013{to}",
  "week-short": "W{week} {year}", "week-long": "week {week} of {year}",
  "quarter-short": "Q{quarter} {year}", "quarter-1": "Q1 {year}", "quarter-2": "Q2 {year}",
  "quarter-3": "Q3 {year}", "quarter-4": "Q4 {year}",
  "chart-words": { one: "{series}: one period, {first}: {now}.",
    other: "{series}: {count} periods from {first} to {last}. Lowest {low} ({lowWhen}), "
    + "highest {high} ({highWhen}), latest {now}." },
  "chart-summary": "The chart in words",
  "estimate": "Estimate", "band": "95% interval", "open-dots": "Open symbols: provisional",
  "break": "Break", "break-line": "Dashed vertical line: break in the series",
  "axis": "The axis does not start at zero", "range-words": "{low}\u00a0to\u00a0{high}",
  "chart-limit": { one: "Drawn between {low} and {high} only: {count} interval reaches beyond. The "
    + "table has it whole",
    other: "Drawn between {low} and {high} only: {count} intervals reach beyond. The table has "
    + "them whole" },
  "picture-period": "Period", "map-play": "Play the periods in order", "map-pause": "Pause",
  "map-region": "Region", "region-world": "World", "region-europe": "Europe",
  "region-africa": "Africa", "region-americas": "Americas", "region-asia": "Asia",
  "region-oceania": "Oceania",
  "map-shows": "The map shows", "map-all": "{dimension}: all", "map-by": "By {dimension}",
  "map-under": "under {high}", "map-class": "{low} to under {high}", "map-over": "{low} and more",
  "map-any": "any figure", "map-none": "no figure", "map-weak": "hatched or [u]: low reliability",
  "map-few": "{figure} (at most {high})", "map-groups": "Groups", "map-beside": "Not on the map",
  "map-label": "{region}: map by {dimension}; the table below shows every figure",
  "map-pick": "A click on a country chooses it as {dimension}, a second click chooses all.",
  "map-embargoed": "Figures up to {last} are under embargo until {until}, and not shown.",
  "map-note": "Boundaries and names shown imply no opinion on the legal status of any territory. "
    + "Outlines: Natural Earth, 1:50 million, public domain.",
  "map-not": "There is no map of \u201c{name}\u201d, because it has no list of countries.",
  // Durations and cohorts
  "view-distribution": "Distribution", "view-survival": "Duration curve", "view-median": "Median",
  "view-triangle": "By cohort", "view-curves": "Curves",
  "distribution-not": "There is no distribution of \u201c{name}\u201d, because it does not count "
    + "by duration.",
  "survival-not": "There is no duration curve of \u201c{name}\u201d, because it does not count by "
    + "duration.",
  "median-not": "There is no median of \u201c{name}\u201d, because it does not count by "
    + "duration.",
  "triangle-not": "There is no picture by cohort of \u201c{name}\u201d, because it does not follow "
    + "cohorts.",
  "curves-not": "There are no curves of \u201c{name}\u201d, because it does not follow cohorts.",
  "spell-refused": "This picture cannot be drawn of this choice: {why}.",
  "spell-unpublished": "not published: the number may be zero",
  "class": "Class", "quartile": "Quartile",
  "quartile-Q1": "First quartile", "quartile-MEDIAN": "Median", "quartile-Q3": "Third quartile",
  "quartile-low": "Interval from", "quartile-high": "to",
  "quartile-range": "{band} (95% interval from {low} to {high})",
  "quartiles-caption": "Median and quartiles: the class in which each lies, and the first and the "
    + "last class of its 95% interval",
  "quartiles-legend": "\u00bc, \u00bd, \u00be: class of first quartile, median and third quartile; "
    + "the line spans the classes of its 95% interval",
  "distribution-legend": "Line on a bar: 95% interval",
  "hatched-weak": "Hatched, [u]: low reliability",
  "distribution-label": "Bars by class of duration with 95% intervals.",
  "distribution-caption": "{name}, {period}: by duration",
  "distribution-words": "{series}, {period}. {figures}.",
  "waiting-label": "Bars with 95% intervals: not yet ended at the end of the month, by "
    + "the time since the start.",
  "waiting-caption": "{name}, not yet ended at the end of {period}: by time since the start",
  "survival-label": "Lines with 95% bands: the share that had lasted longer than each class.",
  "survival-caption": "{name}, {period}: the share that had lasted longer",
  "survival-words": "{series}, {period}. Longer than: {figures}.",
  "survival-note": "Of all that ended in the period, the share that had lasted longer than each "
    + "class. Those that have not ended are not included",
  "survival-start": "Start", "survival-all": "Start: all", "longer-than": "Longer than: {band}",
  "longer-head": "Longer than", "open-weak": "Open symbols: low reliability or provisional",
  "median-label": "Lines with 95% bands: the class in which the median lies, by period.",
  "median-caption": "{name}: the class in which the median lies",
  "median-note": "Each point lies in the class that contains the value; the band spans the classes "
    + "of its 95% interval",
  "median-none": "No median can be given here: in every period the number may be zero.",
  "median-words": "{series}, {first} to {last}; latest: {now}.",
  "cohort": "Cohort", "cohorts": "Cohorts", "cohorts-chosen": "{n} of {all}",
  "cohorts-most": "Up to {max} at a time.",
  "cohort-first": "Shown for {name}, the first of the {count} combinations chosen",
  "cohort-months": "Cohorts are always by month, whatever the length of period",
  "cohort-words": "{cohort}: from {first} to {last}.",
  "shows": "Show", "shows-share": "Share not yet ended", "shows-left": "Number not yet ended",
  "shows-each": "All transitions of one cohort",
  "triangle-caption": "{what} ({name}). Rows: month of the start. Columns: {age}",
  "curves-caption": "{what} ({name}). Rows: {age}", "curve-words": "{name}. {figures}.",
  "picture-instead": "Show the chart",
  // The chart: areas, bars, annotations, the year before
  "chart-area": "Area chart with 95% intervals", "chart-bars": "Bar chart with 95% intervals",
  "bar-sample": "Bar: estimate; line: its 95% interval", "pale-bars": "Pale: provisional",
  "outlined-bars": "Pale: counted so far; outlined: what usually comes later",
  "no-upper-end": "No upper end: more will be added",
  "counted-line": "Dotted, with crosses: counted so far",
  "area-sample": "Filled from zero up to the estimate",
  "change-mark": "Dotted vertical line: what is counted changes",
  "notes-label": "Notes to the numbers in the chart", "note-break": "Break in the series. {note}.",
  "note-opened": "{dimension}: {code} is counted from this day on.",
  "note-closed": "{dimension}: {code} is no longer counted from this day on.",
  "note-sources": "New source of events: {names}. {note}.",
  "compare": "Compare with the year before", "series": "Series",
  "compare-none": "There are no figures of the year before to compare with",
  "compare-key": "The same periods of the year before, with their 95% interval",
  "compare-line": "The dashed line shows the same periods of the year before.",
  "compare-missing": "no figure of the year before",
  "compare-break": "not comparable with the year before: break in the series",
  "compare-note": "The margin of a change is the sum of both margins; that is enough however their "
    + "errors are related. If its interval includes 0, the change is too small to tell.",
  "compare-note-rate": "The interval of a change reaches from the low end of one interval to the "
    + "high end of the other; that is enough however their errors are related. If it includes 0, "
    + "the change is too small to tell.",
  "compare-caption": "Each period and the same period of the year before, newest first",
  "compare-now": "Value", "compare-then": "A year before", "compare-change": "Change",
  "compare-range": "Interval", "compare-unclear": "({value}) too small to tell",
  "points": "{number} points",
  // The ranking
  "view-ranking": "Ranking", "ranking-label": "Bars in order of value with 95% intervals",
  "ranking-not": "There is no ranking of {name}, because it has no list of codes.",
  "ranking-by": "Ranking of", "ranking-list": "{name} ({n})",
  "ranking-groups": "{name}, groups ({n})",
  "ranking-groups-level": "{name}, groups of level {level} ({n})",
  "ranking-caption": "{name} by {list}{others}, {when}, the largest first",
  "ranking-all": "Show all {n}", "ranking-rest": "The first {n} of {all}",
  "ranking-head": "Place", "ranking-place": "{place}. {name}: {figure}. {interval}",
  "ranking-sign": "The intervals of the two neighbours overlap",
  "ranking-unsure": "The order of {names} is not certain: each one\u2019s interval overlaps with "
    + "the next.",
  "ranking-more": "{names} and {count} more",
  "ranking-unsure-more": {
    one: "The order is not certain in {count} more group of neighbours.",
    other: "The order is not certain in {count} more groups of neighbours." },
  "ranking-sure": "No two neighbours\u2019 intervals overlap.",
  "ranking-embargo": "Figures up to {period} are under embargo until {until}",
  "ranking-none": "There are no figures of this list in this period.",
  "ranking-by-none": "There is no list \u201c{by}\u201d to rank here. Choose another one.",
  "ranking-unpublished": {
    one: "Left out: {count} code whose rate is not published, because the denominator may be zero",
    other: "Left out: {count} codes whose rate is not published, because the denominator may be "
      + "zero" },
  "period-none": "There are no figures of {period} in this range. Choose another period.",
  // What is not measured
  "rates-unpublished": "No rate of these periods is published, because the denominator "
    + "may be zero. Choose a longer period or a larger group.",
  "unmeasured-none": "Figures for this choice and length of period are not published.",
  "unmeasured-length": "These codes are not measured for periods of this length.",
  "unmeasured-together": "Not measured together: {names}.",
  "unmeasured-detail": "Not measured in this detail: {names}.",
  "unmeasured-instead": "Measured are:",
  "unmeasured-maybe": "These may have figures:",
  // The life cycle
  "view-lifecycle": "Life cycle", "lifecycle-label": "Diagram of statuses and transitions",
  "lifecycle-not": "There is no life cycle of {name}, because it does not count transitions from "
    + "one status to another.",
  "lifecycle-caption": "Transitions between statuses{others}, {when}",
  "lifecycle-flow": "{name}, from {from} to {to}: {figure}.",
  "lifecycle-other": "(Counted in: {statistic}.)",
  "lifecycle-stock": "{status}, at the end of the period: {figure} ({statistic})",
  "lifecycle-nothing": "no figure for these codes",
  "lifecycle-what": "Transition", "lifecycle-from": "From", "lifecycle-to": "To",
  "lifecycle-statistic": "Counted in", "lifecycle-thick": "A band of this thickness: {value}",
  "lifecycle-band": "Pale edge of a band: up to the high end of its 95% interval",
  "lifecycle-dashed": "Dashed: the interval includes 0",
  "lifecycle-provisional": "Pale bands: provisional",
  "lifecycle-several": "Dotted lines with circles: from one of these statuses; the figure does not "
    + "say how many from which",
  "lifecycle-missing": "Not counted separately: {names}",
  "status-UNSEEN": "Not seen before", "status-ABROAD": "Abroad", "status-PRESENT": "Present",
  "status-AUTHORISED": "Authorised", "status-LAPSED": "Lapsed", "status-REVOKED": "Revoked",
  "status-ORDERED": "Ordered to leave", "status-OVERDUE": "Overdue",
  "status-SUSPENDED": "Suspended",
  "status-CLOSED": "Closed", "status-DEPARTED": "Departed", "status-PENDING": "Pending",
  "status-DECIDED": "Decided", "status-APPEALED": "Appealed",
  "take": "Download, cite and reuse", "downloads": "Download", "download-csv": "CSV",
  "download-json": "JSON", "download-sdmx-csv": "SDMX-CSV 2.0", "download-svg": "SVG",
  "download-png": "PNG", "download-table-csv": "CSV, codes only",
  "download-jsonstat": "JSON-stat", "download-parquet": "Parquet", "download-xlsx": "Excel (XLSX)",
  "download-sdmx-ml": "SDMX-ML 2.1", "download-sdmx-json": "SDMX-JSON 2.0",
  "download-sdmx-csv-1": "SDMX-CSV 1.0", "download-sdmx-ml-generic": "SDMX-ML 2.1 generic",
  "cite": "Cite", "call": "Get the same figures with a program", "embed": "Embed this chart",
  "copy": "Copy", "copied": "Copied", "link": "Link to this view",
  "citation": "{agency} ({year}). {title}: {flow}. {series}. State of the ledger: {size} "
    + "entries, data up to "
    + "{period}. Estimates with 95% margins of error. {address}",
  "reading": "How to read these figures",
  "reading-1": "Value and margin of error. Each figure is an unbiased estimate of what is "
    + "counted. The margin is for the noise alone: with 95% confidence, the count lies within it.",
  "reading-bound": "Bound. What a bound cuts is not counted, so no margin covers it; it stands "
    + "beside the figures.",
  "reading-late": "Late events. What comes late is in no margin of a count; the margin of an "
    + "estimate of the final count covers what is expected. Beside the figures stands whether more "
    + "is still to come.",
  "reading-2": "Negative values and zeros. The noise can go either way, so a small count may be "
    + "shown below zero, and a zero may stand for a few persons. Such figures are shown as they "
    + "are: cutting them off at zero would make every total too high.",
  "reading-3": "Provisional. Later measurements still change the figure. Every earlier state of "
    + "it remains available.",
  "reading-4": "Low reliability. The margin is more than 30% of the figure.",
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
  "meta-bound": "Counted at most",
  "meta-bound-times": { one: "once per person and {window}",
    other: "{count} times per person and {window}" },
  "meta-codes": { one: "{name} ({count} code)", other: "{name} ({count} codes)" },
  "word-year": "year", "word-month": "month", "word-quarter": "quarter", "word-day": "day",
  "word-quarter_hour": "quarter of an hour", "word-hour": "hour", "word-week": "week",
  "unit-PERSONS": "persons", "unit-EVENTS": "events", "quality-accuracy": "Accuracy",
  "quality-accuracy-words": {
    one: "The figure shown has a margin of {widest}. Figures of low reliability: {weak}.",
    other: "Half of the {count} figures shown have a margin of {median} or less; the widest is "
    + "{widest}. Figures of low reliability: {weak}." },
  "quality-time": "Timeliness",
  "quality-time-words": {
    one: "The last release came out {latest} after its period ended.",
    other: "The last {count} releases came out a median of {median} after their period ended, and "
    + "at most {latest} after it." },
  "quality-time-simulated": "Not available: this store is synthetic, and its releases were made "
    + "when the simulation ran.",
  "quality-nowcasts": "Nowcasts that held",
  "quality-nowcasts-words": { one: "Of {count} nowcast whose last late events are counted, {held} "
    + "held the final figure within its interval; of the first counts alone, {counts} did. Both "
    + "intervals include the noise of what was added late.",
    other: "Of {count} nowcasts whose last late events are counted, {held} held the final figure "
    + "within their intervals; of the first counts alone, {counts} did. Both intervals include the "
    + "noise of what was added late." },
  "quality-nowcasts-none": "None is complete yet.",
  "quality-revisions": "Revisions",
  "quality-revisions-none": {
    one: "None of the figures shown has changed with the last release.",
    other: "None of the figures shown has changed over the last {count} releases." },
  "quality-revisions-some": {
    one: "Figures that were already published before the last release: {shared}. Changed since: "
    + "{changed}, by a median of {median}; their median margin was {margin}.",
    other: "Figures that were already published {count} releases ago: {shared}. Changed since: "
    + "{changed}, by a median of {median}; their median margin was {margin}." },
  "quality-revisions-short": "Too few releases so far.", "privacy": "Privacy",
  "privacy-flow": "This statistic uses \u03c1 {rho} per {window}, whatever its figures are.",
  "windows-minute": { one: "{count} minute", other: "{count} minutes" },
  "windows-hour": { one: "{count} hour", other: "{count} hours" },
  "windows-day": { one: "{count} day", other: "{count} days" },
  "windows-week": { one: "{count} week", other: "{count} weeks" },
  "windows-month": { one: "{count} month", other: "{count} months" },
  "windows-quarter": { one: "{count} quarter", other: "{count} quarters" },
  "windows-year": { one: "{count} year", other: "{count} years" },
  "spent-plan": "Spent over the plan\u2019s {windows}", "spent-window": "Spent in {period}",
  "rho-of": "\u03c1 {spent} of {budget} ({share})",
  "privacy-epsilon": "The budget of \u03c1 {budget} per {window} corresponds to {epsilon}. It is "
    + "charged when the {window} begins, for all of its releases. After {windows} the plan ends; "
    + "nothing renews it.",
  "epsilon-at": "\u03b5\u00a0{epsilon} at \u03b4\u00a0{delta}", "ledger": "Ledger",
  "ledger-lead": "Every charge and every release is an entry in a public, append-only log that "
    + "anyone can verify. This page verifies it here, in your browser.",
  "ledger-short": "Every charge and every release is an entry in a public, append-only log.",
  "ledger-state": { one: "{count} entry, from {at}. Root {root}",
    other: "{count} entries, the latest from {at}. Root {root}" },
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
  "check-root": { one: "The published hash of the only entry gives the checkpoint\u2019s Merkle "
    + "root, {root}",
    other: "The published hashes of all {count} entries give the checkpoint\u2019s Merkle "
    + "root, {root}" },
  "check-entries": { one: "The only entry matches this hash",
    other: "All {count} entries match these hashes" },
  "check-shown": "Entries {from} to {to}, which are shown below, match these hashes",
  "check-progress": { one: "{done} of {count} entry", other: "{done} of {count} entries" },
  "verify-all": "Verify every entry",
  "check-seen": { one: "The ledger you saw before ({count} entry) is the beginning of this one",
    other: "The ledger you saw before ({count} entries) is the beginning of this one" },
  "check-first": "You have not seen this ledger before. Its state is stored only in this browser, "
    + "for comparison on your next visit",
  "check-cannot": "Browsers verify only over https or on the same machine. Use the program "
    + "instead.",
  "check-key-note": "The key comes from this server. Compare it with the one that the office "
    + "publishes elsewhere: only then does a signature prove who signed.",
  "embed-source": "Source: {controller}, {title}.", "embed-open": "Open the full view",
  // What every statistic has, whatever its plan.
  "dimension-FREQ": "Frequency", "dimension-REF_AREA": "Reference area",
  "dimension-INDICATOR": "Indicator", "dimension-UNIT": "Unit",
  "code-INDICATOR-STOCK": "At the end of the period",
  "code-INDICATOR-ARRIVALS": "Arrivals", "code-INDICATOR-DEPARTURES": "Departures",
  // Signs of the language.
  "labelled": "{label}: {words}", "quoted": "\u201c{text}\u201d",
  // Why there is no answer.
  "error-busy": "the server has too much to do just now",
  "error-timeout": "the server took too long", "error-network": "the server cannot be reached",
  "error-not-ready": "the server has no verified ledger yet",
  "error-not-found": "there is nothing at this address",
  "error-too-large": "the answer would be too large; choose fewer codes or a shorter range",
  "error-uri-too-long": "the address is too long; choose fewer codes",
  "error-unmeasured": "these codes are not measured for periods of this length; choose longer "
    + "periods or coarser codes",
  "error-unverified": "a file does not match the ledger, so it is not shown",
  "error-unwritable": "the answer cannot be written",
  "error-parameter": "the address has a parameter that is not understood",
  "error-key": "the key in the address does not fit the statistic",
  "error-unknown-code": "the address names a code that does not exist",
  "error-unknown-dataflow": "the address names a statistic that does not exist",
  // What a budget promises one person, terms of the glossary, and what a figure lacks.
  "odds-caption": "Could someone guess whether one person was counted?",
  "odds-one-month": "One month", "odds-one-quarter": "One quarter", "odds-one-year": "One year",
  "odds-all": "All {windows} of the plan", "odds-most": "right at most {odds} times in 100",
  "odds-almost": "almost 100", "odds-toss": "50: a coin toss", "odds-sure": "100: certain",
  "odds-chance": "right by chance", "odds-gain": "the most that everything published here can add",
  "odds-month": "If a coin toss decided whether one person is in the data at all, someone who "
    + "knows all else in the world and everything published of what is measured in a month would "
    + "guess the toss right at most {odds} times in 100; without what is published, 50 times.",
  "odds-quarter": "If a coin toss decided whether one person is in the data at all, someone who "
    + "knows all else in the world and everything published of what is measured in a quarter "
    + "would guess the toss right at most {odds} times in 100; without what is published, 50 "
    + "times.",
  "odds-year": "If a coin toss decided whether one person is in the data at all, someone who "
    + "knows all else in the world and everything published of what is measured in a year would "
    + "guess the toss right at most {odds} times in 100; without what is published, 50 times.",
  "odds-moved-one": "What a person did within one {window} moves only what is measured in it.",
  "odds-moved": "What a person did within one {window} can move what is measured in {windows}, "
    + "because late reports count when they come and who is present stays counted: for that alone "
    + "the limit is {odds} times in 100.",
  "odds-life": "For someone who is counted again and again this adds up: over all {windows} of the "
    + "plan, at most {life} times in 100.",
  "odds-life-open": "For someone who is counted again and again this adds up: over all {windows} "
    + "of the plan the limit is {life} times in 100, so the promise holds for one {window} and "
    + "not for all of them together.",
  "calendar-month": "calendar month", "calendar-quarter": "calendar quarter",
  "calendar-year": "calendar year",
  "privacy-unit": "What is protected as one whole is everything about one person, whenever it "
    + "happened, in what is measured in one {window}.",
  "privacy-limit": "The limits are not estimates: nobody can do better, however much they know. "
    + "They are about one person; a group that is always counted together is protected less.",
  "privacy-details": "Budget, rho and epsilon", "privacy-plan": "What the plan promises",
  "terms-line": "What the words mean:",
  "term-amendment": "Amendment", "term-bound": "Bound", "term-break": "Break in the series",
  "term-budget": "Budget", "term-charge": "Charge", "term-checkpoint": "Checkpoint",
  "term-dataflow": "Statistic (dataflow)", "term-dimension": "Dimension",
  "term-embargo": "Embargo", "term-epsilon": "Epsilon and delta", "term-estimate": "Estimate",
  "term-interval": "Interval (95%)", "term-late": "Late event", "term-ledger": "Ledger",
  "term-life-cycle": "Life cycle", "term-low-reliability": "Low reliability",
  "term-margin": "Margin of error", "term-noise": "Noise", "term-nowcast": "Nowcast",
  "term-plan": "Plan",
  "term-privacy-unit": "Privacy unit", "term-provisional": "Provisional",
  "term-release": "Release", "term-retention": "Retention", "term-revised": "Revised",
  "term-rho": "Rho (zCDP)", "term-root": "Root", "term-series": "Series",
  "term-silent": "Silent source", "term-source": "Source", "term-step": "Step",
  "term-structural-zero": "Structural zero", "term-synthetic": "Synthetic data",
  "term-unit": "Unit of measure", "term-vintage": "Vintage", "term-window": "Window",
  "bound-cuts": "one person counts here at most {bound}; what goes beyond that is missing.",
  "that-month": "that month", "that-quarter": "that quarter", "that-year": "that year",
  "bound-reached": "Persons who went beyond it in {window}, up to and including {period}: "
    + "{figure}.",
  "bound-lacks-none": "Nothing is missing here because of them yet.",
  "bound-lacks": "At most {most} are missing from each figure here because of them.",
  "bound-lacks-late": "Of what was reported in time, at most {most} are missing from each figure "
    + "here because of them.",
  "bound-unmeasured": "How many persons that concerns is not measured.",
  "rest-told": "{flow} has it, by {told}.",
  "rest-told-not": "{flow} has it, by {told}, not by {cell}.",
  "rest-groups": "groups of {name}", "rest-total": "total",
  "rest-range": "With it the count of {period} is at least {least} and at most {most}.",
  "rest-apart": "In {period} it is {figure}.",
  "rest-cut": "That leaves out what the bound of {flow} cuts.",
  "rest-lacks": "At most {most} more are missing because of them.",
  "rest-lacks-late": "Of what was reported in time, at most {most} more are missing because of "
    + "them.",
  "bound-more": "What a bound cuts",
  "provisional-parts": "Provisional, because a figure from which it is calculated is.",
  "provisional-late": "Provisional: events that were reported late are still to be added, for the "
    + "last time with the release of {period}.",
  "provisional-refined": "Provisional: each later measurement, until the end of {window}, still "
    + "makes it more exact.",
  "final-late": "Final: what is reported more than {time} late is in none of these figures.",
  "final-once": "Final: what is reported late is in none of these figures.",
  "final-present": "Not revised: what is reported late changes only the figures of later periods.",
  "final-parts": "Final: what comes too late for the figures from which it is calculated is "
    + "missing.",
  "late-moved": "added to earlier periods of this series, they changed the figures by {value} on "
    + "average (± {margin}, from {from} to {to}).",
  "bound-times": "{times} in a {window}",
  "bound-times-both": "{times} in a {window} and {month} in a month",
  "times": { one: "once", other: "{count} times" },
  "method-coverage": "Coverage", "method-concepts": "Concepts and definitions",
  "method-population": "Who is counted", "method-release_policy": "Release policy",
  "method-accuracy": "Accuracy", "method-comparability": "Comparability",
  "method-revision_policy": "Revision policy", "method-source_data": "Sources of the data",
  "method-comment": "Comment", "method": "Method", "method-more": "Method and quality in the plan",
  // What only the server writes, for readers without scripts and for shared links.
  "noscript": "Charts, maps and the choice of what to see need JavaScript. The figures are here "
    + "without it.",
  "served-series": "Series",
  "served-many": "There are {count} series, more than this page lists without JavaScript. The "
    + "files have them all.",
  "card-released": "Released on {date}",
  "plan-noscript": "The rules of the plan in plain sentences and the glossary need JavaScript. Its "
    + "statistics are here without it.",
  // Addresses and states that there are not.
  "lost-day": "The address contains {name}={value}, which is not a valid date.",
  "lost-size": "The address contains {name}={value}, but the ledger has only {size} entries.",
  "error-embargo": "this state of the ledger is still under embargo",
  "error-estimate": "no figure can be computed from what was released; please tell the publisher",
};
