//! The list of pages for search engines, and what robots may read.
//!
//! Not here: the pages.
//!
//! Format: sitemaps.org 0.9, RFC 9309.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use tidegauge_figures::Catalogue;
use tidegauge_ledger::Entry;

use super::address::encoded;
use crate::site::Site;

/// When the newest public release of any of these dataflows was made; of all if there are none.
pub(super) fn released_at(catalogue: &Catalogue, flows: &[String], as_of: u64) -> Option<String> {
    let entries = &catalogue.ledger().entries;
    // Fits: it is at most the number of entries.
    let end = entries.len().min(catalogue.size().min(as_of) as usize);
    entries[..end].iter().rev().find_map(|entry| match entry {
        Entry::Release { dataflow, at, .. } if flows.is_empty() || flows.contains(dataflow) => {
            Some(at.clone())
        }
        _ => None,
    })
}

/// The front page, every dataflow and rate, the plan and the ledger.
pub(super) fn sitemap(catalogue: &Catalogue, site: &Site) -> String {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
    // Writing into memory does not fail.
    let _ = written(&mut writer, catalogue, site);
    String::from_utf8(writer.into_inner()).unwrap_or_default() + "\n"
}

fn written(
    writer: &mut Writer<Vec<u8>>,
    catalogue: &Catalogue,
    site: &Site,
) -> std::io::Result<()> {
    let plan = &catalogue.plan;
    let any = released_at(catalogue, &[], u64::MAX);
    let flows = plan.dataflows.iter().map(|flow| (&flow.id, vec![flow.id.clone()]));
    let rates = plan.rates.iter().map(|rate| {
        let parts =
            rate.dataflows().into_iter().map(|position| plan.dataflows[position].id.clone());
        (&rate.id, parts.collect())
    });
    let views = flows.chain(rates).map(|(id, parts): (&String, Vec<String>)| {
        (format!("?flow={}", encoded(id)), released_at(catalogue, &parts, u64::MAX))
    });
    // Fits: it is at most the number of entries.
    let end = catalogue.ledger().entries.len().min(catalogue.size() as usize);
    let entries = &catalogue.ledger().entries[..end];
    let at = |entry: &Entry| entry.at().to_owned();
    let newest = entries.last().map(at);
    let is_plan = |entry: &&Entry| matches!(entry, Entry::Plan { .. } | Entry::Amendment { .. });
    let planned = entries.iter().rev().find(is_plan).map(at);
    let pages = [(String::new(), any)].into_iter().chain(views);
    let others = [("plan".to_owned(), planned), ("ledger".to_owned(), newest)];
    let pages: Vec<_> = pages.chain(others).collect();
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    let schema = ("xmlns", "http://www.sitemaps.org/schemas/sitemap/0.9");
    writer.create_element("urlset").with_attribute(schema).write_inner_content(|writer| {
        for (path, changed) in pages {
            writer.create_element("url").write_inner_content(|writer| {
                let address = site.absolute(&path);
                writer.create_element("loc").write_text_content(BytesText::new(&address))?;
                if let Some(at) = &changed {
                    writer.create_element("lastmod").write_text_content(BytesText::new(at))?;
                }
                Ok(())
            })?;
        }
        Ok(())
    })?;
    Ok(())
}

/// Robots may read everything.
pub(super) fn robots(site: &Site) -> String {
    format!("User-agent: *\nAllow: /\n\nSitemap: {}\n", site.absolute("sitemap.xml"))
}
