//! Builds the book of `docs/` with mdBook, and lists its files for the binary.
//!
//! Not here: the texts (`docs/src`) and the look (`docs/theme`).
//!
//! Documents that belong to the code (PRIVACY.md, proof notes and the like) are pages of the book
//! too: such a page includes the whole document. A link to a document leads to its page, a link to
//! source code is dropped and its words stay, and a picture from outside comes along.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Component, Path, PathBuf};
use std::{env, fs};

use mdbook_driver::MDBook;
use regex::{Captures, Regex};

fn main() -> Result<(), Box<dyn Error>> {
    let crate_root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let root = normal(&crate_root.join("../.."));
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let built = out.join("book");
    println!("cargo::rerun-if-changed={}", root.join("docs").display());
    for shared in ["web/style.css", "web/icon.svg"] {
        println!("cargo::rerun-if-changed={}", root.join(shared).display());
    }
    let mut book = MDBook::load(root.join("docs"))?;
    book.config.build.build_dir.clone_from(&built);
    book.build()?;

    let source = root.join("docs/src");
    let mut site = Site {
        root,
        source: source.clone(),
        link: Regex::new(r#"(?s)<a href="((?:\.\./)+[^"]*)">(.*?)</a>"#)?,
        picture: Regex::new(r#"<img src="((?:\.\./)+[^"]*)""#)?,
        include: Regex::new(r"^\{\{#include ([^}]+)\}\}\s*$")?,
        pages: BTreeMap::new(),
        files: BTreeMap::new(),
    };
    site.find_documents(&source)?;
    site.take(&built, &built)?;
    fs::write(out.join("files.rs"), site.listed(&out)?)?;
    Ok(())
}

/// The book on its way into the binary.
struct Site {
    /// The workspace.
    root: PathBuf,
    /// The texts of the book in it.
    source: PathBuf,
    /// A link to another folder, and its words.
    link: Regex,
    /// The beginning of a picture from another folder.
    picture: Regex,
    /// The text of a page that is a whole document.
    include: Regex,
    /// The page of the book that includes a document, by the document's path in the workspace.
    pages: BTreeMap<PathBuf, PathBuf>,
    /// The bytes of each file, by its path in the book.
    files: BTreeMap<String, Vec<u8>>,
}

impl Site {
    /// Finds the pages that include a whole document from outside of `docs/`.
    fn find_documents(&mut self, folder: &Path) -> Result<(), Box<dyn Error>> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                self.find_documents(&path)?;
                continue;
            }
            let text = fs::read_to_string(&path)?;
            let Some(found) = self.include.captures(&text) else { continue };
            let document = normal(&folder.join(&found[1]));
            println!("cargo::rerun-if-changed={}", document.display());
            let page = path.strip_prefix(&self.source)?.to_owned();
            self.pages.insert(document.strip_prefix(&self.root)?.to_owned(), page);
        }
        Ok(())
    }

    /// Takes the pages and styles that mdBook built; its own scripts, styles and fonts stay behind.
    fn take(&mut self, built: &Path, folder: &Path) -> Result<(), Box<dyn Error>> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let inside = path.strip_prefix(built)?.to_owned();
            if path.is_dir() {
                self.take(built, &path)?;
            } else if path.extension().is_some_and(|kind| kind == "html") && !is_frame(&inside) {
                let text = self.page(&inside, &fs::read_to_string(&path)?)?;
                self.files.insert(inside.display().to_string(), text.into_bytes());
            } else if inside.starts_with("theme") || is_icon(&inside) {
                self.files.insert(inside.display().to_string(), fs::read(&path)?);
            }
        }
        Ok(())
    }

    /// A page with links that hold inside the binary.
    fn page(&mut self, path: &Path, text: &str) -> Result<String, Box<dyn Error>> {
        let up = "../".repeat(path.components().count() - 1);
        // The list of contents is written for the top folder.
        let (before, rest) = text.split_once("<ol class=\"chapter\">").ok_or("no contents")?;
        let (list, after) = rest.split_once("</nav>").ok_or("no end of the contents")?;
        let own = format!("href=\"{}\"", path.display());
        let list = list.replace(&own, &format!("aria-current=\"page\" {own}"));
        let list = list.replace("href=\"", &format!("href=\"{up}"));
        let after = self.link.replace_all(after, |link: &Captures<'_>| {
            self.address(path, &link[1]).map_or_else(
                || link[2].to_owned(),
                |address| format!("<a href=\"{address}\">{}</a>", &link[2]),
            )
        });
        let mut brought = Vec::new();
        let after = self.picture.replace_all(&after, |picture: &Captures<'_>| {
            let source = self.outside(path, &picture[1]);
            let name = source.file_name().unwrap_or_default().display().to_string();
            let picture = format!("<img src=\"{up}{name}\"");
            brought.push((name, source));
            picture
        });
        // What scrolls sideways can be reached and scrolled with the keyboard.
        let table =
            "<div class=\"table-wrapper\" tabindex=\"0\" role=\"group\" aria-label=\"Table\">";
        let after = after.replace("<div class=\"table-wrapper\">", table);
        let after = after.replace("<pre>", "<pre tabindex=\"0\">");
        let page = format!("{before}<ol class=\"chapter\">{list}</nav>{after}");
        for (name, source) in brought {
            println!("cargo::rerun-if-changed={}", source.display());
            self.files.insert(name, fs::read(&source)?);
        }
        Ok(page)
    }

    /// Where an address in a page of `docs/src` leads.
    fn outside(&self, page: &Path, address: &str) -> PathBuf {
        let folder = page.parent().unwrap_or(Path::new(""));
        normal(&self.source.join(folder).join(address))
    }

    /// The address of a link inside the book; `None` if it leads to source code.
    fn address(&self, page: &Path, address: &str) -> Option<String> {
        let (file, heading) = match address.split_once('#') {
            Some((file, heading)) => (file, format!("#{heading}")),
            None => (address, String::new()),
        };
        let target = self.outside(page, file);
        if target.starts_with(&self.source) || target == self.root.join("docs") {
            return Some(address.to_owned());
        }
        let document = target.strip_prefix(&self.root).ok()?.with_extension("md");
        let own = self.pages.get(&document)?.with_extension("html");
        let up = "../".repeat(page.components().count() - 1);
        Some(format!("{up}{}{heading}", own.display()))
    }

    /// The list of all files in Rust; each is written beside it.
    fn listed(&self, out: &Path) -> Result<String, Box<dyn Error>> {
        let mut list = String::from("&[\n");
        for (path, bytes) in &self.files {
            let media_type = match Path::new(path).extension().and_then(|kind| kind.to_str()) {
                Some("html") => "text/html; charset=utf-8",
                Some("css") => "text/css; charset=utf-8",
                Some("png") => "image/png",
                Some("svg") => "image/svg+xml",
                _ => return Err(format!("{path}: of no known type").into()),
            };
            let place = out.join("files").join(path);
            fs::create_dir_all(place.parent().unwrap_or(out))?;
            fs::write(&place, bytes)?;
            let place = place.display().to_string();
            list.push_str(&format!(
                "File {{ path: {path:?}, media_type: {media_type:?}, \
                 bytes: include_bytes!({place:?}) }},\n"
            ));
        }
        list.push_str("]\n");
        Ok(list)
    }
}

/// Whether a built page is mdBook's frame of contents, for which the template has no use.
fn is_frame(path: &Path) -> bool {
    path == Path::new("toc.html")
}

/// Whether a built file is the icon of the pages, which mdBook puts beside them.
fn is_icon(path: &Path) -> bool {
    let name = path.to_string_lossy();
    name.starts_with("favicon") && name.ends_with(".svg")
}

/// The path without `.` and `..`, links not followed.
fn normal(path: &Path) -> PathBuf {
    let mut kept = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                kept.pop();
            }
            Component::CurDir => {}
            other => kept.push(other),
        }
    }
    kept
}
