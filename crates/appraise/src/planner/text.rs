//! A forecast as text for people.
//!
//! Not here: the numbers (`forecast`, `margin`, `ratio`).
//!
//! Invariants:
//! 1. The text has every number of the forecast, and the alternatives if they were asked for.

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
        for pair in &self.epsilon {
            writeln!(f, "  a window is (epsilon {:.2}, delta {:e})", pair.epsilon, pair.delta)?;
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
        let mut dimensions = None;
        for margin in &self.margins {
            if margin.of != dimensions {
                dimensions.clone_from(&margin.of);
                writeln!(f, "  by {}", dimensions.as_deref().unwrap_or_default())?;
            }
            let figure = format!("{} {}", margin.indicator, margin.grain);
            writeln!(f, "  {figure:<22} {:>10.1} {:>24}", margin.margin, margin.reliable)?;
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

/// Margins on one line, each with the current margin that it would replace.
fn row(margins: &[MarginForecast], instead: Option<&[MarginForecast]>) -> String {
    let words = |(number, margin): (usize, &MarginForecast)| {
        let current = instead.and_then(|instead| instead.get(number));
        let now = current.map(|now| format!(" (now {:.1})", now.margin)).unwrap_or_default();
        let dimensions = margin.of.as_ref().map(|of| format!("{of} ")).unwrap_or_default();
        format!("{dimensions}{} {} {:.1}{now}", margin.indicator, margin.grain, margin.margin)
    };
    margins.iter().enumerate().map(words).collect::<Vec<_>>().join(", ")
}

/// An exact rational; one that is too long to read becomes a decimal, rounded up.
fn short(rho: &str) -> String {
    if rho.len() <= 16 {
        return rho.to_owned();
    }
    let parse = |part: &str| part.parse::<f64>().unwrap_or(f64::NAN);
    let (numerator, denominator) = rho.split_once('/').unwrap_or((rho, "1"));
    let decimal = (parse(numerator) / parse(denominator) * 1e6).ceil() / 1e6;
    format!("{decimal} (rounded up)")
}
