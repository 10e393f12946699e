//! An answer that is written piece by piece, as fast as its reader takes it.
//!
//! Not here: short answers, which are written as a whole and cached ([`crate::respond`]).
//!
//! Invariants:
//! 1. A piece that cannot be written breaks the connection, so that nobody takes the pieces before
//!    it for the whole answer
//!    (`stream::tests::a_piece_that_cannot_be_written_ends_the_stream_with_an_error`).
//! 2. A long answer takes turns with every other connection of its thread: after each piece it lets
//!    the others go first (the same test).

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use hyper::body::{Bytes, Frame};
use tidegauge_figures::{Error, MessageWriter};

/// The body that this writer makes.
pub(crate) fn streamed(writer: MessageWriter) -> Body {
    Body::new(Streamed { pieces: writer, has_yielded: true })
}

struct Streamed<I> {
    pieces: I,
    /// Whether other connections had their turn since the last piece.
    has_yielded: bool,
}

impl<I> hyper::body::Body for Streamed<I>
where
    I: Iterator<Item = Result<Vec<u8>, Error>> + Unpin,
{
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if !self.has_yielded {
            self.has_yielded = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.has_yielded = false;
        Poll::Ready(self.pieces.next().map(|piece| Ok(Frame::data(piece?.into()))))
    }
}

#[cfg(test)]
mod tests {
    use hyper::body::Body as _;

    use super::*;

    #[test]
    fn a_piece_that_cannot_be_written_ends_the_stream_with_an_error() {
        let pieces = [Ok(b"one".to_vec()), Err(Error::Estimate)].into_iter();
        let mut streamed = Streamed { pieces, has_yielded: true };
        let mut cx = Context::from_waker(std::task::Waker::noop());
        let (mut frames, mut turns) = (Vec::new(), 0);
        for _ in 0..4 {
            match Pin::new(&mut streamed).poll_frame(&mut cx) {
                Poll::Pending => turns += 1,
                Poll::Ready(None) => break,
                Poll::Ready(Some(frame)) => {
                    frames.push(frame.map(|frame| frame.into_data().unwrap()));
                }
            }
        }
        assert_eq!(frames, [Ok(Bytes::from("one")), Err(Error::Estimate)]);
        assert!(turns > 0, "it never let others go first");
    }
}
