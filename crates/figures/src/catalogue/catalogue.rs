//! The verified content of the ledger and of the release files, in memory.
//!
//! It reads only the public prefix of the ledger: entries under embargo do not exist for it yet.
//!
//! Not here: watching the directory ([`crate::estimate::reader`]), estimates
//! ([`crate::estimate::figures`]).
//!
//! A catalogue grows: new entries are read, older ones are kept. Each release file is compared with
//! its entry before anything is taken from it. A dataflow ends before its first file that does not
//! verify, because all later figures depend on it; the next growth tries that file again.
//!
//! Invariants:
//! 1. No number is taken from a file whose length or digest differs from its ledger entry
//!    (`serve::tests::a_tampered_release_is_not_served`).
//! 2. Only measurements that are due by the plan are shown: one of another part, period, weight or
//!    variance is rejected
//!    (`serve::tests::a_release_that_the_plan_does_not_make_due_is_not_shown`).
//! 3. A catalogue never loses or changes an entry: a ledger that does not begin with the entries
//!    already seen is rejected (`serve::tests::a_rolled_back_ledger_is_refused`).
//! 4. No file under embargo is read for its figures
//!    (`serve::tests::embargo::no_figure_is_disclosed_before_its_hour`).

use std::sync::Arc;

use jiff::Timestamp;
use tidegauge_ledger::{Entry, Release, Source, StoreClass, VerifiedLog, digest};
use tidegauge_model::{Dataflow, Language, Period, Plan, SourceSet};

use super::embargo::{self, Hours};
use super::under_embargo::UnderEmbargo;
use super::window::ReleasedWindow;
use crate::error::Error;
use crate::query::grammar::Parameters;
use crate::query::ledger_state::LedgerState;

/// Why an entry of the ledger is not shown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogueFault {
    /// A ledger entry that this version cannot show.
    #[error("entry {entry}: {rule}")]
    Entry {
        /// Its index.
        entry: u64,
        /// The rule that it breaks.
        rule: &'static str,
    },
    /// The ledger or one of its files does not verify.
    #[error(transparent)]
    Ledger(#[from] tidegauge_ledger::Error),
    /// There is no plan in the ledger yet.
    #[error("the ledger has no plan yet")]
    NoPlan,
}

/// One dataflow: its windows up to the first file that does not verify.
#[derive(Clone, Debug, Default)]
pub struct Flow {
    /// Windows with a release, earliest first; or only the first, if its first step is under
    /// embargo.
    pub windows: Vec<Arc<ReleasedWindow>>,
    /// The index of the first entry that is not read yet.
    next: u64,
    /// Why it ends there.
    fault: Option<Arc<CatalogueFault>>,
    /// The first and the last step that are released but under embargo.
    embargoed: Option<(Period, Period)>,
}

/// Everything that can be shown at one tree size.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// The whole ledger.
    log: Arc<VerifiedLog>,
    /// The number of its public entries, and the root of their tree.
    public: u64,
    root: [u8; 32],
    hours: Arc<Hours>,
    /// The plan in force, with the amendments whose entries are public.
    pub plan: Arc<Plan>,
    /// The digest of the plan's first text, which is the name of its file.
    pub plan_digest: String,
    /// One for each dataflow of the plan, in its order.
    pub flows: Vec<Flow>,
}

