//! The thread that has a store open: it does one task after another, and releases each step when it
//! is due.
//!
//! Not here: how a task reaches the queue from another process (room `socket`).
//!
//! Invariants:
//! 1. Tasks are done one at a time, in their order; a step that is due goes before the next task
//!    (`tidegauge/tests/served.rs`: `five_processes_ingest_at_once`).
//! 2. A task that fails or panics does not end the process. The store is opened again after it, as
//!    after a crash, and its lock is kept meanwhile
//!    (`tidegauge/tests/served.rs`: `a_failed_task_leaves_the_server_in_possession`).
//! 3. A store into which nothing was ever taken is not released: the calendar waits and says so,
//!    and begins with the first events (`tidegauge/tests/calendar.rs`:
//!    `a_server_waits_for_the_first_events`).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tidegauge_collect::{AdmittedDelivery, Delivered, Error, Store, StoreLock};

use crate::calendar::{LOOK, StoreClock};
use crate::task::{
    Answer, Asked, Progress, Refusal, RefusedDeliveries, ReleaseSteps, Task, perform,
};

/// The most tasks that wait; whoever asks for one more waits until there is room.
const WAITING_MAX: usize = 64;
/// The most deliveries that become durable together.
const TOGETHER_MAX: usize = 64;
/// The time after which a release that failed is tried again.
const RETRY: Duration = Duration::from_secs(20);

/// Who hears what the owner does. No call says how many events there are.
pub trait Observer: Send + Sync {
    /// A step became public.
    fn released(&self, step: &str);
    /// A damaged state was removed.
    fn passed_over(&self, cause: &str, reason: &str);
    /// The calendar could not release.
    fn failed(&self, cause: &str, reason: &str);
    /// The calendar has released everything that is due.
    fn succeeded(&self);
    /// The calendar begins, or ceases, to wait for the first events.
    fn waits_for_events(&self, waits: bool);
}

/// How a store is served.
#[derive(Clone, Debug)]
pub struct Serving {
    /// The file of the store's key; `None` for the file inside the store.
    pub key: Option<PathBuf>,
    /// The store's clock.
    pub clock: StoreClock,
    /// Whether each step is released when it is due by that clock.
    pub releases_by_clock: bool,
}

/// A message to whoever asked for a task.
#[derive(Debug)]
pub(crate) enum Message {
    /// The task has its turn.
    Begun,
    Progress(Progress),
    Done(Result<Answer, Refusal>),
}

/// What the owner does next.
enum Turn {
    Task {
        task: Task,
        since: Timestamp,
        asker: Sender<Message>,
    },
    /// A delivery, which becomes durable together with those that wait behind it.
    Delivery(AwaitedDelivery),
    /// A question.
    Work(Box<dyn FnOnce(&mut HeldStore) + Send>),
    /// From here on the calendar is kept.
    Calendar,
    End,
}

/// A delivery, and who waits for what becomes of it.
struct AwaitedDelivery {
    delivery: AdmittedDelivery,
    asker: Sender<Result<Delivered, Refusal>>,
}

/// The queue of an owner.
#[derive(Clone)]
pub struct Queue {
    turns: SyncSender<Turn>,
    clock: StoreClock,
    amendments: Arc<AtomicU64>,
    refused: Arc<Mutex<RefusedDeliveries>>,
}

impl Queue {
    /// Counts a delivery that was refused for a reason with this code.
    pub(crate) fn count_refused(&self, source: &str, code: &str) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let of_source = refused.entry(source.to_owned()).or_default();
        *of_source.entry(code.to_owned()).or_default() += 1;
    }

    /// The number of amendments that were put in force since the store was opened.
    pub(crate) fn amendments(&self) -> u64 {
        self.amendments.load(Ordering::Acquire)
    }

    /// Asks for a task, and waits while too many others wait. The messages end without an answer if
    /// the owner ended first; unless the task had begun, it was then not done.
    pub(crate) fn ask(&self, task: Task) -> Receiver<Message> {
        let (asker, messages) = channel();
        // Without an owner nobody answers, which is what the receiver then finds.
        let _ = self.turns.send(Turn::Task { task, since: self.clock.now(), asker });
        messages
    }

    /// Hands a delivery in, and waits until it is durable.
    ///
    /// Errors: the store cannot take it, or its owner has ended; then it was not taken.
    pub(crate) fn deliver(&self, delivery: AdmittedDelivery) -> Result<Delivered, Refusal> {
        let (asker, delivered) = channel();
        let _ = self.turns.send(Turn::Delivery(AwaitedDelivery { delivery, asker }));
        delivered.recv().unwrap_or_else(|_| Err(ended()))
    }

    /// Asks something of the store, and waits for the answer.
    ///
    /// Errors: those of the question; the owner has ended.
    pub(crate) fn question<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut Store) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Refusal> {
        let (asker, answer) = channel();
        let work = move |held: &mut HeldStore| {
            let answer = held.with_store(|store| Ok(question(store)?));
            let _ = asker.send(answer);
        };
        let _ = self.turns.send(Turn::Work(Box::new(work)));
        answer.recv().unwrap_or_else(|_| Err(ended()))
    }
}

