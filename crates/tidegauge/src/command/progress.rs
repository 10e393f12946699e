//! A progress bar, where a person is watching and it takes longer than a moment.
//!
//! Not here: anything that says how many events or persons there are; bars count steps and
//! rows of synthetic simulations alone.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar of this length and name; invisible unless standard error is a terminal.
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
