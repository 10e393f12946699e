//! The book of `docs/` inside the binary, as mdBook builds it.
//!
//! Not here: how it is built (`build.rs`), and how it is served (crate `serve`).
//!
//! Invariants:
//! 1. Every address in the book leads to a file or a heading of the book, to the pages of the
//!    server, or to another host (`tests::every_address_leads_somewhere`).
//! 2. A page has no script and no style of its own, so the policy of the server's pages holds for
//!    it too (`tests::pages_have_no_script`).
//! 3. Every page of `docs/src` is in it (`tests::every_page_is_built`), and so is every proof note
//!    (`tests::every_proof_note_is_in_the_book`).

#![warn(unreachable_pub)]

/// A file of the book.
#[derive(Clone, Copy, Debug)]
pub struct File {
    /// Its path below the book's own address.
    pub path: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: &'static [u8],
}

/// Every file, in the order of the paths.
pub const FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// The file at a path below the book's own address; the empty path is that of the first page.
#[must_use]
pub fn file(path: &str) -> Option<&'static File> {
    let path = if path.is_empty() { "index.html" } else { path };
    let found = FILES.binary_search_by(|file| file.path.cmp(path)).ok()?;
    FILES.get(found)
}

#[cfg(test)]
mod tests;
