//! The prices that an open store knows, so that a process which releases many steps computes those
//! of a window once, and before they are needed.
//!
//! Not here: how a price is computed (crate `ledger`, module `price`), and charging it (module
//! `store::charge`).
//!
//! The prices of the next step's window, and of the earlier windows whose late counts are due with
//! it, can be computed on a thread of their own meanwhile. The thread sees the plan and nothing
//! else, and ends by itself; what it computes is used only if the plan in force is still the same.
//! So what is charged was computed in this process, from the plan in force.
//!
//! Invariants:
//! 1. Prices are those that the plan in force has, however and whenever they were computed
//!    (`prices::tests::prices_are_those_of_the_plan_in_force`).
//! 2. Nobody waits for prices but who needs them, and they are computed once
//!    (`prices::tests::prices_computed_ahead_are_not_computed_again`).
//! 3. What no later step needs is forgotten
//!    (`prices::tests::windows_that_no_step_needs_are_forgotten`).

use std::cell::{RefCell, RefMut};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};

use tidegauge_ledger::{Price, late_due, prices};
use tidegauge_model::{Period, Plan};

use crate::calendar::PricedWindow;
use crate::error::Error;

/// An accounting window, and a dataflow by its position in the plan.
type WindowAndDataflow = (Period, usize);
type Prices = BTreeMap<WindowAndDataflow, Arc<[Price]>>;

/// The prices that an open store knows.
pub(crate) struct KnownPrices(RefCell<PricesOfPlan>);

/// Those of one plan.
struct PricesOfPlan {
    plan: Arc<Plan>,
    known: Prices,
    /// The window that was asked for last.
    window: Option<Arc<PricedWindow>>,
    /// The thread that computes more.
    ahead: Option<JoinHandle<Prices>>,
}

impl KnownPrices {
    /// None yet.
    pub(crate) fn new(plan: &Arc<Plan>) -> Self {
        Self(RefCell::new(PricesOfPlan::new(plan)))
    }

    /// A window with its prices. Forgets the prices that no step of this window or of a later one
    /// needs.
    ///
    /// Errors: those of [`prices`], which depend only on the plan.
    pub(crate) fn window(
        &self,
        plan: &Arc<Plan>,
        window: Period,
    ) -> Result<Arc<PricedWindow>, Error> {
        let mut own = self.of(plan);
        if let Some(known) = own.window.as_ref().filter(|known| known.period == window) {
            return Ok(Arc::clone(known));
        }
        let prices = (0..plan.dataflows.len()).map(|position| own.prices((window, position)));
        let priced = Arc::new(PricedWindow::new(plan, window, prices.collect::<Result<_, _>>()?));
        own.forget_before(&priced);
        own.window = Some(Arc::clone(&priced));
        Ok(priced)
    }

    /// The prices of a dataflow, by its position in the plan, in a window.
    ///
    /// Errors: those of [`prices`], which depend only on the plan.
    pub(crate) fn of_dataflow(
        &self,
        plan: &Arc<Plan>,
        window: Period,
        position: usize,
    ) -> Result<Arc<[Price]>, Error> {
        self.of(plan).prices((window, position))
    }

    /// Begins to compute, on a thread of its own, what is not known of the prices that this step
    /// needs.
    pub(crate) fn begin(&self, plan: &Arc<Plan>, step: Period) {
        let mut own = self.of(plan);
        if own.ahead.as_ref().is_some_and(JoinHandle::is_finished) {
            own.take_ahead();
        }
        let missing: Vec<WindowAndDataflow> =
            needed(plan, step).into_iter().filter(|key| !own.known.contains_key(key)).collect();
        if missing.is_empty() || own.ahead.is_some() {
            return;
        }
        let plan = Arc::clone(plan);
        // What has no price is met, and reported, by the release.
        let priced = move |key| Some((key, computed(&plan, key).ok()?));
        let compute = move || missing.into_iter().filter_map(priced).collect();
        // Without a thread the release computes them.
        own.ahead = Builder::new().name("prices".into()).spawn(compute).ok();
    }

    /// The prices of the plan in force; those of another plan are dropped.
    fn of(&self, plan: &Arc<Plan>) -> RefMut<'_, PricesOfPlan> {
        let mut own = self.0.borrow_mut();
        // The plan lives as long as its prices, so no other plan can have its place in memory.
        if !Arc::ptr_eq(&own.plan, plan) {
            *own = PricesOfPlan::new(plan);
        }
        own
    }
}

impl PricesOfPlan {
    fn new(plan: &Arc<Plan>) -> Self {
        Self { plan: Arc::clone(plan), known: Prices::new(), window: None, ahead: None }
    }

    /// The prices of a dataflow in a window, if need be after waiting for those under way.
    fn prices(&mut self, key: WindowAndDataflow) -> Result<Arc<[Price]>, Error> {
        if !self.known.contains_key(&key) {
            self.take_ahead();
        }
        if let Some(known) = self.known.get(&key) {
            return Ok(Arc::clone(known));
        }
        let priced = computed(&self.plan, key)?;
        self.known.insert(key, Arc::clone(&priced));
        Ok(priced)
    }

