//! Codes of warnings; the work goes on.
//!
//! Not here: the errors themselves, and the page.

use super::{ErrorCode, code};

/// Warnings; the work goes on, by code.
pub(super) const WARNINGS: &[ErrorCode] = &[
    code(
        "bad-rows",
        &[],
        "Rows were left out of a file, as asked for; a line before says for each why.",
        "Correct the rows and take them in later.",
        "warning[bad-rows]: 125 rows are refused, the first 100 of them listed; the other rows \
         were taken",
    ),
    code(
        "bound-cuts",
        &[],
        "The bound cuts more contributions than the margin of error hides.",
        "Raise the bound, or publish the loss with an `at_bound` dataflow ([Choose a \
         bound](../how-to/choose-bound.md)).",
        "warning[bound-cuts]: plan.toml: dataflow.BORDER_FLOW.bound: of the contributions in the \
         table 4.2 % are beyond the bound of 4, more than the margin of a figure by the year \
         hides; raise it (`plan fit --contributions` finds the least that does not), or publish \
         the loss with an at_bound dataflow",
    ),
    code(
        "bound-told",
        &[],
        "A text of the plan tells of a limit that is no bound of the plan (any more).",
        "Correct the text, in each of its languages, or the bound.",
        "warning[bound-told]: plan.toml: dataflow.CROSSINGS.description: tells of a limit of 24, \
         which is no bound here (4, 12); change the text or the bound",
    ),
    code(
        "certificate",
        &[],
        "A certificate was renewed, and its files cannot be read or do not fit together.",
        "Put the new chain and its key in place; both are read again within a minute.",
        "warning[certificate]: chain.pem: has no certificate in PEM; the certificate read before \
         is still used",
    ),
    code(
        "complete-name",
        &[],
        "No name of a file has the form that declares it complete, so nothing is declared.",
        "Correct `complete_name` of the input.",
        "warning[complete-name]: input crossings: complete_name: no file of the directory has a \
         name of the form %Y-%m-%d.csv, so nothing would be declared; correct the form",
    ),
    code(
        "epsilon-above",
        &[],
        "The plan costs a person more than the limit, over all its windows.",
        "Lower `rho` or `windows`; or say why, and set another limit with `--epsilon`.",
        "warning[epsilon-above]: plan.toml: privacy.rho: over its 5 windows the plan may cost a \
         person epsilon 20.56 at delta 1e-6, above 20; lower rho or windows, or state the reason \
         and set another limit with --epsilon",
    ),
    code(
        "inexact-total",
        &[],
        "A total or a group is far less exact than a single cell.",
        "Name what is read first as a marginal, or give it more weight ([Get the totals \
         exact](../how-to/totals.md)).",
        "warning[inexact-total]: plan.toml: BORDER_FLOW: FLOW by the day: the total is known \
         within 310 persons, but a single cell within 22: it adds up the noise of 200 cells; if \
         totals or groups are read, name them as marginals",
    ),
    code(
        "intake",
        &[],
        "The intake does not answer; the agent tries again.",
        "Nothing at once; if it stays so, look at the address and the network.",
        "warning[intake]: intake: plan: status 503: store: cannot take it now; trying again",
    ),
    code(
        "left-out",
        &[],
        "The public directory has files that are none of the store's, or are links.",
        "Move them out of the store; what else a web server shows belongs elsewhere.",
        "warning[left-out]: store: public: 2 files that are none of the store's are not in the \
         backup: public/index.html, public/robots.txt; move them out of the store",
    ),
    code(
        "not-compared",
        &[],
        "A restored store is compared with nothing, as asked for, or its comparison failed.",
        "Make sure that nothing was released since the backup, or do what the line says.",
        "warning[not-compared]: --i-know: what was released since the backup may be drawn again, \
         beyond the account in the ledger",
    ),
    code(
        "nothing-reserved",
        &[],
        "No code can be added to a list while the plan runs.",
        "Write `reserved = 2` in each list to which a code may come.",
        "warning[nothing-reserved]: plan.toml: code_list.reserved: no code can be added to \
         CL_COUNTRY while the plan runs; where one may come, such as a country or a border point, \
         write `reserved = 2`",
    ),
    code(
        "silent-source",
        &[],
        "Steps were released before a source had declared them complete: its events may be missing \
         in their figures, which name it.",
        "Ask the agency; what it delivers late counts in later vintages, if the plan has them.",
        "warning[silent-source]: store: source LAND: 3 of the steps 2024-01-18 to 2024-01-20 were \
         released before it had declared that complete; figures name it as silent until a later \
         vintage of the plan has its events",
    ),
    code(
        "source-never-due",
        &[],
        "No step waits for a source, because it declares too late.",
        "Lengthen the wait of `[intake]`, or let the source declare sooner.",
        "warning[source-never-due]: plan.toml: LAND: no step waits for it: it declares a day \
         complete within 4320 minutes, later than the release delay and the longest wait of 60 \
         minutes allow; lengthen the wait, or let it declare sooner",
    ),
    code(
        "unreadable",
        &[],
        "A figure is too small, by the table of contributions, to be told from its noise.",
        "Publish it for longer periods or coarser groups, or give it a larger share.",
        "warning[unreadable]: plan.toml: dataflow.BORDER_FLOW: by the day the total is about 40 \
         on average in the table, and readable from 90 on; publish it for longer periods or \
         coarser groups, or give it a larger share",
    ),
    code(
        "windows-expires",
        &[],
        "The budget ends before the plan does, or after it.",
        "Write the number of windows, or the last day, that the line names.",
        "warning[windows-expires]: plan.toml: privacy.windows: the budget is for 4 windows, but 5 \
         begin before the plan expires on 2028-12-31: releases stop before; set windows = 5, or \
         an earlier `expires`",
    ),
    code(
        "wish-missed",
        &[],
        "A wish is not granted.",
        "Wish for less, raise the share of the dataflow, or let `plan fit` choose the strategy.",
        "warning[wish-missed]: plan.toml: BORDER_FLOW: FLOW by the month: the total is known \
         within 130, 1.30 times the 100 that is wished for",
    ),
];
