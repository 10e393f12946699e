//! The demonstration, run from the command line: it builds a store like any other, and its page
//! works.
//!
//! Not here: the appearance of the page, which is checked by eye.

#![cfg(test)]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use testkit::program::{succeed, tidegauge};

/// A process that ends with the test, whatever happens.
struct RunningDemo(Child);

impl Drop for RunningDemo {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The page as a browser renders it, or `None` if there is no browser.
fn rendered(address: &str) -> Option<String> {
    let profile = tempfile::tempdir().expect("a directory");
    let output = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update"])
        .args(["--disable-sync", "--virtual-time-budget=8000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(address)
        .stderr(Stdio::null())
        .output()
        .ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn the_demonstration_ends_with_a_working_page() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = directory.path().join("store").display().to_string();
    let mut command = tidegauge(&["demo", &store, "--public", "127.0.0.1:0"]);
    let mut demo = RunningDemo(command.stdout(Stdio::piped()).spawn().expect("the program starts"));
    let out = BufReader::new(demo.0.stdout.take().expect("its output"));
    let address = out
        .lines()
        .map_while(Result::ok)
        .find_map(|line| Some(line.trim().strip_prefix("http://")?.split('/').next()?.to_owned()))
        .expect("an address is printed");
    succeed(&["ledger", "verify", &format!("http://{address}")]);
    let Some(page) = rendered(&format!("http://{address}/")) else {
        assert!(std::env::var_os("CI").is_none(), "the test command installs a browser");
        eprintln!("not run: no chromium to render the page");
        return;
    };
    for needed in ["Entries and exits", "29 Feb 2024", "± ", "with 95", "<svg", "Synthetic data"] {
        assert!(page.contains(needed), "the page lacks {needed:?}:\n{page}");
    }
}