impl Catalogue {
    /// The catalogue of a verified log at an instant; `earlier` is the one of a log that this one
    /// extends, and what was public then still is.
    ///
    /// Errors: no plan. Files that do not verify are no error: see [`Self::fault`].
    pub(crate) fn grow(
        earlier: Option<&Catalogue>,
        log: VerifiedLog,
        source: &dyn Source,
        now: Timestamp,
    ) -> Result<Self, CatalogueFault> {
        let first = log.succession.states().first().ok_or(CatalogueFault::NoPlan)?;
        let mut hours = earlier.map_or_else(Hours::default, |earlier| Hours::clone(&earlier.hours));
        // No amendment moves an hour.
        hours.grow(&first.plan, &log.entries);
        let public = hours.public(now).max(earlier.map_or(0, |earlier| earlier.public));
        let newest = log.succession.at(public).unwrap_or(first);
        let (plan_digest, plan) = (first.digest.clone(), Arc::clone(&newest.plan));
        let mut flows = match earlier {
            Some(earlier) => earlier.flows.clone(),
            None => vec![Flow::default(); plan.dataflows.len()],
        };
        let embargoed = &log.entries[public as usize..];
        for (dataflow, flow) in flows.iter_mut().enumerate() {
            flow.fault = flow.read(&plan, dataflow, (&log, public), source).err().map(Arc::new);
            flow.embargoed = embargo::embargoed_steps(&plan.dataflows[dataflow].id, embargoed);
            if let (true, Some((first, _))) = (flow.windows.is_empty(), flow.embargoed) {
                // Its prices follow from the plan; one without prices is a fault once it is read.
                let _ = flow.open(&plan, dataflow, first);
            }
            if earlier.is_some_and(|earlier| earlier.plan.amendments != plan.amendments) {
                let anew = flow.open_anew(&plan, &plan.dataflows[dataflow]);
                let fault = |rule| Arc::new(CatalogueFault::Entry { entry: newest.entry, rule });
                flow.fault = anew.err().map(fault).or(flow.fault.take());
            }
        }
        let root = log.root_at(public).unwrap_or(log.root);
        let (log, hours) = (Arc::new(log), Arc::new(hours));
        Ok(Self { log, public, root, hours, plan, plan_digest, flows })
    }

    /// The whole ledger, which is public at once; it lists releases and contains no figures.
    pub fn ledger(&self) -> &VerifiedLog {
        &self.log
    }

    /// The entries that figures are based on.
    pub(crate) fn entries(&self) -> &[Entry] {
        // Fits: a ledger has at most 2^24 entries.
        &self.log.entries[..self.public as usize]
    }

    /// The number of entries that figures are based on.
    pub fn size(&self) -> u64 {
        self.public
    }

    /// The root of the tree of these entries.
    pub fn root(&self) -> &[u8; 32] {
        &self.root
    }

    /// The number of entries published by an instant.
    pub(crate) fn published_by(&self, instant: Timestamp) -> u64 {
        self.hours.published_by(instant).min(self.public)
    }

    /// The time since which the newest of the first `size` entries is public, as text; empty if
    /// there is none.
    pub fn since(&self, size: u64) -> String {
        let entries = self.entries();
        let last = entries.len().min(size as usize).checked_sub(1);
        last.map_or(String::new(), |last| self.hours.since(last, &entries[last]))
    }

    /// When the embargo of the next entries ends; `None` if no entry is under embargo.
    pub(crate) fn embargoed_until(&self) -> Option<Timestamp> {
        self.hours.until(self.public)
    }

    /// The first and the last step of a dataflow that are released but under embargo. `None` if
    /// there is none, or if a public file of the dataflow does not verify.
    pub fn embargoed(&self, dataflow: usize) -> Option<(Period, Period)> {
        let flow = &self.flows[dataflow];
        flow.embargoed.filter(|_| flow.fault.is_none())
    }

    /// The number of entries in a state of the ledger.
    pub fn size_at(&self, state: LedgerState) -> u64 {
        match state {
            LedgerState::Size(size) => size,
            LedgerState::Instant(instant) => self.published_by(instant),
        }
    }

    /// How many entries whoever makes a request knows already: none, unless it asks for what was
    /// updated since.
    pub(crate) fn size_known(&self, parameters: &Parameters) -> u64 {
        parameters.updated_after.map_or(0, |state| self.size_at(state))
    }

    /// The tree size of a request: that of everything published, unless it names one.
    ///
    /// Errors: a size that the ledger has not reached, or that is under embargo.
    pub fn size_for(&self, parameters: &Parameters) -> Result<u64, Error> {
        let newest = self.size();
        let size = parameters.as_of.map_or(newest, |state| self.size_at(state));
        if size <= newest {
            return Ok(size);
        }
        if size <= self.ledger().size
            && let Some(until) = self.embargoed_until()
        {
            return Err(Error::Embargoed { until });
        }
        let rule = "a size that the ledger has reached";
        Err(Error::Parameter { parameter: "asOf", rule, given: size.to_string() })
    }

    /// The same catalogue with the texts of its plan in this language, as far as it has them.
    #[must_use]
    pub fn in_language(&self, language: &Language) -> Self {
        let mut catalogue = self.clone();
        if language != self.plan.language() {
            catalogue.plan = Arc::new(self.plan.in_language(language));
        }
        catalogue
    }