    /// Takes what the thread has computed, and waits for it if it is at work.
    fn take_ahead(&mut self) {
        // A panic of the thread has printed its location; it is met again by the release.
        let ahead = self.ahead.take().and_then(|thread| thread.join().ok());
        self.known.extend(ahead.unwrap_or_default());
    }

    /// Forgets what neither the steps of this window nor late counts of earlier steps need.
    fn forget_before(&mut self, window: &PricedWindow) {
        let Self { plan, known, .. } = self;
        let oldest = |position: usize| {
            let after = plan.dataflows[position].vintages.iter().max()?;
            // Fits: the vintages of a plan are at most 254 steps.
            Some(plan.window_of(window.steps.first()?.shifted(-(*after as i32))?))
        };
        known.retain(|&(priced, position), _| {
            priced >= window.period || oldest(position).is_some_and(|oldest| priced >= oldest)
        });
    }
}

/// What must be priced before a step can be released.
fn needed(plan: &Plan, step: Period) -> BTreeSet<WindowAndDataflow> {
    let of_dataflow = |position| {
        let late = late_due(plan, position, step).into_iter().map(|late| late.step);
        late.chain([step]).map(move |step| (plan.window_of(step), position))
    };
    (0..plan.dataflows.len()).flat_map(of_dataflow).collect()
}

fn computed(plan: &Plan, (window, position): WindowAndDataflow) -> Result<Arc<[Price]>, Error> {
    Ok(prices(plan, position, window)?.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(rho: &str) -> Arc<Plan> {
        let text = testkit::plans::short_with_vintages("PERSONS").set("privacy.rho", rho).text();
        Arc::new(Plan::parse(&text).unwrap_or_else(|errors| panic!("{errors}")))
    }

    fn period(text: &str) -> Period {
        Period::parse(text).unwrap()
    }

    fn expected(plan: &Plan, window: &str) -> Vec<Vec<Price>> {
        let positions = 0..plan.dataflows.len();
        positions.map(|position| prices(plan, position, period(window)).unwrap()).collect()
    }

    fn found(window: &PricedWindow) -> Vec<Vec<Price>> {
        window.prices.iter().map(|prices| prices.to_vec()).collect()
    }

    #[test]
    fn prices_are_those_of_the_plan_in_force() {
        let (first, amended) = (plan("2"), plan("3"));
        let february = period("2024-02");
        assert_ne!(expected(&first, "2024-02"), expected(&amended, "2024-02"));
        let known = KnownPrices::new(&first);
        // The thread is at work, or has ended, when the other plan comes into force.
        for is_waited_for in [false, true] {
            known.begin(&first, period("2024-02-01"));
            if is_waited_for {
                known.window(&first, february).unwrap();
            }
            let window = known.window(&amended, february).unwrap();
            assert_eq!(found(&window), expected(&amended, "2024-02"));
            let late = known.of_dataflow(&amended, period("2024-01"), 0).unwrap();
            assert_eq!(late.to_vec(), expected(&amended, "2024-01")[0]);
            let window = known.window(&first, february).unwrap();
            assert_eq!(found(&window), expected(&first, "2024-02"));
        }
    }

    #[test]
    fn prices_computed_ahead_are_not_computed_again() {
        let plan = plan("2");
        let known = KnownPrices::new(&plan);
        // Late counts of January are due with the second of February.
        known.begin(&plan, period("2024-02-02"));
        assert!(known.0.borrow().known.is_empty(), "nobody waits");
        let thread = known.0.borrow_mut().ahead.take().unwrap();
        let ahead = thread.join().unwrap();
        let mut keys = vec![(period("2024-01"), 0)];
        keys.extend((0..plan.dataflows.len()).map(|position| (period("2024-02"), position)));
        assert_eq!(ahead.keys().copied().collect::<Vec<_>>(), keys);
        known.0.borrow_mut().ahead = Some(std::thread::spawn({
            let ahead = ahead.clone();
            move || ahead
        }));
        let window = known.window(&plan, period("2024-02")).unwrap();
        let late = known.of_dataflow(&plan, period("2024-01"), 0).unwrap();
        for (key, prices) in &ahead {
            let used = if key.0 == window.period { &window.prices[key.1] } else { &late };
            assert!(Arc::ptr_eq(prices, used), "{key:?}");
        }
        assert_eq!(found(&window), expected(&plan, "2024-02"));
        known.begin(&plan, period("2024-02-03"));
        assert!(known.0.borrow().ahead.is_none(), "everything is known");
    }

    #[test]
    fn windows_that_no_step_needs_are_forgotten() {
        let plan = plan("2");
        let known = KnownPrices::new(&plan);
        for window in ["2024-01", "2024-02"] {
            known.window(&plan, period(window)).unwrap();
        }
        let kept = |known: &KnownPrices| {
            let keys = known.0.borrow().known.keys().copied().collect::<Vec<_>>();
            keys.into_iter().filter(|key| key.0 == period("2024-01")).collect::<Vec<_>>()
        };
        // The flow alone has vintages.
        assert_eq!(kept(&known), [(period("2024-01"), 0)]);
        let without = Arc::new(Plan::parse(testkit::plans::SHORT).unwrap());
        for window in ["2024-01", "2024-02"] {
            known.window(&without, period(window)).unwrap();
        }
        assert_eq!(kept(&known), []);
    }
}
