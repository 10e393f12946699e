//! The side of a command: it asks the server of a store, or does the task by itself.
//!
//! Not here: what the command prints.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use tidegauge_collect::{Access, Store};

use super::wire::{Reply, Request, VERSION, socket_path, with_address};
use crate::calendar::StoreClock;
use crate::task::{Answer, Asked, Progress, Refusal, Task, perform};

/// Time between two attempts to reach or to open a busy store.
const BETWEEN_TRIES: Duration = Duration::from_millis(50);

/// Whether a server answers at the socket of a store.
pub fn is_served(store: &Path) -> bool {
    connect(store).is_some()
}

/// Has a task done: by the server of the store, or without one by this process, which waits for
/// another that holds the store as long as `access` says.
pub fn hand_in(
    store: &Path,
    access: &Access,
    task: &Task,
    progress: &mut dyn FnMut(Progress),
) -> Result<Answer, Refusal> {
    let clock = StoreClock::system();
    let since = clock.now();
    let asked = Asked { clock, since, wait_from: None, served: false, releases_by_clock: false };
    let at_once = Access { wait: Duration::ZERO, ..access.clone() };
    let (mut begun, mut has_ended) = (Instant::now(), false);
    loop {
        if let Some(server) = connect(store) {
            let request = Request {
                version: VERSION,
                store: store.display().to_string(),
                task: task.clone(),
            };
            match ask(&server, &request, progress) {
                Some(done) => return done,
                // It still holds the store for a moment.
                None if !has_ended => {
                    (begun, has_ended) = (Instant::now(), true);
                }
                None => {}
            }
        }
        match Store::open_with(store, &at_once) {
            Ok(mut store) => return perform(&mut store, task, &asked, progress),
            Err(error) if error.is_busy() && begun.elapsed() < access.wait => {
                std::thread::sleep(BETWEEN_TRIES);
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn connect(store: &Path) -> Option<UnixStream> {
    with_address(&socket_path(store), |address| UnixStream::connect(address)).ok()
}

/// Asks the server for a task, and waits for its turn and its end. `None` if the server ended
/// before the task had its turn: it was then not done.
fn ask(
    server: &UnixStream,
    request: &Request,
    progress: &mut dyn FnMut(Progress),
) -> Option<Result<Answer, Refusal>> {
    let Ok(mut line) = serde_json::to_vec(request) else {
        let text = "--files: path: must be UTF-8 for a store that is served; rename the file";
        return Some(Err(Refusal::new(2, "not-utf8", text)));
    };
    line.push(b'\n');
    let mut writer = server;
    // Whether it arrived shows in the answer.
    let _ = writer.write_all(&line);
    let mut has_begun = false;
    for line in BufReader::new(server).lines().map_while(Result::ok) {
        let Ok(reply) = serde_json::from_str::<Reply>(&line) else { break };
        has_begun |= reply.begun;
        match reply {
            Reply { answer: Some(answer), .. } => return Some(Ok(answer)),
            Reply { refusal: Some(refusal), .. } => return Some(Err(refusal)),
            Reply { progress: Some(done), .. } => progress(done),
            _ => {}
        }
    }
    has_begun.then(|| {
        let text = "socket: the server ended before it answered, so it is not known whether the \
                    work was done; run the same command again";
        Err(Refusal::new(6, "unanswered", text))
    })
}
