//! The owner's side of the socket.
//!
//! Not here: the tasks, which have their turn in the queue.

use std::fs::{self, DirBuilder, Permissions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::wire::{
    AnyRequest, REQUEST_BYTES_MAX, Reply, Request, VERSION, socket_path, with_address,
};
use crate::owner::{Message, Queue};
use crate::task::Refusal;

/// The most open connections; the next one waits.
const CONNECTIONS_MAX: usize = 128;
/// The time in which a request must be there, and in which a line of an answer must be read.
const PATIENCE: Duration = Duration::from_secs(10);
/// The pause after a connection that could not be accepted.
const AFTER_REFUSAL: Duration = Duration::from_millis(100);

/// The socket of a store, as long as this value lives.
pub struct SocketServer {
    path: PathBuf,
}

impl SocketServer {
    /// Listens at the socket of a store that this process holds, and replaces one that a crash
    /// left.
    ///
    /// Errors: the operating system.
    pub fn start(store: &Path, queue: Queue) -> Result<Self, Refusal> {
        let path = socket_path(store);
        let listener = listen(&path).map_err(|error| {
            Refusal::new(
                9,
                "system",
                format!(
                    "{}: listen: {error}; check the owner and the permissions of its directory",
                    path.display()
                ),
            )
        })?;
        let socket = Socket { store: store.display().to_string(), queue };
        std::thread::spawn(move || socket.accept(&listener));
        Ok(Self { path })
    }
}

impl Drop for SocketServer {
    fn drop(&mut self) {
        // A socket that stays is passed over by commands, and replaced by the next server.
        let _ = fs::remove_file(&self.path);
    }
}

/// Binds a socket in a directory that nobody else can enter, and gives it its mode before its name:
/// nobody can connect with another mode, whatever the process's mask.
fn listen(path: &Path) -> io::Result<UnixListener> {
    let beside = path.with_extension("new");
    match fs::remove_dir_all(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    DirBuilder::new().mode(0o700).create(&beside)?;
    fs::set_permissions(&beside, Permissions::from_mode(0o700))?;
    let unnamed = beside.join("socket");
    let listener = with_address(&unnamed, |address| UnixListener::bind(address))?;
    fs::set_permissions(&unnamed, Permissions::from_mode(0o600))?;
    fs::rename(&unnamed, path)?;
    fs::remove_dir(&beside)?;
    Ok(listener)
}

/// Counts open connections, and waits while there are too many.
#[derive(Default)]
struct Places {
    taken: Mutex<usize>,
    freed: Condvar,
}

/// A place that is free again when this is dropped.
struct Place(Arc<Places>);

impl Places {
    fn take(self: &Arc<Self>) -> Place {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let free = self.freed.wait_while(taken, |taken| *taken >= CONNECTIONS_MAX);
        *free.unwrap_or_else(PoisonError::into_inner) += 1;
        Place(Arc::clone(self))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        *self.0.taken.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.0.freed.notify_one();
    }
}

/// What every connection needs.
#[derive(Clone)]
struct Socket {
    /// The store's directory as this process names it.
    store: String,
    queue: Queue,
}

impl Socket {
    fn accept(&self, listener: &UnixListener) {
        let places = Arc::new(Places::default());
        loop {
            let place = places.take();
            match listener.accept() {
                Ok((stream, _)) => {
                    let socket = self.clone();
                    std::thread::spawn(move || {
                        let _place = place;
                        // Whoever asked has gone; a task that has begun is done all the same.
                        let _ = socket.answer(&stream);
                    });
                }
                Err(_) => std::thread::sleep(AFTER_REFUSAL),
            }
        }
    }

    fn answer(&self, stream: &UnixStream) -> io::Result<()> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let mut line = Vec::new();
        BufReader::new(stream.take(REQUEST_BYTES_MAX)).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            // Somebody looked whether the store is served.
            return Ok(());
        }
        let request = match serde_json::from_slice::<Request>(&line) {
            Ok(request) if request.version == VERSION => request,
            _ => return send(stream, Reply { refusal: Some(unknown(&line)), ..Reply::default() }),
        };
        for message in self.queue.ask(request.task) {
            let reply = match message {
                Message::Begun => Reply { begun: true, ..Reply::default() },
                Message::Progress(done) => Reply { progress: Some(done), ..Reply::default() },
                Message::Done(Ok(answer)) => Reply { answer: Some(answer), ..Reply::default() },
                Message::Done(Err(mut refusal)) => {
                    if let Some(rest) = refusal.text.strip_prefix(&self.store) {
                        refusal.text = format!("{}{rest}", request.store);
                    }
                    Reply { refusal: Some(refusal), ..Reply::default() }
                }
            };
            send(stream, reply)?;
        }
        Ok(())
    }
}

/// The refusal of a request that this program does not know.
fn unknown(line: &[u8]) -> Refusal {
    let rule = match serde_json::from_slice::<AnyRequest>(line) {
        Ok(request) if request.version != VERSION => {
            "the server of this store is of another version; run its version of this command, or \
             start it again"
        }
        _ => "is not one that this server knows; run its version of this command",
    };
    Refusal::new(2, "bad-request", format!("socket: request: {rule}"))
}

fn send(mut stream: &UnixStream, reply: Reply) -> io::Result<()> {
    let reply = Reply { version: VERSION, ..reply };
    let mut line = serde_json::to_vec(&reply)?;
    line.push(b'\n');
    stream.write_all(&line)
}
