//! The description of a statistic as scripts see it: its dimensions with their codes, and what is
//! released of it.
//!
//! Not here: its figures (`view`).
//!
//! A description is the JSON of `/v1/dataflows`; that of a rate is made of those of its dataflows,
//! as `web/api.js` does.
//!
//! Invariants:
//! 1. Pages and scripts know the same codes
//!    (`tests::pages::what_scripts_do_not_find_is_not_found`).

use serde::Deserialize;
use tidegauge_figures::Catalogue;

use crate::describe;

/// The code of a total.
pub(super) const TOTAL: &str = "_T";

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Code {
    pub(super) id: String,
    pub(super) name: String,
    /// The group that it lies in.
    pub(super) parent: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Dimension {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) codes: Vec<Code>,
}

#[derive(Clone, Debug, Deserialize)]
struct Opening {
    key: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Embargoed {
    pub(super) last: String,
    pub(super) until: String,
}

/// The description of a dataflow or a rate.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Structure {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) measure: String,
    pub(super) unit: String,
    pub(super) grains: Vec<String>,
    pub(super) last: Option<String>,
    pub(super) next: Option<String>,
    pub(super) embargoed: Option<Embargoed>,
    pub(super) dimensions: Vec<Dimension>,
    view: Option<Opening>,
    /// The dataflows that a rate is made of.
    #[serde(skip)]
    pub(super) parts: Vec<String>,
}

impl Structure {
    /// The statistic with this identifier.
    pub(super) fn of(catalogue: &Catalogue, id: &str) -> Option<Self> {
        let flows = &catalogue.plan.dataflows;
        if let Some(position) = flows.iter().position(|dataflow| dataflow.id == id) {
            let described = serde_json::to_value(describe::structure(catalogue, position)).ok()?;
            return serde_json::from_value(described).ok();
        }
        let rate = catalogue.plan.rates.iter().find(|rate| rate.id == id)?;
        let parts: Vec<String> =
            rate.dataflows().into_iter().map(|position| flows[position].id.clone()).collect();
        let numerator = Self::of(catalogue, parts.first()?)?;
        let named =
            |id: &str| numerator.dimensions.iter().find(|dimension| dimension.id == id).cloned();
        let own = Code { id: rate.id.clone(), name: rate.name.to_string(), parent: None };
        let indicator = Dimension {
            id: "INDICATOR".to_owned(),
            name: numerator.dimensions.get(2).map_or(String::new(), |it| it.name.clone()),
            codes: vec![own],
        };
        let leading = ["FREQ", "REF_AREA"].into_iter().filter_map(named);
        let by = rate.by.iter().filter_map(|id| named(id));
        let dimensions = leading.chain([indicator]).chain(by).collect();
        Some(Self {
            id: rate.id.clone(),
            name: rate.name.to_string(),
            description: rate.description.to_string(),
            measure: "rate".to_owned(),
            unit: "RATE".to_owned(),
            view: None,
            dimensions,
            parts,
            ..numerator
        })
    }

    /// Whether the plan says with which key it opens.
    pub(super) fn has_opening(&self) -> bool {
        self.view.is_some()
    }

    pub(super) fn is_rate(&self) -> bool {
        self.measure == "rate"
    }

    /// A key with codes in every part: those that are given, the plan's, or else totals.
    pub(super) fn completed(&self, given: &[Vec<String>]) -> Vec<Vec<String>> {
        let opening = || -> Vec<Vec<String>> {
            let codes = |part: &str| part.split('+').map(str::to_owned).collect();
            self.view.as_ref().map_or(vec![], |view| view.key.split('.').map(codes).collect())
        };
        let asked = if given.is_empty() { opening() } else { given.to_vec() };
        let complete = |(position, dimension): (usize, &Dimension)| {
            let is_known = |id: &str| dimension.codes.iter().any(|code| code.id == id);
            let mut codes: Vec<String> = vec![];
            for code in asked.get(position).into_iter().flatten() {
                if is_known(code) && !codes.contains(code) {
                    codes.push(code.clone());
                }
            }
            if dimension.id == "FREQ" {
                codes.truncate(1);
            } else if codes.is_empty() && is_known(TOTAL) {
                codes.push(TOTAL.to_owned());
            }
            if codes.is_empty() {
                codes.extend(dimension.codes.first().map(|code| code.id.clone()));
            }
            codes
        };
        self.dimensions.iter().enumerate().map(complete).collect()
    }
}
