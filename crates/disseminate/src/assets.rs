//! The page and what it needs, inside the binary.
//!
//! Not here: figures. The page asks for them like everybody else.
//!
//! An asset's address holds the digest of its bytes, so it may be kept for ever; the page itself
//! is asked for anew each time.
//!
//! Invariants:
//! 1. Vendored files are those of `web/vendor/MANIFEST.json`
//!    (`assets::tests::vendored_files_are_those_of_the_manifest`).
//! 2. Nothing is fetched from elsewhere, and no script is evaluated from text
//!    (`assets::tests::the_page_names_only_embedded_assets`).
//! 3. The one style that the chart library writes into the page is allowed by its digest
//!    (`assets::tests::the_policy_allows_the_style_of_the_charts`).

use sha2::{Digest, Sha256};
use tidegauge_ledger::hex;

/// What a page of this server may load: itself, and the one style that the chart library
/// writes into each chart, named by its digest.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; \
     style-src 'self' 'sha256-jSYQUrW7J0b3jPqhZP9C2Xh1PyJKHKXd4s0fpGGKrww='; img-src 'self'; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

const PAGE: &str = include_str!("../../../web/index.html");

/// A file that the page loads.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    /// Its name in the page.
    pub name: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: &'static [u8],
}

/// Every asset.
pub const ASSETS: [Asset; 5] = [
    Asset {
        name: "style.css",
        media_type: "text/css; charset=utf-8",
        bytes: include_bytes!("../../../web/style.css"),
    },
    Asset {
        name: "page.js",
        media_type: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../../../web/page.js"),
    },
    Asset {
        name: "d3.min.js",
        media_type: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../../../web/vendor/d3.min.js"),
    },
    Asset {
        name: "plot.umd.min.js",
        media_type: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../../../web/vendor/plot.umd.min.js"),
    },
    Asset {
        name: "icon.svg",
        media_type: "image/svg+xml",
        bytes: include_bytes!("../../../web/icon.svg"),
    },
];

/// The page, and each asset under the address that holds its digest.
#[derive(Clone, Debug)]
pub struct Assets {
    page: String,
    addresses: Vec<(String, Asset)>,
}

impl Assets {
    /// Reads the digest of each asset and writes it into the page.
    pub fn new() -> Self {
        let mut page = PAGE.to_owned();
        let mut addresses = Vec::new();
        for asset in ASSETS {
            let digest = hex(&Sha256::digest(asset.bytes)[..8]);
            let address = format!("{digest}/{}", asset.name);
            let named = format!("\"assets/{}\"", asset.name);
            page = page.replace(&named, &format!("\"assets/{address}\""));
            addresses.push((address, asset));
        }
        Self { page, addresses }
    }

    /// The page.
    pub fn page(&self) -> &str {
        &self.page
    }

    /// The asset at an address after `/assets/`.
    pub fn asset(&self, address: &str) -> Option<Asset> {
        self.addresses.iter().find(|(known, _)| known == address).map(|(_, asset)| *asset)
    }
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
            let digest = Sha384::digest(text(&field("file")));
            let digest = format!("sha384-{}", BASE64_STANDARD.encode(digest));
            assert_eq!(digest, field("sha384"), "{}", field("name"));
            listed.extend([field("file"), field("licence_file")]);
        }
        let mut present: Vec<String> = std::fs::read_dir(web)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        listed.sort();
        present.sort();
        assert_eq!(present, listed);
    }

    #[test]
    fn the_page_names_only_embedded_assets() {
        let assets = Assets::new();
        for part in assets.page().split('"').filter(|part| part.starts_with("assets/")) {
            assert!(assets.asset(part.trim_start_matches("assets/")).is_some(), "{part}");
        }
        assert_eq!(assets.page().matches("\"assets/").count(), ASSETS.len());
        for source in [assets.page(), text("page.js"), text("style.css")] {
            for foreign in ["://", "<script>", "style=\"", "onclick", "eval(", "innerHTML"] {
                let outside = source.replace("http://www.w3.org/2000/svg", "");
                assert!(!outside.contains(foreign), "{foreign}");
            }
        }
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
