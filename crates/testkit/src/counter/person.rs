//! One person of the naive counter: the rules of counting, step by step.
//!
//! Not here: the cell of a transition (`cell`), and which row of an event stands (`row`).

use std::collections::{BTreeMap, BTreeSet};

use tidegauge_model::plan::LifeCycle;
use tidegauge_model::plan::life_cycle::Due;
use tidegauge_model::{Dataflow, EventOrder, Measure, Plan, StatisticalUnit};

use super::cell::{KnownSpell, MadeTransition, cell, is_by_event};
use super::counted::{Calendar, CountPlace, CountedHistory};
use super::row::{HistoryRow, standing};

/// The state of a person before or after a transition.
#[derive(Clone, Default)]
struct PersonState {
    status: usize,
    /// The step at whose beginning the timer of the status fires.
    due: Option<i32>,
    codes: Vec<u16>,
    /// The current spell, by dataflow.
    spells: BTreeMap<usize, KnownSpell>,
    /// By stock, the cell of the entry under which the person is present so far in the step.
    entered: BTreeMap<usize, Option<usize>>,
}

/// The cell in which one transition counts, by dataflow.
type CellsOfFlows = BTreeMap<usize, usize>;

/// The last transition: the row that made it, the number of equal rows that changed nothing, the
/// state before it, and the cells in which it counts.
struct LastTransition {
    row: HistoryRow,
    idle: u32,
    before: PersonState,
    cells: CellsOfFlows,
}

/// Presence in a stock.
#[derive(Clone, Copy, Default)]
struct StockPresence {
    /// The cell of the stay at the end of the step.
    stay: Option<usize>,
    /// Whether the stay's end counts, as its beginning does or the base of the window.
    is_counted: bool,
    /// Changes that count in the window.
    changes: u32,
    /// Whether the step corrects the entry that began the stay.
    is_corrected: bool,
    /// Whether the step before moved the stay to another cell, which it enters in this step.
    is_moving: bool,
}

/// One change of a count.
struct CountChange {
    place: CountPlace,
    by: i64,
}

/// A person, with all rows.
pub(super) struct CountedPerson<'p> {
    plan: &'p Plan,
    order: EventOrder,
    calendar: &'p Calendar,
    rows: &'p [HistoryRow],
    step: i32,
    /// The window of the last row.
    last_window: i32,
    state: PersonState,
    last: Option<LastTransition>,
    /// The rows of the step that changed nothing and are not equal to that of the last transition.
    idle: Vec<HistoryRow>,
    presences: BTreeMap<usize, StockPresence>,
    changes: Vec<CountChange>,
    /// Dataflows and windows in which a bound was exceeded.
    cut: BTreeSet<(usize, i32)>,
}

impl<'p> CountedPerson<'p> {
    pub(super) fn new(
        plan: &'p Plan,
        order: EventOrder,
        calendar: &'p Calendar,
        rows: &'p [HistoryRow],
    ) -> Self {
        let stocks = plan.dataflows.iter().enumerate().filter(|(_, flow)| flow.present().is_some());
        Self {
            plan,
            order,
            calendar,
            rows,
            step: calendar.first,
            last_window: 0,
            state: PersonState::default(),
            last: None,
            idle: vec![],
            presences: stocks.map(|(number, _)| (number, StockPresence::default())).collect(),
            changes: vec![],
            cut: BTreeSet::new(),
        }
    }

    /// Goes through every step and adds the counts.
    pub(super) fn live(mut self, who: u8, counted: &mut CountedHistory) {
        for step in self.calendar.first..self.calendar.steps {
            self.step = step;
            if self.calendar.begins_window(step) {
                self.begin_window(counted);
            }
            self.forget();
            self.take_rows();
            self.fire(step);
            if step >= -1 {
                self.close();
            }
        }
        for CountChange { place, by } in self.changes {
            *counted.changes.entry(place).or_default() += by;
        }
        for (&number, presence) in &self.presences {
            counted.stays.extend(presence.stay.map(|cell| ((who, number), cell)));
        }
    }

