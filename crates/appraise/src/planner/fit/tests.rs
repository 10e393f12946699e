//! Fitted plans: what they report, and what they leave as it is.

use num_traits::Zero;
use testkit::edit;

use super::*;

const TABLES: &str = include_str!("../../../../../testdata/tables.toml");

fn parsed(text: &str) -> Plan {
    Plan::parse(text).unwrap_or_else(|errors| panic!("{errors}"))
}

fn fitted(text: &str) -> FittedPlan {
    fit(text, &parsed(text), &[]).unwrap_or_else(|error| panic!("{error}"))
}

/// The plan of tables with wishes, the margins multiplied by so many quarters.
fn wishes(priority: u32, quarters: u32) -> String {
    let wish = |dataflow: &str, marginal: &str, period: &str, margin: u32, priority: u32| {
        format!(
            "[[wish]]\ndataflow = \"{dataflow}\"\nmarginal = {marginal}\nperiod = \"{period}\"\n\
             margin = \"{}/4\"\npriority = {priority}\n",
            margin * quarters
        )
    };
    let tables = [
        wish("CROSSINGS", "[]", "day", 20, priority),
        wish("CROSSINGS", "[\"DIRECTION\"]", "month", 30, 1),
        wish("CROSSINGS", "[\"BORDER_POINT\", \"DIRECTION\"]", "day", 25, 1),
        wish("BY_TYPE", "[\"BORDER_POINT\"]", "month", 30, 1),
    ];
    edit(TABLES).append(&tables.concat()).text()
}

/// The factor by which each wish is missed before figures and margins are rounded.
fn factors(fitted: &FittedPlan) -> Vec<f64> {
    let missed = |wish: &HeadlineForecast| wish.figure.unrounded / wish.wished.expect("a wish");
    fitted.wishes.iter().map(missed).collect()
}

#[test]
fn the_report_is_that_of_the_plan() {
    let out = fitted(&wishes(1, 1));
    assert!(out.factor > 1.0 && (-1e-9..0.001).contains(&out.gap), "{} {}", out.factor, out.gap);
    let plan = parsed(&out.text);
    assert_eq!(forecast(&plan, ForecastOptions::default()).expect("a price").headline, out.wishes);
    let total = plan.dataflows.iter().fold(BigRational::zero(), |sum, flow| sum + &flow.share);
    assert!(total <= BigRational::one());
    assert_eq!(plan.dataflows[2].share, parsed(TABLES).dataflows[2].share, "no wish");
    assert_eq!(factors(&out).into_iter().fold(0.0, f64::max), out.factor);
    assert!((0.999..1.003).contains(&(out.factor / out.unavoidable)), "{}", out.unavoidable);
}

#[test]
fn wishes_that_fit_are_granted_and_leave_the_rest() {
    let out = fitted(&wishes(1, 6));
    assert_eq!(out.factor, 1.0);
    assert!(factors(&out).iter().all(|&factor| factor <= 1.001), "{:?}", factors(&out));
    let total =
        parsed(&out.text).dataflows.iter().fold(BigRational::zero(), |sum, flow| sum + &flow.share);
    assert!(total < BigRational::new(9.into(), 10.into()), "{total}");
}

#[test]
fn a_fitted_plan_fits_itself() {
    let once = fitted(&wishes(1, 1));
    let twice = fitted(&once.text);
    assert!((twice.least / once.least - 1.0).abs() < 0.002, "{} {}", once.least, twice.least);
    for (before, after) in factors(&once).iter().zip(factors(&twice)) {
        assert!((after / before - 1.0).abs() < 0.01, "{before} {after}");
    }
}

#[test]
fn a_wish_of_priority_is_missed_by_less() {
    let (plain, first) = (fitted(&wishes(1, 1)), fitted(&wishes(2, 1)));
    let (plain, preferred) = (factors(&plain)[0], factors(&first)[0]);
    assert!(preferred < plain, "{preferred} {plain}");
    assert!(preferred <= (first.factor / 2.0).max(1.0) * 1.05, "{preferred} {}", first.factor);
    assert!(first.factor >= 1.0);
}

/// Wishes for single border points, whose groups differ in size, and for few marginals.
fn uneven() -> String {
    let wish = "[[wish]]\ndataflow = \"CROSSINGS\"\nperiod = \"month\"\nmargin = 20\n\
                marginal = [\"BORDER_POINT\"]\n";
    edit(TABLES)
        .change(
            "dataflow.CROSSINGS.margins",
            testkit::toml(
                "[{ of = [\"BORDER_POINT\"], grain = \"month\", weight = 7 }, \
                 { of = [\"DIRECTION\"], grain = \"month\" }]",
            ),
        )
        .append(wish)
        .text()
}

#[test]
fn uneven_groups_are_fitted_by_weights_of_residuals() {
    let out = fitted(&uneven());
    let plan = parsed(&out.text);
    assert_eq!(plan.dataflows[0].residuals.len(), 4, "{}", out.text);
    assert!(plan.dataflows[0].marginals.iter().all(|marginal| marginal.weight == 1));
    assert!(out.factor == 1.0 || out.factor < out.unavoidable * 1.003, "{}", out.factor);
    assert!(out.given < out.least * 1.006 || out.factor > 1.0, "{} {}", out.given, out.least);
    let again = fitted(&out.text);
    assert_eq!(parsed(&again.text).dataflows[0].residuals, plan.dataflows[0].residuals);
}

