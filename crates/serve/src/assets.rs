//! The pages and what they need, inside the binary.
//!
//! Not here: figures. The pages ask for them like everybody else.
//!
//! All assets lie in one directory whose name is a digest of their names and bytes, so they may
//! be kept for ever and name each other by relative addresses; the pages themselves are asked for
//! anew each time.
//!
//! Invariants:
//! 1. Vendored files are those of `web/vendor/MANIFEST.json`
//!    (`assets::tests::vendored_files_are_those_of_the_manifest`).
//! 2. Each page has every part once (`assets::tests::pages_are_whole`).
//! 3. Nothing is fetched from elsewhere, and no script is evaluated from text
//!    (`assets::tests::pages_name_only_embedded_assets`).
//! 4. The one style that the chart library writes into the page is allowed by its digest
//!    (`assets::tests::the_policy_allows_the_style_of_the_charts`).
//! 5. A first visit of a chart fetches less than [`FIRST_LOAD_BYTES_MAX`]
//!    (`tests::addresses::a_first_load_is_small`).

use sha2::{Digest, Sha256};
use tidegauge_ledger::hex;

use crate::modules;

/// What a page of this server may load: itself, and the one style that the chart library
/// writes into each chart, named by its digest. Images may be made in the page: its downloads.
macro_rules! policy {
    ($frames:literal) => {
        concat!(
            "default-src 'none'; script-src 'self'; style-src 'self' ",
            "'sha256-jSYQUrW7J0b3jPqhZP9C2Xh1PyJKHKXd4s0fpGGKrww='; img-src 'self' blob:; ",
            "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors ",
            $frames
        )
    };
}

/// The policy of every answer but one.
pub(crate) const CONTENT_SECURITY_POLICY: &str = policy!("'self'");
/// The policy of the page that others may frame.
pub(crate) const FRAMED_POLICY: &str = policy!("*");

/// Bytes that a first visit of a chart fetches at most, compressed, without its figures.
#[cfg(test)]
pub(crate) const FIRST_LOAD_BYTES_MAX: usize = 300_000;

/// The languages of the pages, as in `web/words.js`; the first is that of whoever asks for none.
pub(crate) const LANGUAGES: [&str; 4] = ["en", "de", "es", "fr"];

/// A page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PageKind {
    /// One chart, to be framed by others.
    Embed,
    /// Figures.
    Index,
    /// The ledger.
    Ledger,
    /// The plan in words, and the glossary.
    Plan,
}

/// A file that the pages load.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asset {
    /// Its path in the directory of assets.
    pub name: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: &'static [u8],
}

impl Asset {
    /// Whether it is a script of ours, whose comments are for its authors.
    pub(crate) fn is_ours(&self) -> bool {
        self.name.ends_with(".js") && !self.name.ends_with(".min.js")
    }
}

macro_rules! asset {
    ($name:literal, $path:literal, $media_type:literal) => {
        Asset {
            name: $name,
            media_type: $media_type,
            bytes: include_bytes!(concat!("../../../web/", $path)),
        }
    };
}

macro_rules! script {
    ($name:literal) => {
        asset!($name, $name, "text/javascript; charset=utf-8")
    };
    ($name:literal, $path:literal) => {
        asset!($name, $path, "text/javascript; charset=utf-8")
    };
}