    fn window(&self) -> i32 {
        if self.step < 0 { 0 } else { (self.calendar.window_of)(self.step) }
    }

    fn begin_window(&mut self, counted: &mut CountedHistory) {
        for (&number, presence) in &mut self.presences {
            presence.changes = 0;
            if self.step > 0 && self.plan.dataflows[number].continues() {
                continue;
            }
            // A base counts a person who is present, and so the end of that stay counts too.
            presence.is_counted = true;
            if let Some(cell) = presence.stay {
                *counted.bases.entry((self.step, number, cell)).or_default() += 1;
            }
        }
    }

    /// Forgets a person who has had no row for the given number of whole windows and waits for
    /// nothing.
    fn forget(&mut self) {
        let Some(windows) = self.plan.retention.persons_windows else { return };
        let is_idle = self.presences.values().all(|presence| presence.stay.is_none())
            && self.state.spells.is_empty()
            && self.state.due.is_none();
        if is_idle && self.window() > self.last_window + windows as i32 {
            (self.state, self.last) = (PersonState::default(), None);
        }
    }

    /// Takes the rows of the step: corrections first, then new events, each in order of time.
    fn take_rows(&mut self) {
        let (mut new, mut revised) = (Vec::new(), Vec::new());
        let keys: BTreeSet<(i32, u64)> = self.rows.iter().map(|row| (row.step, row.id)).collect();
        for key in keys {
            let Some(after) = standing(self.rows, key, self.step) else { continue };
            match standing(self.rows, key, self.step - 1) {
                Some(before) if before.revision == after.revision => {}
                Some(before) if before.stands() => revised.push((before, after)),
                _ if after.stands() => new.push(after),
                _ => {}
            }
        }
        if self.rows.iter().any(|row| row.folded() == self.step) {
            self.last_window = self.window();
        }
        self.idle.clear();
        let ranked = |row: &HistoryRow| row.ranked(&self.plan.life_cycle);
        match self.order {
            EventOrder::IdDigest => revised.sort_by_key(|(_, after)| (after.at(), after.id)),
            EventOrder::LifeCycle => {
                revised.sort_by_key(|(before, after)| (ranked(after), ranked(before)));
            }
        }
        for (before, after) in revised {
            if self.revise(&before, &after) {
                new.push(after);
            }
        }
        match self.order {
            EventOrder::IdDigest => {
                new.sort_by_key(|row| (row.at(), row.id));
                for row in new {
                    self.make(&row, None);
                }
            }
            EventOrder::LifeCycle => {
                new.sort_by_key(|row| row.ranked(&self.plan.life_cycle));
                for together in new.chunk_by(|one, next| one.at() == next.at()) {
                    for group in together.chunks(8) {
                        for row in best_order(&self.plan.life_cycle, &self.state, group) {
                            self.make(&row, None);
                        }
                    }
                }
            }
        }
    }

    /// Whether a row made the last transition; by the order of the life cycle, whether it has the
    /// content of the row that did.
    fn is_last(&self, row: &HistoryRow) -> bool {
        let Some(last) = &self.last else { return false };
        match self.order {
            EventOrder::IdDigest => (last.row.id, last.row.at()) == (row.id, row.at()),
            EventOrder::LifeCycle => {
                let cycle = &self.plan.life_cycle;
                last.row.ranked(cycle) == row.ranked(cycle)
            }
        }
    }

    /// Notes a row that changes nothing, if it has the content of the row that made the last
    /// transition; returns whether it has.
    fn note_alike(&mut self, row: &HistoryRow) -> bool {
        let is_alike = self.order == EventOrder::LifeCycle && self.is_last(row);
        if let Some(last) = self.last.as_mut().filter(|_| is_alike) {
            last.idle += 1;
        }
        is_alike
    }

