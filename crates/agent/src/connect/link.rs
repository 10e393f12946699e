//! A connection that is made when it is needed, and again after growing pauses when it broke.
//!
//! Not here: what a connection is; each input makes its own kind.
//!
//! Invariants:
//! 1. While a pause lasts nothing is tried, and the caller is not held up
//!    (`connect::link::tests::a_pause_is_kept`).
//! 2. An input with limited patience ends with an error, one without never does because of a server
//!    that is away (`connect::link::tests::patience_ends`).

use std::io::Write as _;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};

use super::opening::Opening;
use crate::error::{BUSY, Error, SYSTEM};
use crate::pause::pause;

/// The longest time for one exchange with a server.
const EXCHANGE_MAX: Duration = Duration::from_secs(90);

/// Why an exchange failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// The connection is of no use any more; another may be.
    Broken(Error),
    /// The connection keeps itself, and may work again later.
    #[cfg(feature = "nats")]
    Busy(Error),
    /// Trying again will not help.
    Lasting(Error),
}

/// A connection of kind `C`, or the pause before the next attempt.
pub(super) struct Link<C> {
    place: String,
    runtime: Runtime,
    connection: Option<C>,
    patience: Option<Duration>,
    failing_since: Option<Instant>,
    attempts: u32,
    next_attempt: Option<Instant>,
}

impl<C> Link<C> {
    /// A link without a connection yet.
    ///
    /// Errors: the operating system gives no thread.
    pub(super) fn new(opening: &Opening<'_>) -> Result<Self, Error> {
        let place = format!("input {}", opening.name);
        // One thread answers a server's pings also while a delivery is under way.
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.map_err(|error| {
            let rule = format_args!("cannot be started: {}", error.kind());
            Error::new(SYSTEM, "system", &place, "thread", rule)
        })?;
        Ok(Self {
            place,
            runtime,
            connection: None,
            patience: opening.patience,
            failing_since: None,
            attempts: 0,
            next_attempt: None,
        })
    }

    /// Works with the connection; `None` while it is broken.
    ///
    /// Errors: what trying again will not change; a server that is away for longer than the
    /// patience.
    pub(super) fn with<T>(
        &mut self,
        connect: impl AsyncFnOnce() -> Result<C, Failure>,
        work: impl AsyncFnOnce(&mut C) -> Result<T, Failure>,
    ) -> Result<Option<T>, Error> {
        if self.next_attempt.is_some_and(|next| Instant::now() < next) {
            return Ok(None);
        }
        let connection = &mut self.connection;
        let worked = self.runtime.block_on(async {
            let exchange = async {
                let connection = match connection {
                    Some(connection) => connection,
                    None => connection.insert(connect().await?),
                };
                work(connection).await
            };
            tokio::time::timeout(EXCHANGE_MAX, exchange).await
        });
        match worked {
            Ok(Ok(done)) => {
                self.failing_since = None;
                self.attempts = 0;
                self.next_attempt = None;
                Ok(Some(done))
            }
            Ok(Err(Failure::Lasting(error))) => Err(error),
            #[cfg(feature = "nats")]
            Ok(Err(Failure::Busy(error))) => self.wait(error),
            Ok(Err(Failure::Broken(error))) => {
                self.connection = None;
                self.wait(error)
            }
            Err(_) => {
                self.connection = None;
                let rule = "the server does not answer; check that it runs, and the network";
                self.wait(Error::new(BUSY, "server-away", &self.place, "connection", rule))
            }
        }
    }

    /// Begins a pause; the first of a row of them is reported.
    fn wait<T>(&mut self, error: Error) -> Result<Option<T>, Error> {
        let since = *self.failing_since.get_or_insert_with(Instant::now);
        let pause = pause(self.attempts, None);
        if self.patience.is_some_and(|patience| since.elapsed() + pause > patience) {
            return Err(error);
        }
        if self.attempts == 0 {
            // Nobody is hurt by a line that cannot be written.
            let line = format!("warning[{}]: {error}; trying again", error.code());
            let _ = writeln!(std::io::stderr(), "{line}");
        }
        self.attempts += 1;
        self.next_attempt = Some(Instant::now() + pause);
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::rows::Wanted;

    fn link(patience: Option<Duration>) -> Link<u8> {
        let wanted = Wanted::default();
        let opening = Opening { name: "a", folder: Path::new(""), wanted: &wanted, patience };
        Link::new(&opening).unwrap()
    }

    fn away() -> Failure {
        Failure::Broken(Error::new(BUSY, "server-away", "input a", "connection", "is away"))
    }

    #[test]
    fn a_pause_is_kept() {
        let mut link = link(None);
        let mut attempts = 0;
        let began = Instant::now();
        for _ in 0..100 {
            let connect = async || {
                attempts += 1;
                Err(away())
            };
            assert_eq!(link.with(connect, async |_| Ok(())).unwrap(), None);
        }
        assert!(began.elapsed() < Duration::from_millis(200));
        assert_eq!(attempts, 1);
        std::thread::sleep(Duration::from_millis(600));
        assert_eq!(link.with(async || Ok(7), async |c| Ok(*c)).unwrap(), Some(7));
        // What works is kept.
        assert_eq!(link.with(async || Err(away()), async |c| Ok(*c)).unwrap(), Some(7));
    }

    #[test]
    fn patience_ends() {
        let error = link(Some(Duration::ZERO)).with(async || Err(away()), async |_| Ok(()));
        assert_eq!(error.unwrap_err().code(), "server-away");
        let lasting = || Failure::Lasting(Error::input("sql", "input a", "query", "is wrong"));
        let error = link(None).with(async || Err(lasting()), async |_| Ok(()));
        assert_eq!(error.unwrap_err().code(), "sql");
    }
}
