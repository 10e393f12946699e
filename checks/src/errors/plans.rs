//! Codes of faults of plans and amendments.
//!
//! Not here: the errors themselves, and the page.

use super::{ErrorCode, code};

/// Faults of plans and amendments, by code.
pub(super) const PLANS: &[ErrorCode] = &[
    code(
        "amendment-from",
        &[2],
        "The amendment begins on a day on which none can.",
        "Write in `from` a day as the line asks for it.",
        "error[amendment-from]: amendment: from: the first day of a step of a month is needed, \
         given 2025-03-02; choose such a day",
    ),
    code(
        "bad-value",
        &[2],
        "A value breaks the rule of its key.",
        "Correct the value at the place that the line names; [Keys of a plan](plan.md) has the \
         rule of each key.",
        "error[bad-value]: plan.toml:21:7: privacy.rho: a positive fraction \"p/q\" or an \
         integer, p and q at most 10^12, given \"0\"; correct the value",
    ),
    code(
        "closed-code",
        &[2],
        "An amendment closes or renames a code that is not valid on the day before it or on its \
         first day.",
        "Correct the code, or the day in `from`.",
        "error[closed-code]: amendment: closed[0].code: LO_WU of CL_BORDER_POINT is not valid on \
         2025-03-01; correct the code, or the day in `from`",
    ),
    code(
        "code-exists",
        &[2],
        "An amendment adds a code, or a further code of one, that the list has already.",
        "Choose another code. One that was closed cannot come back.",
        "error[code-exists]: amendment: added[0].code: CL_BORDER_POINT already has AIRPORT; \
         choose another code",
    ),
    code(
        "duplicate",
        &[2],
        "Something is given twice: an identifier, a dimension, a marginal, a key.",
        "Remove one of the two, or give it another identifier.",
        "error[duplicate]: plan.toml:61:8: attribute[2].name: attribute origin is declared twice; \
         remove one of the two",
    ),
    code(
        "forbidden-field",
        &[2],
        "An attribute would say who a person is or where one lives.",
        "Remove the attribute. [The promise](../explanation/promise.md) says why no plan has one \
         of this kind, under any name.",
        "error[forbidden-field]: plan.toml:58:8: attribute[1].name: names, addresses, residence, \
         coordinates, documents, contacts, devices, biometrics, ethnicity, religion and free text \
         cannot be declared; remove it",
    ),
    code(
        "granularity",
        &[2],
        "An attribute or a code list is finer than border crossing points and countries.",
        "Use a coarser one, such as countries or groups of countries.",
        "error[granularity]: plan.toml:58:8: attribute[1].name: geography is border crossing \
         points, countries and groups of countries, nothing below; use a coarser one, such as \
         countries",
    ),
    code(
        "group",
        &[2],
        "An added code names no group where the list has groups, an unknown one, or one where \
         there is none.",
        "Name one of the groups of the list; leave the key out if the list has none.",
        "error[group]: amendment: added[0].group: CL_COUNTRY has groups; name the one of the code",
    ),
    code(
        "language",
        &[2],
        "The texts of an amendment are in another language than those of the plan.",
        "Write them in the language of the plan.",
        "error[language]: amendment: language: the plan is in en, and so are its amendments, \
         given de; write the texts in en",
    ),
    code(
        "missing-key",
        &[2],
        "A key that this table needs is missing.",
        "Add the key; [Keys of a plan](plan.md) says which values it takes.",
        "error[missing-key]: plan.toml:19:1: privacy.windows: this key is required; add it",
    ),
    code(
        "no-reserved-place",
        &[2],
        "Every place that the list, or the group, reserved for new codes is taken.",
        "Add the code to another group that has a place; else it has to wait for the next plan, \
         which can reserve more with `reserved`.",
        "error[no-reserved-place]: amendment: added[1].code: CL_BORDER_POINT has 0 reserved \
         places left, given 1 more code; add it to a group that has a place, or to the next plan",
    ),
    code(
        "not-of-attribute",
        &[2],
        "An amendment adds to, or closes in, a list that no event is checked against.",
        "Change the list of an attribute instead.",
        "error[not-of-attribute]: amendment: added[0].list: no attribute has the list CL_AGE, so \
         no event is checked against its days; name an attribute's list",
    ),
    code(
        "nothing-changes",
        &[2],
        "The amendment, or one of its entries, changes nothing.",
        "Remove the entry that the line names, or write what it is to change.",
        "error[nothing-changes]: amendment: renamed[0].name: nothing changes: the code has this \
         name already; remove the entry",
    ),
    code(
        "over-budget",
        &[2],
        "The shares of the dataflows add up to more than the budget.",
        "Lower shares until they add up to at most 1, or remove a dataflow.",
        "error[over-budget]: plan.toml:118:9: dataflow[2].share: shares add up to at most 1, \
         given 11/10; lower a share",
    ),
    code(
        "plan-too-fine",
        &[2],
        "A dataflow combines more geographical attributes than allowed.",
        "Split it into two dataflows, or remove a dimension.",
        "error[plan-too-fine]: plan.toml:92:14: dataflow[0].dimensions: at most 2 of \
         border_point, origin, destination can be combined, given 3; remove one, or make two \
         dataflows",
    ),
    code(
        "plan-too-large",
        &[2],
        "The plan has more text, codes, dimensions, dataflows or cells than allowed.",
        "Shorten the list that the line names, use groups instead of single codes, or publish for \
         longer periods.",
        "error[plan-too-large]: plan.toml:92:14: dataflow[0].dimensions: at most 1048576 cells, \
         given 9000000; make it smaller",
    ),
    code(
        "purpose-missing",
        &[2],
        "The statement lacks its purpose, its controller or its legal basis.",
        "Write the missing sentence in `[statement]`; nothing is counted without it.",
        "error[purpose-missing]: plan.toml:6:1: statement.purpose: a plan must state its purpose, \
         its controller and its legal basis; write it in [statement]",
    ),
    code(
        "reserved",
        &[2],
        "An identifier that has a fixed meaning is used for something else.",
        "Choose another identifier.",
        "error[reserved]: plan.toml:48:5: code_list[0].codes[8].id: code _T stands for the total \
         of every list; choose another",
    ),
    code(
        "source",
        &[2],
        "An amendment begins, changes or ends a source in a way that cannot be.",
        "Correct the field that the line names.",
        "error[source]: amendment: source[0].id: a plan without sources gets none; make a new plan",
    ),
    code(
        "toml-syntax",
        &[2],
        "The file is not TOML.",
        "Correct the line. Mostly a quote or a bracket is missing, there or on the line before.",
        "error[toml-syntax]: plan.toml:12:9: plan: string values must be quoted, expected literal \
         string; correct this line, or the one before it",
    ),
    code(
        "unknown-attribute",
        &[2],
        "An attribute is not in the closed list, or the plan does not declare it.",
        "Use one of the attributes that the line offers; if it is one of those, declare it in an \
         `[[attribute]]`.",
        "error[unknown-attribute]: plan.toml:58:8: attribute[1].name: attributes are age_band, \
         applicant_type, assistance, border_point, border_type, citizenship, destination, mode, \
         outcome, refusal_reason, sex, stay_class, traveller_class; did you mean sex?",
    ),
    code(
        "unknown-code",
        &[2],
        "A code, a kind of event or a status is not in its list.",
        "Correct the spelling, by the near words or the list in the line; or add it to the list.",
        "error[unknown-code]: plan.toml:109:13: dataflow[1].dimensions[0].code_list: code PRESNT \
         of CL_STATUS is not a status of the life cycle; did you mean PRESENT? there are UNSEEN, \
         PRESENT, ABSENT",
    ),
    code(
        "unknown-key",
        &[2],
        "A table of the plan has a key that it does not know.",
        "Correct the spelling of the key, or remove it.",
        "error[unknown-key]: plan.toml:95:1: dataflow[0].bound_wek: unknown key; the keys here \
         are id, name, bound; did you mean bound?",
    ),
    code(
        "unknown-reference",
        &[2],
        "A code list, a dataflow or a group is named that the plan does not have; in an amendment \
         also a code.",
        "Correct the spelling, by the near words or the list in the line; or declare what is \
         named.",
        "error[unknown-reference]: plan.toml:60:13: attribute[1].code_list: no code list \
         CL_POINTS in the plan; did you mean CL_POINT? there are CL_POINT, CL_DIRECTION",
    ),
    code(
        "unused",
        &[2],
        "A code list or an attribute is declared and nothing uses it.",
        "Remove it, or use it in a dimension of a dataflow.",
        "error[unused]: plan.toml:140:1: intake: [intake] is for a plan that has at least one \
         [[source]]; remove it, or use it",
    ),
    code(
        "wrong-type",
        &[2],
        "A value has another type, such as a number in quotes.",
        "Write a value of the type that the line asks for.",
        "error[wrong-type]: plan.toml:22:11: privacy.windows: an integer is needed, given a value \
         of type string; write such a value",
    ),
];
