//! Servers of others that tests start: processes that end with the test, and the ports that they
//! listen on.
//!
//! Not here: what is particular to one server (`postgres`).

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// A process that ends with the test.
#[derive(Debug)]
pub struct Process(pub Child);

impl Process {
    /// Starts a program.
    pub fn start(command: &mut Command) -> Self {
        let started = command.spawn();
        Self(started.unwrap_or_else(|error| {
            let program = command.get_program();
            panic!("{program:?} does not start ({error}): run ./test, which installs it")
        }))
    }

    /// Asks the process to end, and waits for that.
    pub fn stop(&mut self, signal: rustix::process::Signal) {
        let process = rustix::process::Pid::from_child(&self.0);
        let _ = rustix::process::kill_process(process, signal);
        let _ = self.0.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(None)) {
            self.stop(rustix::process::Signal::QUIT);
        }
    }
}

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its address").port()
}

/// Waits until something listens on a port.
pub fn wait_for_port(port: u16) {
    until("a server listens", || TcpStream::connect(("127.0.0.1", port)).is_ok());
}

/// Waits until something holds.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(60), "{what}: not within a minute");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Writes a file that only its owner reads.
pub fn write_private(path: &Path, text: &str) {
    fs::write(path, text).expect("a file");
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("its mode");
}
