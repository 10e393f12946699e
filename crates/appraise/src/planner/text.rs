//! A forecast as text for people.
//!
//! Not here: what the numbers are (`forecast`, `margin`, `ratio`).
//!
//! Invariants:
//! 1. Every number of the forecast is in it, alternatives where they were asked for.

use std::fmt::{self, Display, Formatter};

use super::forecast::{DataflowForecast, Forecast};
use super::margin::MarginForecast;
use super::ratio::Ratio;

impl Display for Forecast {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} ({})", self.title, self.id)?;
        writeln!(f, "unit of privacy: one person's events within one {}", self.window)?;
        let (rho, windows, lifetime) = (&self.rho, self.windows, &self.lifetime);
        writeln!(f, "budget: rho {rho} a window, {windows} windows, lifetime total {lifetime}")?;
        for at in &self.epsilon {
            writeln!(f, "  a window is (epsilon {:.2}, delta {:e})", at.epsilon, at.delta)?;
        }
        writeln!(f, "retention: {}", self.retention)?;
        self.dataflows.iter().try_for_each(|outlook| outlook.fmt(f))
    }
}

impl Display for DataflowForecast {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let DataflowForecast { id, measure, cells, reserved, bound, share, .. } = self;
        let month = self.bound_month.map(|m| format!(" ({m} a month)")).unwrap_or_default();
        let cells = match reserved {
            0 => format!("{cells} cells"),
            _ => format!("{cells} cells ({reserved} of them reserved)"),
        };
        writeln!(f, "\n{id}: {measure}, {cells}, bound {bound}{month}, share {share}")?;
        for part in &self.parts {
            writeln!(
                f,
                "  {}: {}, one person moves it by {:.2} at most, sigma {:.2}, charge rho {}",
                part.part,
                part.strategy,
                part.sensitivity,
                part.sigma,
                short(&part.rho)
            )?;
            match part.least {
                Some(Ratio { reads, ratio: Some(ratio), .. }) => {
                    writeln!(f, "    at most {ratio:.3} of the least error possible: {reads}")?;
                }
                Some(Ratio { steps_max, .. }) => writeln!(
                    f,
                    "    least error possible: not computed (more than {steps_max} steps, or \
                     nothing that is read by the step)"
                )?,
                None => {}
            }
        }
        writeln!(
            f,
            "  {:<22} {:>10} {:>24}",
            "margin of a cell", "margin", "reliable from a count of"
        )?;
        let mut of = None;
        for margin in &self.margins {
            if margin.of != of {
                of.clone_from(&margin.of);
                writeln!(f, "  by {}", of.as_deref().unwrap_or_default())?;
            }
            let what = format!("{} {}", margin.indicator, margin.grain);
            writeln!(f, "  {what:<22} {:>10.1} {:>24}", margin.margin, margin.reliable)?;
        }
        if self.alternatives.is_empty() {
            return Ok(());
        }
        writeln!(f, "  instead, the margin of a cell would be")?;
        for alternative in &self.alternatives {
            writeln!(f, "  {}", alternative.change)?;
            writeln!(f, "    {}", row(&alternative.margins, alternative.instead_of.as_deref()))?;
        }
        Ok(())
    }
}

/// Margins on one line, each with what it stands instead of.
fn row(margins: &[MarginForecast], instead: Option<&[MarginForecast]>) -> String {
    let one = |(at, margin): (usize, &MarginForecast)| {
        let now = instead.and_then(|instead| instead.get(at));
        let now = now.map(|now| format!(" (now {:.1})", now.margin)).unwrap_or_default();
        let of = margin.of.as_ref().map(|of| format!("{of} ")).unwrap_or_default();
        format!("{of}{} {} {:.1}{now}", margin.indicator, margin.grain, margin.margin)
    };
    margins.iter().enumerate().map(one).collect::<Vec<_>>().join(", ")
}

/// An exact rational that is too long to read, as a decimal rounded up beside the word about.
fn short(rho: &str) -> String {
    if rho.len() <= 16 {
        return rho.to_owned();
    }
    let parse = |part: &str| part.parse::<f64>().unwrap_or(f64::NAN);
    let (numerator, denominator) = rho.split_once('/').unwrap_or((rho, "1"));
    let decimal = (parse(numerator) / parse(denominator) * 1e6).ceil() / 1e6;
    format!("{decimal} (rounded up)")
}
