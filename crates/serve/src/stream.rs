//! An answer that is written one piece at a time, as its reader takes it.
//!
//! Not here: short answers, which are written as a whole and kept ([`crate::respond`]).
//!
//! Invariants:
//! 1. A long answer takes turns with every other connection of its thread: after each piece it lets
//!    the others go first.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use hyper::body::{Bytes, Frame};
use tidegauge_figures::MessageWriter;

/// The body that this writer makes.
pub(crate) fn streamed(writer: MessageWriter) -> Body {
    Body::new(Streamed { writer, has_yielded: true })
}

struct Streamed {
    writer: MessageWriter,
    /// Whether others had their turn since the last piece.
    has_yielded: bool,
}

impl hyper::body::Body for Streamed {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if !self.has_yielded {
            self.has_yielded = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.has_yielded = false;
        Poll::Ready(self.writer.next().map(|piece| Ok(Frame::data(piece.into()))))
    }
}