    /// The number of rows of the step that have the content of this row and changed nothing.
    fn idle_alike(&self, row: &HistoryRow) -> u32 {
        let ranked = |row: &HistoryRow| row.ranked(&self.plan.life_cycle);
        let alike = self.idle.iter().filter(|idle| ranked(idle) == ranked(row)).count();
        if self.order == EventOrder::LifeCycle { alike as u32 } else { 0 }
    }

    /// Fires the timers that are due by a step.
    fn fire(&mut self, step: i32) {
        while let Some(due) = self.state.due.filter(|due| *due <= step) {
            let timer = self.plan.life_cycle.timer(self.state.status).expect("it was set");
            (self.state.due, self.last) = (None, None);
            // The tests' plans with timers lie in Vienna, where a day begins an hour earlier.
            let at = i64::from(due) * 86_400 - 3600;
            let (before, codes) = (self.state.status, self.state.codes.clone());
            let month = self.calendar.month(due);
            let made = MadeTransition {
                kind: None,
                before,
                arrow: timer.arrow,
                at,
                step: due,
                month,
                codes,
            };
            self.transition(&made, None);
        }
    }

    /// Makes the transition of a row, which replaces one that counts in the cells `replaced`.
    /// Returns whether the life cycle has such a transition.
    fn make(&mut self, row: &HistoryRow, replaced: Option<&CellsOfFlows>) -> bool {
        self.fire(row.step);
        let cycle = &self.plan.life_cycle;
        let Some(kind) = row.kind else { return false };
        let Some(arrow) = cycle.arrow(self.state.status, kind.into()) else {
            if !self.note_alike(row) {
                self.idle.push(*row);
            }
            return false;
        };
        let before = self.state.clone();
        self.state.codes = row.codes.to_vec();
        self.state.due = due_after(cycle, arrow.to, row);
        let made = MadeTransition {
            kind: row.kind,
            before: before.status,
            arrow,
            at: row.at(),
            step: row.step,
            month: self.calendar.month(row.step),
            codes: row.codes.to_vec(),
        };
        let cells = self.transition(&made, replaced);
        self.last = Some(LastTransition { row: *row, idle: self.idle_alike(row), before, cells });
        true
    }

    /// Makes a transition that replaces one in the cells `replaced`. Returns the cells in which it
    /// counts.
    fn transition(
        &mut self,
        made: &MadeTransition,
        replaced: Option<&CellsOfFlows>,
    ) -> CellsOfFlows {
        self.state.status = made.arrow.to;
        let plan = self.plan;
        // A timer counts in the step in which it fires.
        let occurred = if made.kind.is_some() { made.step } else { self.step };
        let is_late = occurred < self.step;
        let mut cells = CellsOfFlows::new();
        for (number, flow) in plan.dataflows.iter().enumerate() {
            if let Some(statuses) = flow.present() {
                if statuses.contains(&made.arrow.to) && !statuses.contains(&made.before) {
                    self.state.entered.insert(number, cell(plan, flow, None, made));
                    let presence = self.presences.entry(number).or_default();
                    presence.is_corrected |= replaced.is_some();
                }
                continue;
            }
            let new = self.cell_of(number, made, is_late);
            let is_too_late = self.step - occurred > flow.late_max() as i32;
            // A corrected event counts by the rule of corrections.
            let is_done = replaced.is_some() && is_by_event(flow);
            if self.step < 0 || is_too_late || is_done {
                continue;
            }
            let old = replaced.and_then(|cells| cells.get(&number).copied());
            let counts = self.count(number, occurred, (old, new), made);
            cells.extend(counts.map(|cell| (number, cell)));
        }
        cells
    }