    /// A plan of the ledger, read in the language of the catalogue.
    pub(crate) fn read(&self, stated: &Arc<Plan>) -> Arc<Plan> {
        let newest = self.ledger().succession.at(self.size());
        if newest.is_some_and(|newest| Arc::ptr_eq(&newest.plan, stated)) {
            return Arc::clone(&self.plan);
        }
        match self.plan.language() == stated.language() {
            true => Arc::clone(stated),
            false => Arc::new(stated.in_language(self.plan.language())),
        }
    }

    /// The plan that was in force when the ledger had this many entries; the one in force now if
    /// there was none.
    pub(crate) fn plan_at(&self, size: u64) -> Arc<Plan> {
        let state = self.ledger().succession.at(size);
        state.map_or_else(|| Arc::clone(&self.plan), |state| self.read(&state.plan))
    }

    /// The plan that was in force at the state of a request, as it was stated.
    ///
    /// Errors: a state that the ledger has not reached.
    pub fn plan_for(&self, parameters: &Parameters) -> Result<&Arc<Plan>, Error> {
        let state = self.ledger().succession.at(self.size_for(parameters)?);
        Ok(state.map_or(&self.plan, |state| &state.plan))
    }

    /// The embargoed steps of a dataflow, if its published files verify.
    pub(crate) fn under_embargo(&self, dataflow: usize) -> Option<UnderEmbargo> {
        let (_, last) = self.embargoed(dataflow)?;
        let window = Arc::clone(self.flows[dataflow].windows.first()?);
        Some(UnderEmbargo { last, window })
    }

    /// The position of a dataflow in the plan.
    ///
    /// Errors: the plan has no such dataflow.
    pub fn position(&self, id: &str) -> Result<usize, Error> {
        let found = self.plan.dataflow(id).map(|(position, _)| position);
        found.ok_or_else(|| Error::dataflow_unknown(id, &self.plan))
    }

    /// The first reason why an entry is not shown.
    pub fn fault(&self) -> Option<&CatalogueFault> {
        self.flows.iter().find_map(|flow| flow.fault.as_deref())
    }

    /// The entries whose files are not shown, each with the reason: one for each dataflow that ends
    /// before its last release.
    pub fn faults(&self) -> impl Iterator<Item = (u64, &CatalogueFault)> {
        self.flows.iter().filter_map(|flow| Some((flow.next, flow.fault.as_deref()?)))
    }

    /// For each dataflow the ledger index from which on its files are not read: the end of the
    /// public entries, unless a file does not verify.
    pub fn read_until(&self) -> impl Iterator<Item = u64> {
        self.flows.iter().map(|flow| flow.next)
    }

    /// When answers last changed: an entry became public, or one under embargo was made.
    pub fn modified(&self) -> Option<Timestamp> {
        let public = self.since(self.public);
        let made = self.log.entries.last().map(Entry::at);
        [Some(public.as_str()), made].into_iter().flatten().filter_map(|at| at.parse().ok()).max()
    }

    /// Whether the file of a release is missing.
    pub(crate) fn lacks_a_file(&self) -> bool {
        self.flows.iter().filter_map(|flow| flow.fault.as_deref()).any(|fault| {
            matches!(fault, CatalogueFault::Ledger(error) if error.code() == "file-missing")
        })
    }

    /// Whether a file of the dataflow does not verify, so that its later figures are not read.
    pub(crate) fn has_fault(&self, dataflow: usize) -> bool {
        self.flows[dataflow].fault.is_some()
    }

    /// Whether the store was made for synthetic data.
    pub fn is_synthetic(&self) -> bool {
        matches!(
            self.log.entries.first(),
            Some(Entry::Genesis { class: StoreClass::Synthetic, .. })
        )
    }

    /// The release entry that names a path.
    ///
    /// Errors: no entry does; it is under embargo.
    pub(crate) fn release(&self, path: &str) -> Result<&Entry, Error> {
        let named =
            |entry: &Entry| matches!(entry, Entry::Release { path: known, .. } if known == path);
        let found = (0..).zip(&self.log.entries).find(|(_, entry)| named(entry));
        match (found, found.and_then(|(index, _)| self.hours.until(index))) {
            (None, _) => Err(Error::NotFound),
            (Some((index, _)), Some(until)) if index >= self.public => {
                Err(Error::Embargoed { until })
            }
            (Some((_, entry)), _) => Ok(entry),
        }
    }

