//! A progress bar for work that takes more than a moment, shown only on a terminal.
//!
//! Not here: anything that says how many events or persons there are; bars count only steps, and
//! rows of synthetic simulations.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar with this length and name; hidden unless standard error is a terminal.
pub(crate) fn bar(length: u64, name: &'static str) -> ProgressBar {
    let target = if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let style = ProgressStyle::with_template("{msg} {wide_bar} {percent}%");
    let bar = ProgressBar::with_draw_target(Some(length), target).with_message(name);
    bar.enable_steady_tick(Duration::from_millis(200));
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