fn ended() -> Refusal {
    Refusal::new(6, "ending", "store: the server is ending; try again")
}

/// A store that this process holds until it is told to end.
pub struct Owner {
    queue: Queue,
    ending: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Owner {
    /// Begins to do tasks in a store.
    pub fn start(store: Store, serving: Serving, observer: Arc<dyn Observer>) -> Self {
        let (sender, turns) = sync_channel(WAITING_MAX);
        let amendments = Arc::new(AtomicU64::new(0));
        let refused = Arc::default();
        let queue = Queue {
            turns: sender,
            clock: serving.clock,
            amendments: Arc::clone(&amendments),
            refused: Arc::clone(&refused),
        };
        let ending = Arc::new(AtomicBool::new(false));
        let held = HeldStore {
            lock: store.lock(),
            store: Some(store),
            since: serving.clock.start(),
            keeps_calendar: false,
            serving,
            observer,
            amendments,
            refused,
            retry: None,
            waits: false,
        };
        let is_ending = Arc::clone(&ending);
        let thread = std::thread::spawn(move || held.keep(&turns, &is_ending));
        Self { queue, ending, thread }
    }

    /// Where tasks are asked for.
    pub fn queue(&self) -> Queue {
        self.queue.clone()
    }

    /// Begins to release each step when it is due, if the store is released by the clock.
    pub fn keep_calendar(&self) {
        // Without an owner there is no calendar either.
        let _ = self.queue.turns.send(Turn::Calendar);
    }

    /// Ends after the work under way; tasks that wait are not done.
    pub fn end(self) {
        self.ending.store(true, Ordering::Release);
        // A full queue needs no message: the owner looks before its next turn.
        let _ = self.queue.turns.try_send(Turn::End);
        // A panic of the thread has printed its location.
        let _ = self.thread.join();
    }
}

/// The store that this process holds.
struct HeldStore {
    lock: StoreLock,
    /// `None` after a failure, until it is opened again.
    store: Option<Store>,
    serving: Serving,
    /// Whether each step is released when it is due.
    keeps_calendar: bool,
    /// Since when, by the store's clock.
    since: Timestamp,
    observer: Arc<dyn Observer>,
    /// Counts amendments, for those who know the plan as it was.
    amendments: Arc<AtomicU64>,
    /// Counts refused deliveries, for the store's operator.
    refused: Arc<Mutex<RefusedDeliveries>>,
    /// When a release that failed is tried again.
    retry: Option<Instant>,
    /// Whether the calendar waits for the first events.
    waits: bool,
}

impl HeldStore {
    fn keep(mut self, turns: &Receiver<Turn>, ending: &AtomicBool) {
        let mut held = None;
        while !ending.load(Ordering::Acquire) {
            self.release_due();
            // A release may have taken long.
            if ending.load(Ordering::Acquire) {
                return;
            }
            let next = match held.take() {
                Some(turn) => Ok(turn),
                None => turns.recv_timeout(self.pause()),
            };
            match next {
                Ok(Turn::Task { task, since, asker }) => self.take_turn(&task, since, &asker),
                Ok(Turn::Delivery(first)) => held = self.take_deliveries(first, turns),
                Ok(Turn::Work(work)) => work(&mut self),
                Ok(Turn::Calendar) => self.keeps_calendar = self.serving.releases_by_clock,
                Err(RecvTimeoutError::Timeout) => {}
                Ok(Turn::End) | Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Does one task, and reports to whoever asked. It is done even if nobody listens any more.
    fn take_turn(&mut self, task: &Task, since: Timestamp, asker: &Sender<Message>) {
        let _ = asker.send(Message::Begun);
        let observer = Arc::clone(&self.observer);
        // Who demands a release does not wait for sources that had their time.
        let wait_from = matches!(task, Task::Status).then_some(self.since);
        let done = self.perform(task, since, wait_from, &mut |progress| {
            if let Progress::Released(step, _) = &progress {
                observer.released(step);
            }
            let _ = asker.send(Message::Progress(progress));
        });
        if matches!(task, Task::Amend(_)) {
            self.amendments.fetch_add(1, Ordering::Release);
        }
        let _ = asker.send(Message::Done(done));
    }

    /// Makes a delivery durable, and with it those that wait directly behind it: one sync of the
    /// disk for all. Returns the turn after them.
    fn take_deliveries(&mut self, first: AwaitedDelivery, turns: &Receiver<Turn>) -> Option<Turn> {
        let mut held = None;
        let (mut deliveries, mut askers) = (vec![first.delivery], vec![first.asker]);
        while deliveries.len() < TOGETHER_MAX {
            match turns.try_recv() {
                Ok(Turn::Delivery(next)) => {
                    deliveries.push(next.delivery);
                    askers.push(next.asker);
                }
                Ok(other) => {
                    held = Some(other);
                    break;
                }
                Err(_) => break,
            }
        }
        match self.with_store(|store| Ok(store.deliver(deliveries)?)) {
            Ok(delivered) => {
                for (asker, delivered) in askers.iter().zip(delivered) {
                    let _ = asker.send(Ok(delivered));
                }
            }
            Err(refusal) => {
                for asker in askers {
                    let _ = asker.send(Err(refusal.clone()));
                }
            }
        }
        held
    }

    /// Releases every step that is due, if this process releases by the clock.
    fn release_due(&mut self) {
        let is_early = self.retry.is_some_and(|retry| Instant::now() < retry);
        if !self.keeps_calendar || is_early {
            return;
        }
        let since = self.since;
        let looked = self.with_store(|store| {
            // The first step of a window costs what the others cost, and no delivery waits.
            store.price_ahead();
            Ok((store.has_taken()?, store.next_due(Some(since))?))
        });
        match looked {
            Err(refusal) => return self.has_failed(&refusal),
            Ok((false, _)) => return self.wait_for_events(),
            Ok((true, next)) => {
                if self.begin_with_events() {
                    return self.release_due();
                }
                if next.is_none_or(|(_, due)| self.serving.clock.now() < due) {
                    return self.has_released();
                }
            }
        }
        let steps = ReleaseSteps { until: None, threads: None, empty: false, now: None };
        let observer = Arc::clone(&self.observer);
        let mut report = |progress| match progress {
            Progress::PassedOver(cause, reason) => observer.passed_over(&cause, &reason),
            Progress::Released(step, _) => observer.released(&step),
            Progress::Closed(_) => {}
        };
        let released = self.perform(&Task::Release(steps), since, Some(since), &mut report);
        match released {
            Ok(_) => self.has_released(),
            Err(refusal) => self.has_failed(&refusal),
        }
    }

    fn has_released(&mut self) {
        self.retry = None;
        self.observer.succeeded();
    }

    fn has_failed(&mut self, refusal: &Refusal) {
        self.retry = Some(Instant::now() + RETRY);
        self.observer.failed(&refusal.code, &refusal.text);
    }

    fn wait_for_events(&mut self) {
        if !self.waits {
            self.waits = true;
            self.observer.waits_for_events(true);
        }
    }

    /// Ceases to wait for the first events. Steps that were due while it waited are released from
    /// now on, and their entries say so. Returns whether it waited.
    fn begin_with_events(&mut self) -> bool {
        let waited = std::mem::take(&mut self.waits);
        if waited {
            self.since = self.serving.clock.now();
            self.observer.waits_for_events(false);
        }
        waited
    }

    /// How long to wait for a task before the next look at the calendar.
    fn pause(&self) -> Duration {
        // A fault of the disk is met, and reported, at the next look.
        let due =
            self.store.as_ref().and_then(|store| store.next_due(Some(self.since)).ok().flatten());
        let pause = match (self.retry, due) {
            (Some(retry), _) => retry.saturating_duration_since(Instant::now()),
            (None, Some((_, due))) if self.keeps_calendar && !self.waits => {
                self.serving.clock.until(due)
            }
            _ => LOOK,
        };
        pause.min(LOOK)
    }

    fn perform(
        &mut self,
        task: &Task,
        since: Timestamp,
        wait_from: Option<Timestamp>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Answer, Refusal> {
        let Serving { clock, releases_by_clock, .. } = self.serving;
        let asked = Asked { clock, since, wait_from, served: true, releases_by_clock };
        let mut done = self.with_store(|store| perform(store, task, &asked, progress))?;
        if let Answer::Status(status) = &mut done {
            status.refused_deliveries =
                self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone();
        }
        Ok(done)
    }

    /// Does something in the open store. Unless the input or a policy refuses it, the store is
    /// opened again after a failure: only reading shows what is on the disk.
    fn with_store<T>(
        &mut self,
        work: impl FnOnce(&mut Store) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let mut store = match self.store.take() {
            Some(store) => store,
            None => self.lock.open(self.serving.key.as_deref())?,
        };
        // A panic has printed its location; the store of the task that panicked is dropped.
        let done = catch_unwind(AssertUnwindSafe(|| work(&mut store))).unwrap_or_else(|_| {
            let rule = "did not finish, because of an error in the program; the server's standard \
                        error says where";
            Err(Refusal::new(101, "bug", format!("{}: task: {rule}", store.directory().display())))
        });
        if done.as_ref().err().is_none_or(Refusal::leaves_the_store) {
            self.store = Some(store);
        }
        done
    }
}