    /// Counts a transition in the cell `new` instead of the cell `old`, as far as the bounds allow.
    /// Returns the cell in which it then counts.
    fn count(
        &mut self,
        number: usize,
        occurred: i32,
        (old, new): (Option<usize>, Option<usize>),
        made: &MadeTransition,
    ) -> Option<usize> {
        if old.is_some() && old == new {
            return old;
        }
        let is_late = occurred < self.step;
        let is_free = |cell: &usize| !self.is_repeated(number, occurred, *cell, old);
        let free = new.filter(is_free);
        let up = free.filter(|_| is_late || !self.month_is_full(number, occurred));
        let changes = usize::from(old.is_some()) + usize::from(up.is_some());
        let has_room = self.has_room(number, occurred, changes);
        if free.is_some() && !is_late && (up.is_none() || !has_room) {
            self.count_cut(number, made);
        }
        if !has_room {
            return old;
        }
        for (cell, by) in old.map(|cell| (cell, -1)).into_iter().chain(up.map(|cell| (cell, 1))) {
            self.change(number, occurred, cell, by);
        }
        up
    }

    /// Counts a person who exceeds the bound of a dataflow, once in a window.
    fn count_cut(&mut self, number: usize, made: &MadeTransition) {
        if !self.cut.insert((number, self.window())) {
            return;
        }
        let plan = self.plan;
        let counts_it = |flow: &Dataflow| flow.measure == Measure::AtBound { of: number };
        for (at_bound, flow) in plan.dataflows.iter().enumerate().filter(|(_, f)| counts_it(f)) {
            if let Some(cell) = cell(plan, flow, None, made) {
                self.change(at_bound, self.step, cell, 1);
            }
        }
    }

    /// The cell in which a dataflow would count a transition, if it counts such transitions; also
    /// begins and ends the dataflow's spells.
    fn cell_of(&mut self, number: usize, made: &MadeTransition, is_late: bool) -> Option<usize> {
        let flow = &self.plan.dataflows[number];
        let within =
            |status: usize| flow.spell().is_some_and(|statuses| statuses.contains(&status));
        let (before, after) = (within(made.before), within(made.arrow.to));
        if !before && after {
            self.state.spells.insert(number, (made.at, made.month, made.codes.clone()));
        }
        let spell = self.state.spells.get(&number).cloned();
        if !after {
            self.state.spells.remove(&number);
        }
        let counts = match &flow.measure {
            Measure::Flow | Measure::Transition => true,
            Measure::Duration { .. } => before && !after && spell.is_some(),
            Measure::Cohort { .. } => (before || after) && spell.is_some(),
            _ => false,
        };
        let is_backwards = spell.as_ref().is_some_and(|(began, month, _)| match flow.measure {
            Measure::Duration { .. } => *began > made.at,
            _ => *month > made.month,
        });
        if !counts || is_late && is_backwards {
            return None;
        }
        cell(self.plan, flow, spell.as_ref(), made)
    }

    /// The changes of a dataflow in the window of a step.
    fn changes_in_window(&self, number: usize, step: i32) -> impl Iterator<Item = &CountChange> {
        let window = self.calendar.window_of;
        let own = self.changes.iter().filter(move |change| change.place.dataflow == number);
        own.filter(move |change| window(change.place.occurred) == window(step))
    }

    fn on_time(&self, number: usize, step: i32) -> impl Iterator<Item = &CountChange> {
        self.changes_in_window(number, step).filter(|change| change.place.admitted.is_none())
    }

    /// How often the person counts in a cell of a step, or for a table in any cell of it that has
    /// the same codes apart.
    fn counted_in(&self, number: usize, step: i32, cell: usize) -> i64 {
        self.changes_in_window(number, step)
            .filter(|change| change.place.occurred == step)
            .filter(|change| self.is_same_unit(number, change.place.cell, cell))
            .map(|change| change.by)
            .sum()
    }

    /// Whether a person counts in only one of two cells of a step: in a table those that agree in
    /// every dimension that stands apart.
    fn is_same_unit(&self, number: usize, one: usize, other: usize) -> bool {
        let structure = &self.plan.dataflows[number].structure;
        let (ones, others) = (structure.positions(one), structure.positions(other));
        one == other
            || self.is_table(number)
                && structure.apart().all(|(place, _)| ones[place] == others[place])
    }

    fn is_table(&self, number: usize) -> bool {
        !self.plan.dataflows[number].marginals.is_empty()
    }