    /// The steps of a dataflow whose newest vintage lacks sources, with these sources, the newest
    /// first.
    pub fn silent_steps(&self, dataflow: usize) -> impl Iterator<Item = (Period, SourceSet)> {
        self.flows[dataflow].windows.iter().rev().flat_map(|window| {
            let steps = window.silent.steps().rev();
            steps.filter_map(|(step, silent)| Some((*window.steps.get(step as usize)?, silent)))
        })
    }

    /// The first and the last step of a dataflow that are released.
    pub fn released(&self, dataflow: usize) -> Option<(Period, Period)> {
        let windows = &self.flows[dataflow].windows;
        let first = *windows.first()?.steps.first()?;
        // A window whose first file does not verify has no release yet.
        let last = windows.iter().rev().find_map(|w| w.released().last())?;
        Some((first, *last))
    }
}

/// Whether these bytes are the file of a release entry.
pub fn verifies(entry: &Entry, content: &[u8]) -> bool {
    let Entry::Release { digest: expected, bytes, .. } = entry else { return false };
    *bytes == content.len() as u64 && *expected == digest(content)
}

impl Flow {
    /// Opens and closes cells of the windows by an amended plan. Released steps do not change,
    /// because an amendment takes effect at a later step.
    fn open_anew(&mut self, plan: &Plan, dataflow: &Dataflow) -> Result<(), &'static str> {
        let mut windows = self.windows.iter_mut();
        windows.try_for_each(|window| Arc::make_mut(window).open_anew(plan, dataflow))
    }

    fn read(
        &mut self,
        plan: &Plan,
        dataflow: usize,
        (log, public): (&VerifiedLog, u64),
        source: &dyn Source,
    ) -> Result<(), CatalogueFault> {
        let id = &plan.dataflows[dataflow].id;
        // Fits: a ledger has at most 2^24 entries.
        let entries = log.entries[..public as usize].iter();
        for (index, entry) in (0u64..).zip(entries).skip(self.next as usize) {
            match entry {
                Entry::Release { dataflow: released, step, vintage, silent, .. }
                    if released == id =>
                {
                    let rejected = |rule| CatalogueFault::Entry { entry: index, rule };
                    let step = Period::parse(step)
                        .filter(|&step| plan.allows(step))
                        .ok_or_else(|| rejected("its step is not in the plan"))?;
                    let release = log.read_release(source, index)?;
                    if !release.is_blinded_by(plan) {
                        return Err(rejected(
                            "its file must have a blind exactly if the plan has an embargo",
                        ));
                    }
                    let silent = plan
                        .source_set(silent.iter().map(String::as_str))
                        .ok_or_else(|| rejected("its silent sources are not in the plan"))?;
                    let release = (release, silent);
                    if *vintage == 0 {
                        let window = self.open(plan, dataflow, step).map_err(rejected)?;
                        window.take(plan, index, step, release).map_err(rejected)?;
                    } else {
                        self.take_late(plan, index, (step, *vintage), release).map_err(rejected)?;
                    }
                }
                _ => {}
            }
            self.next = index + 1;
        }
        Ok(())
    }

    /// Takes a later vintage of a step that was released.
    fn take_late(
        &mut self,
        plan: &Plan,
        entry: u64,
        (step, vintage): (Period, u32),
        release: (Release, SourceSet),
    ) -> Result<(), &'static str> {
        let period = plan.window_of(step);
        let window = self.windows.iter_mut().find(|window| window.period == period);
        let window = Arc::make_mut(window.ok_or("its step has no release yet")?);
        window.take_late(entry, step, vintage, release)
    }

    /// The window of a step: the last one, or the one that begins with this step.
    fn open(
        &mut self,
        plan: &Plan,
        dataflow: usize,
        step: Period,
    ) -> Result<&mut ReleasedWindow, &'static str> {
        let period = plan.window_of(step);
        let follows = match self.windows.last() {
            None => period == plan.window_of(plan.first_step()),
            Some(last) if last.period == period => true,
            Some(last) => last.period.next() == period && last.is_complete(),
        };
        if !follows {
            return Err("its window begins before the previous window is complete");
        }
        if self.windows.last().is_none_or(|last| last.period != period) {
            let silent = self.windows.last().map(|last| last.silent.last_level());
            let window = ReleasedWindow::new(plan, dataflow, period, silent.unwrap_or_default())?;
            self.windows.push(Arc::new(window));
        }
        let last = self.windows.last_mut().ok_or("it has no window")?;
        Ok(Arc::make_mut(last))
    }
}
