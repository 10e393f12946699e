//! Names that no plan may declare: those that reveal who a person is or where a person lives.
//!
//! Not here: the closed list of attributes, which is the rule ([`crate::plan::ATTRIBUTES`]). The
//! words here only determine which reason is given when a name outside it is refused.
//!
//! Invariants:
//! 1. Every name outside the closed list is refused, with or without one of these words
//!    (`tests/refusals.rs`, `forbidden_fields_are_refused_by_name`).

use super::fault::PlanFault;
use super::node::TomlValue;
use crate::near::{near, one_of};
use crate::plan::content::ATTRIBUTES;

/// Parts of words that identify a person.
const FORBIDDEN_PARTS: &str = "\
    account address belief biometr birth caste comment contact coordinate criminal descript \
    device document domicile driving dwelling email employer ethnic face facial faith family \
    father fingerprint free_text freetext genetic geohash geoloc gps health home house iban \
    identity imei imsi iris language latitude licence license longitude mobile mother name \
    passport phone photo plate political racial religio remark residen sexual signature street \
    tribe union";
/// Whole words that identify a person.
const FORBIDDEN_WORDS: &str = "\
    creed dna dob id image ip ipv lat lng lon mac mail note race serial ssn tel text uid";
/// Whole words for places within a country, other than border crossing points.
const PLACES: &str = "\
    accommodation block borough camp canton city commune county district hotel locality lsoa \
    msoa municipality neighborhood neighbourhood nuts parish postcode prefecture province \
    tract village ward zip zipcode";
/// Whole words for places that are also words for other things: groups of countries, statuses.
const PLACES_AMONG_OTHERS: &str = "\
    area building department grid region settlement";

/// Whether one of the words, or its plural, is a whole word of the name.
fn has_word(name: &str, words: &str) -> bool {
    let mut parts = name.split(|c: char| !c.is_ascii_alphabetic());
    parts.any(|part| {
        words.split(' ').any(|word| part == word || part.strip_suffix('s') == Some(word))
    })
}

fn has_part(name: &str, parts: &str) -> bool {
    parts.split(' ').any(|part| name.contains(part))
}

/// The attribute that a value names.
pub(super) fn attribute(node: &TomlValue) -> Option<&'static str> {
    let name = node.line()?;
    if let Some(known) = ATTRIBUTES.into_iter().find(|known| *known == name) {
        return Some(known);
    }
    let lower = name.to_lowercase();
    if has_part(&lower, FORBIDDEN_PARTS) || has_word(&lower, FORBIDDEN_WORDS) {
        let rule = "names, addresses, residence, coordinates, documents, contacts, devices, \
                    biometrics, ethnicity, religion and free text cannot be declared";
        node.refuse(PlanFault::ForbiddenField, rule);
    } else if has_word(&lower, PLACES) || has_word(&lower, PLACES_AMONG_OTHERS) {
        refuse_place(node);
    } else {
        let near = near(&lower, ATTRIBUTES);
        let asked = match near.is_empty() {
            true => String::new(),
            false => format!("; did you mean {}?", one_of(&near)),
        };
        let rule = format!("attributes are {}{asked}", ATTRIBUTES.join(", "));
        node.refuse(PlanFault::UnknownAttribute, rule);
    }
    None
}

fn refuse_place(node: &TomlValue) {
    let rule = "geography is border crossing points, countries and groups of countries, \
                nothing below";
    node.refuse(PlanFault::Granularity, rule);
}

/// An identifier that names no place finer than border crossing points.
pub(super) fn identifier<'a>(node: &TomlValue<'a>) -> Option<&'a str> {
    without_place(node, node.identifier()?)
}

/// An identifier of SDMX that names no place finer than border crossing points.
pub(super) fn sdmx_id<'a>(node: &TomlValue<'a>) -> Option<&'a str> {
    without_place(node, node.sdmx_id()?)
}

fn without_place<'a>(node: &TomlValue, id: &'a str) -> Option<&'a str> {
    if has_word(&id.to_lowercase(), PLACES) {
        refuse_place(node);
        return None;
    }
    Some(id)
}