    fn has_room(&self, number: usize, step: i32, changes: usize) -> bool {
        let bound = self.plan.dataflows[number].bound.window as usize;
        self.changes_in_window(number, step).count() + changes <= bound
    }

    fn month_is_full(&self, number: usize, step: i32) -> bool {
        let month = |step: i32| self.calendar.month(step);
        let in_month = self
            .on_time(number, step)
            .filter(|change| month(change.place.occurred) == month(step))
            .count();
        let bound = self.plan.dataflows[number].bound.month;
        bound.is_some_and(|most| in_month >= most as usize)
    }

    /// Whether a person already counts as often as the unit allows, without the count in the cell
    /// that it leaves.
    fn is_repeated(&self, number: usize, step: i32, cell: usize, leaves: Option<usize>) -> bool {
        let flow = &self.plan.dataflows[number];
        let is_late = step < self.step;
        let counted = self.counted_in(number, step, cell);
        if is_by_event(flow) && is_late && self.plan.life_cycle.corrections {
            return !self.lacks(number, step, cell);
        }
        let leaves = leaves.is_some_and(|left| self.is_same_unit(number, left, cell));
        let is_taken = counted != i64::from(leaves);
        match (&flow.measure, flow.unit) {
            (Measure::Transition, _) if self.is_table(number) && is_taken => true,
            (Measure::Transition, _) => {
                let in_cell = |change: &&CountChange| change.place.cell == cell;
                let sum: i64 =
                    self.changes_in_window(number, step).filter(in_cell).map(|c| c.by).sum();
                let counted_on_time = self.on_time(number, step).filter(in_cell).count() > 0;
                sum != 0 || !is_late && counted_on_time
            }
            (_, StatisticalUnit::Persons) if self.is_table(number) => {
                is_taken || is_late && self.has_seen(number, step, cell)
            }
            (_, StatisticalUnit::Persons) => {
                counted != 0 || is_late && self.has_seen(number, step, cell)
            }
            _ => false,
        }
    }

    /// Whether an earlier step took a row for the same cell of a step. Without corrections this is
    /// known only in a flow by event.
    fn has_seen(&self, number: usize, step: i32, cell: usize) -> bool {
        let flow = &self.plan.dataflows[number];
        let earlier = self.rows.iter().filter(|row| row.step == step && row.folded() < self.step);
        is_by_event(flow)
            && earlier
                .filter_map(|row| self.cell_by_event(number, row))
                .any(|other| self.is_same_unit(number, other, cell))
    }

    fn change(&mut self, dataflow: usize, occurred: i32, cell: usize, by: i64) {
        let admitted = (occurred < self.step).then_some(self.step);
        self.changes
            .push(CountChange { place: CountPlace { occurred, admitted, dataflow, cell }, by });
    }

    /// Replaces one row by another. Returns whether the latter must still be taken as a new one.
    fn revise(&mut self, before: &HistoryRow, after: &HistoryRow) -> bool {
        let is_last = self.is_last(before);
        let idle = self.last.as_mut().filter(|last| is_last && last.idle > 0);
        let undone = match idle {
            Some(last) => {
                last.idle -= 1;
                None
            }
            None => self.last.take_if(|_| is_last).map(|last| {
                self.state = last.before;
                last.cells
            }),
        };
        let cycle = &self.plan.life_cycle;
        let makes = undone.is_some()
            && after.kind.is_some_and(|kind| cycle.arrow(self.state.status, kind.into()).is_some());
        let stays = undone.is_none() && after.kind == before.kind;
        if stays {
            self.note_alike(after);
        }
        for (number, flow) in self.plan.dataflows.iter().enumerate() {
            if is_by_event(flow) && self.step - before.step <= flow.late_max() as i32 {
                self.correct(number, before, after, makes || stays);
            }
        }
        let Some(mut cells) = undone else { return after.stands() && !stays };
        let flows = &self.plan.dataflows;
        cells.retain(|&number, _| {
            let is_too_late = self.step - before.step > flows[number].late_max() as i32;
            !is_too_late && !is_by_event(&flows[number])
        });
        if !self.make(after, Some(&cells)) {
            for (number, cell) in cells {
                if self.has_room(number, before.step, 1) {
                    self.change(number, before.step, cell, -1);
                }
            }
        }
        false
    }