/// Every asset.
pub(crate) const ASSETS: [Asset; 79] = [
    asset!("icon.svg", "icon.svg", "image/svg+xml"),
    asset!("style.css", "style.css", "text/css; charset=utf-8"),
    asset!("view.css", "view.css", "text/css; charset=utf-8"),
    asset!("pictures.css", "pictures.css", "text/css; charset=utf-8"),
    asset!("map.css", "map.css", "text/css; charset=utf-8"),
    asset!("plan.css", "plan.css", "text/css; charset=utf-8"),
    asset!("countries-50m.json", "vendor/countries-50m.json", "application/json"),
    script!("d3.min.js", "vendor/d3.min.js"),
    script!("plot.umd.min.js", "vendor/plot.umd.min.js"),
    script!("topojson-client.min.js", "vendor/topojson-client.min.js"),
    script!("address.js"),
    script!("annotations.js"),
    script!("api.js"),
    script!("atbound.js"),
    script!("axes.js"),
    script!("calls.js"),
    script!("catalogue.js"),
    script!("caveats.js"),
    script!("change.js"),
    script!("chart.js"),
    script!("classes.js"),
    script!("codes.js"),
    script!("cohorts.js"),
    script!("controls.js"),
    script!("countries.js"),
    script!("curves.js"),
    script!("distribution.js"),
    script!("dom.js"),
    script!("downloads.js"),
    script!("embed.js"),
    script!("front.js"),
    script!("glossary.js"),
    script!("headline.js"),
    script!("lanes.js"),
    script!("ledger.js"),
    script!("lengths.js"),
    script!("lifecycle.js"),
    script!("lines.js"),
    script!("lists.js"),
    script!("log.js"),
    script!("lost.js"),
    script!("map.js"),
    script!("median.js"),
    script!("multiples.js"),
    script!("nowcast.js"),
    script!("numbers.js"),
    script!("odds.js"),
    script!("opening.js"),
    script!("page.js"),
    script!("panels.js"),
    script!("periods.js"),
    script!("pickers.js"),
    script!("pictures.js"),
    script!("pivot.js"),
    script!("plan.js"),
    script!("planflow.js"),
    script!("planrules.js"),
    script!("ranking.js"),
    script!("revisions.js"),
    script!("series.js"),
    script!("spark.js"),
    script!("spells.js"),
    script!("survival.js"),
    script!("table.js"),
    script!("terms.js"),
    script!("timeline.js"),
    script!("triangle.js"),
    script!("unmeasured.js"),
    script!("words.js"),
    script!("world.js"),
    script!("yearbefore.js"),
    script!("words/de.js"),
    script!("words/en.js"),
    script!("words/es.js"),
    script!("words/fr.js"),
    script!("words/plan/de.js"),
    script!("words/plan/en.js"),
    script!("words/plan/es.js"),
    script!("words/plan/fr.js"),
];

/// The pages, and the assets with the name of their directory.
#[derive(Clone, Debug)]
pub(crate) struct Assets {
    directory: String,
}

impl Assets {
    /// Names the directory after all that lies in it.
    pub(crate) fn new() -> Self {
        let mut digest = Sha256::new();
        for asset in ASSETS {
            digest.update(asset.name);
            digest.update(asset.bytes.len().to_be_bytes());
            digest.update(asset.bytes);
        }
        Self { directory: hex(&digest.finalize()[..8]) }
    }

    /// A page that opens in this language, one of [`LANGUAGES`]. What pages have in common stands
    /// in files of its own, put in their places here.
    pub(crate) fn page(&self, page: PageKind, language: &str) -> String {
        let text = match page {
            PageKind::Embed => include_str!("../../../web/embed.html"),
            PageKind::Index => include_str!("../../../web/index.html"),
            PageKind::Ledger => include_str!("../../../web/ledger.html"),
            PageKind::Plan => include_str!("../../../web/plan.html"),
        };
        let current = match page {
            PageKind::Embed => "",
            PageKind::Index => "data-t=\"nav-figures\"",
            PageKind::Ledger => "data-t=\"nav-ledger\"",
            PageKind::Plan => "data-t=\"nav-plan\"",
        };
        let shown = format!("{current} aria-current=\"page\"");
        let masthead = include_str!("../../../web/masthead.html").replacen(current, &shown, 1);
        let text = text
            .replacen("<!-- head -->\n", include_str!("../../../web/head.html"), 1)
            .replacen("<!-- masthead -->\n", &masthead, 1);
        let text = with_modules(text, language);
        let assets = format!("\"assets/{}/", self.directory);
        text.replace("\"assets/", &assets).replacen(
            "<html lang=\"en\">",
            &format!("<html lang=\"{language}\">"),
            1,
        )
    }

    /// The asset at an address after `/assets/`.
    pub(crate) fn asset(&self, address: &str) -> Option<Asset> {
        let name = address.strip_prefix(&*self.directory)?.strip_prefix('/')?;
        ASSETS.into_iter().find(|asset| asset.name == name)
    }
}

/// A page with links, before its script, to every other script that it needs.
fn with_modules(page: String, language: &str) -> String {
    let source = |name: &str| {
        let asset = ASSETS.iter().find(|asset| asset.name == name);
        asset.map_or_else(String::new, |asset| String::from_utf8_lossy(asset.bytes).into_owned())
    };
    let Some(start) = page.find("<script src=\"assets/") else { return page };
    let (before, script) = page.split_at(start);
    let entry = script.split('"').nth(1).and_then(|path| path.strip_prefix("assets/"));
    let links = modules::links(entry.unwrap_or(""), language, source);
    format!("{before}{links}{script}")
}

impl Default for Assets {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::prelude::{BASE64_STANDARD, Engine};
    use sha2::Sha384;

