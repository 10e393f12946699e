//! Tests of the whole book as it is built.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{FILES, File, file};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn text(file: &File) -> &str {
    std::str::from_utf8(file.bytes).expect("UTF-8")
}

fn pages() -> impl Iterator<Item = &'static File> {
    FILES.iter().filter(|file| file.path.ends_with(".html"))
}

/// The values of an attribute in a page.
fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    let opening = format!(" {attribute}=\"");
    page.split(&opening).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// The path to which an address in a page leads; `None` outside of the book.
fn resolved(page: &str, address: &str) -> Option<String> {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in address.split('/') {
        match part {
            ".." => {
                parts.pop()?;
            }
            "." => {}
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Why an address leads nowhere.
fn broken(page: &File, address: &str) -> Option<String> {
    if address.contains("://") || address.starts_with("mailto:") {
        return None;
    }
    let (path, heading) = address.split_once('#').unwrap_or((address, ""));
    // The pages of the server lie one step above the book.
    let target =
        if path.is_empty() { Some(page.path.to_owned()) } else { resolved(page.path, path) };
    let Some(target) = target else {
        let up = "../".repeat(page.path.matches('/').count() + 1);
        return (path != up).then(|| format!("{}: {address}: outside of the book", page.path));
    };
    let Some(target) = file(&target) else {
        return Some(format!("{}: {address}: no such page", page.path));
    };
    let exists = heading.is_empty() || values(text(target), "id").contains(&heading);
    (!exists).then(|| format!("{}: {address}: no such heading", page.path))
}

#[test]
fn every_address_leads_somewhere() {
    let mut found = Vec::new();
    let mut addresses = 0;
    for page in pages() {
        for attribute in ["href", "src"] {
            for address in values(text(page), attribute) {
                addresses += 1;
                found.extend(broken(page, address));
            }
        }
    }
    assert!(addresses > 1000, "{addresses}");
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn pages_have_no_script() {
    for page in pages() {
        for forbidden in ["<script", "<style", " style=\"", "<iframe", " onclick="] {
            assert!(!text(page).contains(forbidden), "{}: {forbidden}", page.path);
        }
    }
}

/// Every file below a folder of the workspace, by its path below it.
fn files_below(folder: &str) -> Vec<String> {
    let top = root().join(folder);
    let (mut found, mut folders) = (Vec::new(), vec![top.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.strip_prefix(&top).expect("inside").display().to_string());
            }
        }
    }
    found
}

#[test]
fn every_page_is_built() {
    let mut count = 0;
    for source in files_below("docs/src") {
        let built = Path::new(&source).with_extension("html").display().to_string();
        if built != "SUMMARY.html" {
            let page = file(&built).unwrap_or_else(|| panic!("{built} is not built"));
            assert!(text(page).contains("<h1"), "{built} has no title");
            count += 1;
        }
    }
    assert!(count > 50, "{count}");
    assert!(file("").is_some_and(|first| text(first).contains("<h1")));
    assert!(file("nowhere.html").is_none());
}

#[test]
fn every_proof_note_is_in_the_book() {
    let mut notes = files_below("crates");
    notes.retain(|path| path.ends_with(".proof.md"));
    assert!(notes.len() > 10, "{notes:?}");
    let pages = files_below("docs/src/proofs").into_iter();
    let pages = pages.map(|page| root().join("docs/src/proofs").join(page));
    let included: String = pages.map(|page| fs::read_to_string(page).expect("text")).collect();
    for note in notes {
        assert!(
            included.contains(&format!("/crates/{note}}}}}")),
            "{note} is not in docs/src/proofs"
        );
    }
}