    /// The rule of corrections in a flow by event: a cell that counts more than its standing rows
    /// gives one up, and the cell of the standing row takes one; both, one or none may happen.
    fn correct(&mut self, number: usize, before: &HistoryRow, after: &HistoryRow, moves: bool) {
        let step = before.step;
        let Some(old) = self.cell_by_event(number, before) else { return };
        let new = self.cell_by_event(number, after).filter(|_| moves);
        let is_in_old_cell = |place: &CountPlace| {
            (place.dataflow, place.occurred, place.cell) == (number, step, old)
        };
        let changes = self.changes.iter().filter(|change| is_in_old_cell(&change.place));
        let counted: i64 = changes.map(|change| change.by).sum();
        if new == Some(old) || counted == 0 {
            return;
        }
        let gives_up = counted > self.wanted(number, step, old);
        let is_with_old = |cell: &usize| self.is_same_unit(number, *cell, old);
        let leaves_table = gives_up && self.is_table(number);
        // What the person leaves, another row of the step may fill.
        let fills = leaves_table.then(|| {
            let cells = 0..self.plan.dataflows[number].structure.cells();
            let mut candidates = new.into_iter().chain(cells).filter(is_with_old);
            candidates.find(|&cell| self.wanted(number, step, cell) > 0)
        });
        let takes = new
            .filter(|cell| !(leaves_table && is_with_old(cell)))
            .filter(|&cell| self.lacks(number, step, cell));
        let takes: Vec<usize> = fills.flatten().into_iter().chain(takes).collect();
        if self.has_room(number, step, usize::from(gives_up) + takes.len()) {
            if gives_up {
                self.change(number, step, old, -1);
            }
            for cell in takes {
                self.change(number, step, cell, 1);
            }
        }
    }

    /// How often the person should count in a cell of a step by the rows that stand now.
    fn wanted(&self, number: usize, step: i32, cell: usize) -> i64 {
        let step_rows = self.rows.iter().filter(|row| row.step == step);
        let events: BTreeSet<u64> = step_rows.map(|row| row.id).collect();
        let in_cell = events
            .into_iter()
            .filter_map(|id| standing(self.rows, (step, id), self.step))
            .filter(|row| self.cell_by_event(number, row) == Some(cell))
            .count();
        match self.plan.dataflows[number].unit {
            StatisticalUnit::Events => in_cell as i64,
            StatisticalUnit::Persons => in_cell.min(1) as i64,
        }
    }

    /// Whether the person should count in a cell of a step once more.
    fn lacks(&self, number: usize, step: i32, cell: usize) -> bool {
        let counted = self.counted_in(number, step, cell);
        let wanted = self.wanted(number, step, cell);
        if self.is_table(number) { wanted > 0 && counted == 0 } else { counted < wanted }
    }

    /// The cell of a row that depends only on the row.
    fn cell_by_event(&self, number: usize, row: &HistoryRow) -> Option<usize> {
        let cycle = &self.plan.life_cycle;
        // Neither status nor name matters to a flow by event.
        let arrow = cycle.arrow(0, row.kind?.into()).or_else(|| {
            (0..cycle.statuses.len()).find_map(|status| cycle.arrow(status, row.kind?.into()))
        })?;
        let made = MadeTransition {
            kind: row.kind,
            before: 0,
            arrow,
            at: row.at(),
            step: row.step,
            month: self.calendar.month(row.step),
            codes: row.codes.to_vec(),
        };
        cell(self.plan, &self.plan.dataflows[number], None, &made)
    }

