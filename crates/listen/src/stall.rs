//! A connection that is closed when its reader stops reading.
//!
//! Not here: slow requests, which hyper's header timeout closes.
//!
//! Invariants:
//! 1. A write without progress within the limit ends the connection
//!    (`stall::tests::a_reader_that_stops_is_let_go`).

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// A stream whose writes must make progress.
#[derive(Debug)]
pub(crate) struct Paced<S> {
    stream: S,
    stall_max: Duration,
    stall: Option<Pin<Box<Sleep>>>,
}

impl<S> Paced<S> {
    /// The stream, closed after a write that waits longer than `stall_max`.
    pub(crate) fn new(stream: S, stall_max: Duration) -> Self {
        Self { stream, stall_max, stall: None }
    }

    fn progress<T>(
        &mut self,
        cx: &mut Context<'_>,
        poll: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if poll.is_ready() {
            self.stall = None;
            return poll;
        }
        let stall = self.stall.get_or_insert_with(|| Box::pin(sleep(self.stall_max)));
        ready!(stall.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.progress(cx, poll)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.stream).poll_flush(cx);
        self.progress(cx, poll)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.progress(cx, poll)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;
    use tokio::net::{TcpListener, TcpStream};

    #[tokio::test]
    async fn a_reader_that_stops_is_let_go() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let _silent = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        let mut paced = Paced::new(stream, Duration::from_millis(50));
        let bytes = vec![0; 1 << 20];
        let mut error = None;
        // The kernel's buffers take some megabytes first.
        for _ in 0..64 {
            let written = poll_fn(|cx| Pin::new(&mut paced).poll_write(cx, &bytes)).await;
            if let Err(stopped) = written {
                error = Some(stopped.kind());
                break;
            }
        }
        assert_eq!(error, Some(io::ErrorKind::TimedOut));
    }
}