    fn text(name: &str) -> &'static str {
        let asset = ASSETS.iter().find(|asset| asset.name == name).unwrap();
        std::str::from_utf8(asset.bytes).unwrap()
    }

    #[test]
    fn vendored_files_are_those_of_the_manifest() {
        let manifest = include_str!("../../../web/vendor/MANIFEST.json");
        let rows: Vec<serde_json::Value> = serde_json::from_str(manifest).unwrap();
        let web = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/vendor");
        let mut listed = vec!["MANIFEST.json".to_owned()];
        for row in rows {
            let field = |name: &str| row[name].as_str().unwrap().to_owned();
            // Fonts are no asset: the server itself draws with them.
            let digest = Sha384::digest(std::fs::read(web.join(field("file"))).unwrap());
            let digest = format!("sha384-{}", BASE64_STANDARD.encode(digest));
            assert_eq!(digest, field("sha384"), "{}", field("name"));
            listed.extend([field("file"), field("licence_file")]);
        }
        listed.sort();
        listed.dedup();
        let mut present: Vec<String> = std::fs::read_dir(web)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        present.sort();
        assert_eq!(present, listed);
    }

    const PAGES: [PageKind; 4] =
        [PageKind::Embed, PageKind::Index, PageKind::Ledger, PageKind::Plan];

    #[test]
    fn pages_are_whole() {
        let assets = Assets::new();
        for page in PAGES {
            let text = assets.page(page, "de");
            assert!(text.starts_with("<!doctype html>\n<html lang=\"de\">\n<head>\n<meta charset"));
            for once in ["<title>", "</head>", "<body", "view.css", "</html>"] {
                assert_eq!(text.matches(once).count(), 1, "{once}");
            }
            assert!(!text.contains("<!--"), "every place is filled");
            let current = text.matches("aria-current=\"page\"").count();
            assert_eq!(current, usize::from(page != PageKind::Embed));
        }
        let index = assets.page(PageKind::Index, "en");
        assert!(index.contains("data-t=\"nav-figures\" aria-current=\"page\""));
    }

    #[test]
    fn pages_name_only_embedded_assets() {
        let assets = Assets::new();
        let pages = PAGES.map(|page| assets.page(page, "en"));
        for page in &pages {
            let named = page.split('"').filter_map(|part| part.strip_prefix("assets/"));
            for address in named {
                assert!(assets.asset(address).is_some(), "{address}");
            }
        }
        let own = |asset: &&Asset| !["min.js", "json"].iter().any(|end| asset.name.ends_with(end));
        let own = ASSETS.iter().filter(own).map(|asset| text(asset.name));
        for source in own.chain(pages.iter().map(String::as_str)) {
            for foreign in ["://", "<script>", "style=\"", "onclick", "eval(", "innerHTML"] {
                let outside = source.replace("http://www.w3.org/2000/svg", "");
                assert!(!outside.contains(foreign), "{foreign}");
            }
        }
    }

    #[test]
    fn every_file_of_the_pages_is_embedded() {
        let web = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web");
        for directory in ["", "words", "words/plan"] {
            for file in std::fs::read_dir(web.join(directory)).unwrap() {
                let name = file.unwrap().file_name().into_string().unwrap();
                let name = format!("{directory}/{name}");
                let name = name.trim_start_matches('/');
                if name.ends_with(".js") || name.ends_with(".css") {
                    assert!(ASSETS.iter().any(|asset| asset.name == name), "{name}");
                }
            }
        }
    }

    #[test]
    fn languages_are_those_that_have_messages() {
        for language in LANGUAGES {
            assert!(text("words.js").contains(&format!("  {language}: {{ name: \"")), "{language}");
            for room in ["", "plan/"] {
                assert!(!text(&format!("words/{room}{language}.js")).is_empty());
            }
            let page = Assets::new().page(PageKind::Index, language);
            assert!(page.contains(&format!("<html lang=\"{language}\">")));
        }
        let messages = ASSETS.iter().filter(|asset| asset.name.starts_with("words/"));
        assert_eq!(messages.count(), 2 * LANGUAGES.len());
    }

    #[test]
    fn the_policy_allows_the_style_of_the_charts() {
        let library = text("plot.umd.min.js");
        let start = library.find(":where(.${c}) {").unwrap();
        let end = start + library[start..].find('`').unwrap();
        let style = library[start..end].replace("\\n", "\n").replace("${c}", "plot-d6a7b5");
        let digest = BASE64_STANDARD.encode(Sha256::digest(style));
        assert!(CONTENT_SECURITY_POLICY.contains(&format!("'sha256-{digest}'")), "{digest}");
    }
}