    /// The end of a step: a person who is present gets a cell, and keeps it.
    fn close(&mut self) {
        let plan = self.plan;
        let numbers: Vec<usize> = self.presences.keys().copied().collect();
        for number in numbers {
            let flow = &plan.dataflows[number];
            let is_present =
                flow.present().is_some_and(|statuses| statuses.contains(&self.state.status));
            let mut presence = self.presences.remove(&number).unwrap_or_default();
            if is_present {
                let begins = presence.stay.is_none();
                let before = presence.stay;
                if begins || presence.is_corrected || presence.is_moving {
                    presence.stay = self.state.entered.get(&number).copied().flatten();
                }
                presence.is_moving = !begins && presence.stay != before;
                if begins && let Some(cell) = presence.stay {
                    let has_room = presence.changes + 2 <= flow.bound.window;
                    presence.is_counted = self.step >= 0 && has_room;
                    if presence.is_counted {
                        presence.changes += 1;
                        self.change_presence(number, cell, 1);
                    }
                }
            } else if let Some(cell) = presence.stay.take()
                && presence.is_counted
            {
                presence.changes += 1;
                self.change_presence(number, cell, -1);
            }
            presence.is_corrected = false;
            self.state.entered.insert(number, presence.stay);
            self.presences.insert(number, presence);
        }
    }

    /// Counts a change of presence; a balance also counts it as turnover.
    fn change_presence(&mut self, number: usize, cell: usize, by: i64) {
        let flow = &self.plan.dataflows[number];
        if self.step < 0 || self.plan.life_cycle.corrections {
            return;
        }
        self.change(number, self.step, cell, by);
        if matches!(flow.measure, Measure::Balance { .. }) {
            self.change(number, self.step, flow.structure.cells() + cell, 1);
        }
    }
}

/// Rows of one instant, at most eight, sorted by their content, in the first of those orders in
/// which the most of them make a transition: every order is tried.
fn best_order(cycle: &LifeCycle, state: &PersonState, rows: &[HistoryRow]) -> Vec<HistoryRow> {
    let (mut best, mut most) = (rows.to_vec(), None);
    let mut open = vec![Trial { made: 0, status: state.status, due: state.due, taken: vec![] }];
    // The last trial is tried first, so orders are complete in the order of their sequences.
    while let Some(trial) = open.pop() {
        if trial.taken.len() == rows.len() && most.is_none_or(|most| trial.made > most) {
            most = Some(trial.made);
            best = trial.taken.iter().map(|&place| rows[place]).collect();
        }
        let left = (0..rows.len()).rev().filter(|place| !trial.taken.contains(place));
        open.extend(left.map(|place| trial.with(cycle, place, &rows[place])));
    }
    best
}

/// The state to which some rows of one instant would lead a person, taken in this order.
struct Trial {
    /// How many rows made a transition.
    made: u32,
    status: usize,
    due: Option<i32>,
    taken: Vec<usize>,
}

impl Trial {
    /// The trial with one more row.
    fn with(&self, cycle: &LifeCycle, place: usize, row: &HistoryRow) -> Self {
        let taken = self.taken.iter().copied().chain([place]).collect();
        let (mut status, mut due) = (self.status, self.due);
        if due.is_some_and(|due| due <= row.step) {
            (status, due) = (cycle.timer(status).expect("it was set").arrow.to, None);
        }
        match row.kind.and_then(|kind| cycle.arrow(status, kind.into())) {
            None => Self { made: self.made, status, due, taken },
            Some(arrow) => {
                let due = due_after(cycle, arrow.to, row);
                Self { made: self.made + 1, status: arrow.to, due, taken }
            }
        }
    }
}

/// The step at whose beginning the timer of a status fires to which a row led.
fn due_after(cycle: &LifeCycle, status: usize, row: &HistoryRow) -> Option<i32> {
    match cycle.timer(status)?.due {
        Due::Until => row.until.map(|days| row.step + (i32::from(days) + 1).max(0)),
        Due::AfterDays(days) => Some(row.step + days as i32 + 1),
    }
}