#[test]
fn marginals_without_a_wish_are_named() {
    let out = fitted(&uneven());
    let named: Vec<_> = out.unwished.iter().map(|marginal| marginal.figure.of.as_deref()).collect();
    assert_eq!(named, [Some("DIRECTION")]);
    assert!(out.to_string().contains("warning: marginals without a wish"), "{out}");
}

#[test]
fn a_table_of_a_balance_is_fitted_to_its_levels_and_arrivals() {
    let wish = |indicator: &str, marginal: &str, margin: u32| {
        format!(
            "[[wish]]\ndataflow = \"PRESENT\"\nindicator = \"{indicator}\"\nperiod = \"month\"\n\
             marginal = {marginal}\nmargin = {margin}\n"
        )
    };
    let text = edit(include_str!("../../../../../testdata/balance_table.toml"))
        .append(
            &[
                wish("STOCK", "[]", 20),
                wish("STOCK", "[\"BORDER_POINT\"]", 30),
                wish("ARRIVALS", "[]", 10),
                wish("ARRIVALS", "[\"TRAVELLER_CLASS\"]", 15),
            ]
            .concat(),
        )
        .text();
    let out = fitted(&text);
    assert_eq!(out.wishes.len(), 4);
    assert_eq!(out.unwished.len(), 2, "{:?}", out.unwished);
    // Residuals without need take enough of the budget that their noise can be drawn.
    assert!((0.999..1.006).contains(&(out.factor / out.unavoidable)), "{out}");
    let most = factors(&out).into_iter().fold(1.0, f64::max);
    assert!((most / out.factor - 1.0).abs() < 0.002, "{most} {}", out.factor);
}

/// Nobody wishes for arrivals, and the turnover that they are made of is measured all the same.
#[test]
fn a_balance_is_fitted_to_its_stock_only() {
    for margin in [15, 80] {
        let wish = format!(
            "[[wish]]\ndataflow = \"PRESENT\"\nindicator = \"STOCK\"\nperiod = \"month\"\n\
             margin = {margin}\n"
        );
        let out = fitted(
            &edit(include_str!("../../../../../testdata/balance_table.toml")).append(&wish).text(),
        );
        assert_eq!(out.wishes.len(), 1);
        assert!(out.factor / out.unavoidable < 1.3, "{out}");
    }
}

#[test]
fn very_loose_wishes_get_what_can_be_drawn_or_a_reason() {
    for margin in ["1000000", "1000000000", "1000000000000"] {
        let text = uneven().replace("margin = 20", &format!("margin = {margin}"));
        if let Err(error) = fit(&text, &parsed(&text), &[]) {
            assert!(matches!(error, FitError::TooLoose { .. }), "{margin}: {error}");
        }
    }
}

/// A single wish for single cells: variance times rho over the variance that is wished.
#[test]
fn a_single_wish_has_the_closed_form() {
    let text = edit(TABLES)
        .append(
            "[[wish]]\ndataflow = \"AT_BOUND\"\nmarginal = [\"TRAVELLER_CLASS\"]\n\
             period = \"day\"\nmargin = 30\n",
        )
        .text();
    let plan = parsed(&text);
    let windows = MeasuredWindows::new(&plan, 2).expect("a price");
    let kind = FigureKind::new(&plan.dataflows[2], &windows.first.prices, &[1]).expect("cells");
    let variances = windows
        .all()
        .filter_map(|window| window.variance(&kind, (Indicator::AtBound, Grain::Day, Count::Last)));
    let worst = variances.map(|found| found.noise).fold(0.0, f64::max);
    let granted = (30.0 / NORMAL_POINT) * (30.0 / NORMAL_POINT);
    let out = fitted(&text);
    let own = worst * 0.05 / granted;
    assert!(out.least <= own * 1.001, "{} {own}: a better strategy may be found", out.least);
    assert!(factors(&out)[0] <= 1.0 && factors(&out)[0] > 0.9, "{:?}", factors(&out));
}

#[test]
fn what_cannot_be_fitted_has_its_reason() {
    assert_eq!(fit(TABLES, &parsed(TABLES), &[]), Err(FitError::NoWish));
    let taken = edit(&wishes(1, 1))
        .change("dataflow.CROSSINGS.share", "1/300000")
        .change("dataflow.BY_TYPE.share", "1/300000")
        .change("dataflow.AT_BOUND.share", "299998/300000")
        .text();
    assert_eq!(fit(&taken, &parsed(&taken), &[]), Err(FitError::NothingLeft));
}

#[test]
fn shares_never_exceed_their_parts() {
    for (charges, parts) in [
        (vec![0.5, 0.25], 10_000),
        (vec![5.0, 0.000_01, 3.0], 9_999),
        (vec![1.0; 7], 10),
        (vec![1e9, 1e-9, 1e-9], 3),
        (vec![0.3, 0.3, 0.3], 9_500),
    ] {
        let shares = shares(&charges, 1.0, parts);
        assert!(shares.iter().sum::<u32>() <= parts && shares.iter().all(|&s| s > 0), "{shares:?}");
    }
    assert_eq!(shares(&[0.5, 0.25], 1.0, 100_000), [50_000, 25_000]);
}
