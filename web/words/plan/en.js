// English: the page of the plan, and the glossary.
export default {
  // The page.
  "plan": "The plan in words", "plan-contents": "On this page",
  "plan-lead": "A plan is fixed before the first event is counted, and it is public. It says what "
    + "is counted, when it is released, how often one person counts at most, what protects that "
    + "person, and what is missing from the figures.",
  "plan-toml": "Download the plan as text (TOML)",
  "plan-span": "Period covered", "plan-span-words": "{from} to {to}",
  "plan-zone": "Time zone", "plan-agency": "Identifier",
  // Its parts.
  "part-counted": "What is counted", "part-releases": "When it is released",
  "part-person": "How often one person counts at most",
  "part-cost": "What it costs in privacy",
  "part-cut": "What is not counted", "part-late": "What comes late, and revisions",
  "part-cycle": "States and events", "part-method": "Method and quality",
  "part-amendments": "Amendments so far", "part-glossary": "Glossary",
  // A statistic.
  "flow-open": "See the figures", "flow-what": "What counts", "flow-only": "Only",
  "flow-unit": "Unit", "flow-periods": "Periods", "flow-dimensions": "Divided by",
  "flow-bound": "Per person at most", "flow-cost": "Cost in privacy", "flow-late": "Late events",
  "flow-measured": "Measured", "flow-breaks": "Breaks",
  "flow-of": "Calculated from",
  "what-flow": "What happens in a period: each transition from one state to another, in the period "
    + "in which it happens.",
  "what-balance": "How many persons are in the state {statuses} at the end of each period, how "
    + "many come to be in it and how many leave it in between. The three figures fit each other "
    + "exactly.",
  "what-stock": "How many persons are in the state {statuses} at the end of each period.",
  "what-duration": "The time that persons spend in the state {statuses}. It counts in the period "
    + "in which it ends, by its length.",
  "what-cohort": "Everyone who comes to be in the state {statuses}, and what happens to them "
    + "later, by the number of calendar months since.",
  "what-transition": "What happens in a period, for each person only the first time in each "
    + "{window} and cell.",
  "what-at_bound": "Persons who reach the bound of \u201c{flow}\u201d and to whom more happens: "
    + "that is missing there. Each counts once in a {window}, when it first happens.",
  "what-rate": "One published figure divided by another, with the interval that follows from "
    + "both.",
  "unit-words-EVENTS": "Events: every event counts, even several of one person.",
  "unit-words-PERSONS": "Persons.",
  "periods-words": "{grains}. The shortest is a {step}; longer periods are made of it.",
  "grains-N15": "quarters of an hour", "grains-H": "hours", "grains-D": "days",
  "grains-W": "weeks", "grains-M": "months", "grains-Q": "quarters", "grains-A": "years",
  "dimension-codes": { one: "{name} ({count} code)",
    other: "{name} ({count} codes)" },
  "dimension-groups": {
    one: "{name} ({n} codes in {count} group)",
    other: "{name} ({n} codes in {count} groups)" },
  "dimensions-none": "Nothing: there is only the total.",
  "measured-all": "Every combination of codes, in every period.",
  "measured-some": "Not every combination of codes is exact enough to be published for short "
    + "periods.",
  "measured-total": "the total only", "measured-groups": "{name} in groups",
  "measured-from": "{names}: {grains} and longer",
  "apart-words": "There is no total over {names}: one person can count once in each.",
  "bound-window": "{n} in a {window}", "bound-both": "{n} in a {window}, {month} in a month",
  "bound-first": "{bound}: the first that {flow} counts of each person",
  "cost-words": "\u03c1 {rho} in each {window}, which is {share} of the {window}\u2019s budget.",
  "cost-none": "Nothing: it is calculated from published figures.",
  "late-vintages": "Each {step} is measured again, {after} after its own, and what has come since "
    + "is added. Until then its figure is provisional.",
  "late-once": "A {step} is measured once. What arrives after it has closed is missing from it.",
  "late-present": "A late event changes the number of persons in the next release. Earlier figures "
    + "stay as they are.",
  "late-refined": "The figures of a {step} become more exact with each later {step} of the same "
    + "{window}, and are final when the {window} ends.",
  // Releases.
  "release-step": "Figures are released for every {step}: {n} statistics, all of them for every "
    + "{step}, whether much or little happened.",
  "release-step-one": "Figures are released for every {step}, whether much or little happened.",
  "release-delay": "A {step} closes {delay} after its end. Until then, late events still count as "
    + "on time.",
  "release-prompt": "A {step} closes as soon as it ends.",
  "release-embargo": "Released figures are withheld until {hour} ({zone}), so that everyone gets "
    + "them at the same time.",
  "release-open": "Figures become public as soon as they are released.",
  "release-sources": "A {step} waits for its sources, at most {wait} longer. Then it is released "
    + "without those that have not delivered, and the figures say which.",
  "release-source": "{name}: declares a {every} complete within {within}",
  "release-source-days": "{name}, from {from}: declares a {every} complete within {within}",
  "release-last": "The last day that is counted is {last}. Nothing extends the plan.",
  "release-once": "A release is made once and never withdrawn. Whatever it is corrected by, the "
    + "earlier figures stay readable.",
  // One person.
  "person-lead": "Noise can protect a person only if nobody counts without limit. So the plan "
    + "says for each statistic how often one person counts at most. The bounds are fixed before "
    + "any data are seen; what goes beyond them is missing from the figures.",
  "table-bounds": "Bounds of each statistic", "table-costs": "Cost of each statistic",
  "col-flow": "Statistic", "col-window": "In a {window}", "col-month": "In a month",
  "col-rho": "\u03c1 in a {window}", "col-share": "Share of the budget", "none": "\u2013",
  "row-left": "Not used", "row-window": "Budget of a {window}",
  "row-life": "Budget of the plan, {windows}",
  // Cost.
  "cost-lead": "Everything that is published about a {window} may use up at most \u03c1 {budget}. "
    + "It is charged when the {window} begins, whatever the figures will be. The plan allows "
    + "{windows} and therefore \u03c1 {life} in all; nothing renews it.",
  "cost-epsilon": "\u03c1 {budget} corresponds to {epsilon}.",
  // Not counted.
  "cut-bound": "What one person does beyond the bound of a statistic is missing from it. How many "
    + "persons that concerns is itself published for {flows}.",
  "cut-bound-none": "What one person does beyond the bound of a statistic is missing from it. This "
    + "plan does not measure how many persons that concerns.",
  "cut-newest": "{flow}, {when}: {figure}.",
  "cut-once": "In a statistic of persons, the same person counts once in a {step} and cell. What "
    + "happens to that person again within it is not added.",
  "cut-cycle": "An event that is impossible in the state in which a person is, such as an exit of "
    + "someone who has left already, changes nothing and is not counted.",
  "cut-codes": "An event with a code that the plan does not have, or that was not valid on that "
    + "day, is refused.",
  "cut-start": "What happened before {start} or happens after {end} is not counted.",
  "cut-small": "Nothing is suppressed for being small. Small figures are published with noise like "
    + "all others, and may even be negative.",
  // Late.
  "late-retention": "An event is taken and kept for {steps} after its own {step}. One that comes "
    + "later changes nothing.",
  "late-forever": "Events are kept for ever, so that a late event can still count.",
  "late-forgotten": "A person is forgotten after {windows} without an event, unless that person "
    + "is still counted as present.",
  "late-corrections": "A source can correct or retract an event. The correction counts in the next "
    + "measurement of that period, and not after the last.",
  "late-every": "All statistics",
  // States and events.
  "cycle-lead": "Each person is in one state at a time. Events lead from one state to another, and "
    + "it is these transitions that are counted. Where a state has no row for an event, that event "
    + "changes nothing.",
  "cycle-border": "A person is abroad or present. Someone who has not been seen yet may enter or "
    + "leave.",
  "cycle-stay": "A person enters with an authorised stay, which may be granted anew, extended or "
    + "revoked. If its last day passes without a recorded departure, the stay has lapsed; a "
    + "departure after that is late. Entry can also be refused.",
  "cycle-return": "A person is ordered to leave. The order may be suspended, resumed, withdrawn "
    + "or replaced by a new one, and its term may end by its date. The person departs, with or "
    + "without an order. Entry can also be refused.",
  "cycle-asylum": "A person applies, for the first time or again. The application is withdrawn or "
    + "decided at first instance. A decision is appealed, or becomes final by itself after a term. "
    + "An appeal is withdrawn or ends in a final decision.",
  "cycle-table": "Every transition", "col-from": "From", "col-event": "What happens",
  "col-to": "To", "cycle-until": "{name}, when its date has passed",
  "cycle-after": "{name}, after {days}", "cycle-named": "{kind}: {name}",
  "event-ENTRY": "Entry", "event-EXIT": "Exit", "event-REFUSAL": "Refusal of entry",
  "event-GRANT": "New grant", "event-EXTENSION": "Extension", "event-REVOCATION": "Revocation",
  "event-LAPSE": "The stay lapses",
  "event-DEPARTURE_UNSEEN": "Departure of someone not seen before",
  "event-DEPARTURE_IN_TIME": "Departure in time", "event-DEPARTURE_LATE": "Late departure",
  "event-DECISION": "Decision", "event-NEW_DECISION": "New decision",
  "event-SUSPENSION": "Suspension", "event-RESUMPTION": "Resumption",
  "event-WITHDRAWAL": "Withdrawal", "event-DEPARTURE": "Departure",
  "event-DEPARTURE_IN_TERM": "Departure in term",
  "event-DEPARTURE_AFTER_TERM": "Departure after the term",
  "event-DEPARTURE_WITHOUT_DECISION": "Departure without an order",
  "event-TERM_ENDED": "The term ends", "event-APPLICATION": "Application",
  "event-FIRST_APPLICATION": "First application",
  "event-SUBSEQUENT_APPLICATION": "Subsequent application", "event-APPEAL": "Appeal",
  "event-APPEAL_WITHDRAWN": "Appeal withdrawn", "event-FINAL_DECISION": "Final decision",
  "event-FINAL_UNAPPEALED": "Final because nobody appealed",
  // Amendments.
  "amendments-lead": "An amendment is public before the first release that it affects. It never "
    + "changes a bound, the noise or the budget.",
  "amendments-none": "None.",
  "amendment-from": "From {from}", "amendment-entry": "ledger entry {entry}",
  "amendment-added": "New code {code} in {list}: {name}",
  "amendment-closed": "Code {code} of {list} is closed",
  "amendment-renamed": "Code {code} of {list} is now called {name}",
  "amendment-break": "Break in {flow}: {note}", "amendment-source": "Source {name} begins",
  "amendment-text": "Its text",
  // The glossary.
  "glossary-lead": "The words of these pages, each in a sentence or two.",
  "means-amendment": "A public change of the plan. It can add, close or rename codes or mark a "
    + "break, but never change a bound, the noise or the budget.",
  "means-bound": "How often one person counts at most in a window, or in a month. What goes "
    + "beyond it is missing from the figures, and whoever has counted as often and comes again is "
    + "beyond the bound; without a bound, noise could not protect anyone.",
  "means-break": "From here on the figures follow another rule or source. A change at this point "
    + "may come from that, and not from what happened.",
  "means-budget": "The most rho that may be spent on one person: in one window, and in all windows "
    + "of the plan together. What is spent never comes back.",
  "means-charge": "An entry of the ledger that takes rho from the budget. It is made before "
    + "anything is released that uses it.",
  "means-checkpoint": "The number of entries and the root of the ledger, signed by the publisher.",
  "means-dataflow": "One statistic of the plan, with its own dimensions, bound and share of the "
    + "budget.",
  "means-dimension": "A property by which figures are divided, such as citizenship. It has a "
    + "closed list of codes.",
  "means-embargo": "A released figure is withheld until an hour that the plan names, so that "
    + "everyone gets it at the same time.",
  "means-epsilon": "Another measure of what rho measures, common in the literature. Here it is "
    + "calculated from rho and holds except with the tiny probability delta.",
  "means-estimate": "A published figure: what is counted plus noise. It is correct on average, "
    + "and hardly ever exactly.",
  "means-interval": "From the figure less its margin to the figure plus its margin. Of a hundred "
    + "such intervals, about 95 contain what is counted; that of a nowcast is for what will be "
    + "counted in the end.",
  "means-late": "An event that is reported after its period has closed. It counts where the plan "
    + "measures the period again, up to the last time, and in who is present from then on.",
  "means-ledger": "The public list of every plan, charge and release. Entries are only added; if "
    + "one were changed or removed, anyone who checks would notice.",
  "means-life-cycle": "The states in which a person can be, and the events that lead from one to "
    + "another.",
  "means-low-reliability": "The margin is more than 30\u202f% of the figure. Such a figure is "
    + "shown, but its interval says more than its value.",
  "means-margin": "How far a figure may lie from what is counted because of the noise: with "
    + "95\u202f% confidence no further. What a bound cuts, what comes late and errors in the data "
    + "are not in it.",
  "means-noise": "A random number that is added to every measurement, so that nobody can be sure "
    + "whether one person was counted. It makes figures too high as often as too low.",
  "means-nowcast": "What a figure will probably be when all late events are counted: computed "
    + "from published figures only, by what came late before. Its margin is for that too.",
  "means-plan": "The rules of these statistics, fixed before the first event was counted.",
  "means-privacy-unit": "What is protected as one whole: everything about one person, in what is "
    + "measured in one window.",
  "means-provisional": "A later measurement will still change this figure, for instance because "
    + "late events are added.",
  "means-release": "The publication of the figures of one step. It is made once, and never "
    + "withdrawn.",
  "means-retention": "How long single events are kept before they are erased. Published figures "
    + "stay.",
  "means-revised": "Published before with another value. The earlier value stays readable.",
  "means-rho": "How much everything published together can give away about one person; smaller is "
    + "better. It is the measure of zero-concentrated differential privacy (zCDP), and the rho of "
    + "all releases adds up.",
  "means-root": "A short fingerprint of the whole ledger. If any entry were different, the root "
    + "would be too.",
  "means-series": "The figures of one selection in order of time, such as arrivals at one border "
    + "point.",
  "means-silent": "A source that had not declared its events complete when the figure was "
    + "released.",
  "means-source": "An agency whose system delivers events.",
  "means-step": "The shortest period for which there are figures. Longer periods are made of "
    + "steps.",
  "means-structural-zero": "There was nothing to count, for instance because a border point was "
    + "closed. Such a zero is known from the plan.",
  "means-synthetic": "Made from simulated events, to show how these statistics work. None of it is "
    + "about a living person.",
  "means-unit": "What a figure counts: persons, each at most once in a step and cell, or events.",
  "means-vintage": "One measurement of a step: the first, or a later one that adds what was "
    + "reported late. A figure names the ledger entry of the newest one in it.",
  "means-window": "The span of time that has one budget: in this plan a {window}.",
  "measured-these": "The {n} that are, with all their totals",
};
