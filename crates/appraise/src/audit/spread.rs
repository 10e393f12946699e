//! Work of an audit, spread over threads.
//!
//! Not here: the work.
//!
//! Invariants:
//! 1. The number of threads changes no result (`audit::tests::a_seed_means_the_same_report`).

use std::sync::atomic::{AtomicUsize, Ordering};

use super::error::AuditError;

/// Does a piece of work for each number below `many` on the given number of threads; returns the
/// results in order of the numbers.
pub(super) fn spread<T: Send>(
    threads: usize,
    many: usize,
    work: impl Fn(usize) -> Result<T, AuditError> + Sync,
) -> Result<Vec<T>, AuditError> {
    let next = AtomicUsize::new(0);
    let work_through = || {
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= many {
                return done;
            }
            done.push((number, work(number)));
        }
    };
    let mut done = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work_through)).collect();
        let mut done = work_through();
        for other in others {
            match other.join() {
                Ok(theirs) => done.extend(theirs),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, result)| result).collect()
}
