//! The real program as a server, with its output.
//!
//! Not here: clients of the public tower (`checks/clients`).

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::program::tidegauge;

/// A serving program, and the address that it listens at. It is killed when this is dropped.
#[derive(Debug)]
pub struct Server {
    process: Child,
    /// Kept open, so that the program can go on printing.
    output: BufReader<ChildStdout>,
    /// Address and port.
    pub host: String,
}

impl Server {
    /// Starts the program with these arguments, and waits until it listens.
    pub fn start(arguments: &[&str]) -> Self {
        Self::spawn(tidegauge(arguments))
    }

    /// As [`Server::start`], for a command that is ready to be started.
    pub fn spawn(mut command: Command) -> Self {
        let started = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut process = started.expect("the program starts");
        let output = BufReader::new(process.stdout.take().expect("output"));
        let mut server = Self { process, output, host: String::new() };
        server.host = server.address();
        server
    }

    /// The address that the program prints when it listens.
    fn address(&mut self) -> String {
        let mut line = String::new();
        while self.output.read_line(&mut line).expect("UTF-8") > 0 {
            if let Some((_, address)) = line.split_once("http://") {
                return address.trim_end().trim_end_matches('/').to_owned();
            }
            line.clear();
        }
        panic!("the program ended: {}", errors(&mut self.process));
    }

    /// The number of its process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// The whole answer to a request for a path.
    #[must_use]
    pub fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.host).expect("a connection");
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.host);
        stream.write_all(request.as_bytes()).expect("sent");
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("an answer");
        text
    }

    /// Asks the program to end; returns all that it wrote to standard error.
    #[must_use]
    pub fn stop(mut self) -> String {
        let process = self.process.id().to_string();
        let signalled = Command::new("kill").args(["-TERM", &process]).status();
        assert!(signalled.expect("kill").success());
        let text = errors(&mut self.process);
        let status = self.process.wait().expect("an end");
        assert!(status.success(), "{status}: {text}");
        text
    }

    /// Kills the program at once, as a crash would.
    pub fn kill(mut self) {
        self.process.kill().expect("a signal");
        self.process.wait().expect("an end");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What a process writes to standard error until it ends.
fn errors(process: &mut Child) -> String {
    let mut text = String::new();
    let mut errors = process.stderr.take().expect("standard error");
    errors.read_to_string(&mut text).expect("UTF-8");
    text
}
