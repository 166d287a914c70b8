//! Files that are written while they are read. Nothing is written before the first piece is asked for: who asks with
//! `HEAD`, or whether a copy is still good, asks for none. No thread waits for who reads slowly, and who takes nothing
//! for a minute is given up, so that nobody keeps in memory what a file is made of.

use std::convert::Infallible;
use std::fmt::Display;
use std::io;
use std::pin::pin;
use std::time::Duration;

use axum::body::{Body, Bytes};
use futures_util::{Stream, StreamExt as _, stream};
use tokio::sync::mpsc;

/// Pieces that are ready before they are asked for: enough to keep the line busy, little to hold.
const AHEAD: usize = 1;
/// Documents whose rows make a piece of a table.
const DOCUMENTS: usize = 250;
/// How long a piece waits for its reader.
const PATIENCE: Duration = Duration::from_mins(1);

/// A body of the pieces that `begin` gives when the first is asked for. Where they end in an error, the connection
/// breaks.
pub(crate) fn body<S, E>(begin: impl FnOnce() -> S + Send + 'static) -> Body
where
    S: Stream<Item = Result<Bytes, E>> + Send + 'static,
    E: Display + Send + 'static,
{
    Body::from_stream(stream::once(async move { taken(begin()) }).flatten())
}

/// A table of the documents with these numbers below its `head`, with `rows` of some documents at a time.
pub(crate) fn table(
    head: String,
    numbers: Vec<u32>,
    mut rows: impl FnMut(&[u32]) -> String + Send + 'static,
) -> Body {
    body(move || {
        let some: Vec<Vec<u32>> = numbers.chunks(DOCUMENTS).map(<[u32]>::to_vec).collect();
        let rows = some.into_iter().map(move |some| rows(&some));
        stream::iter(std::iter::once(head).chain(rows).map(|piece| Ok::<_, Infallible>(Bytes::from(piece))))
    })
}

/// The pieces as they are taken from the task that writes them.
fn taken<S, E>(pieces: S) -> impl Stream<Item = io::Result<Bytes>> + Send
where
    S: Stream<Item = Result<Bytes, E>> + Send + 'static,
    E: Display + Send + 'static,
{
    let (sender, receiver) = mpsc::channel(AHEAD);
    tokio::spawn(write(pieces, sender));
    stream::try_unfold(receiver, |mut receiver| async move {
        let piece = receiver.recv().await;
        match piece {
            Some(Some(piece)) => Ok(Some((piece, receiver))),
            Some(None) => Ok(None),
            // The reader must not take half a file for a whole one.
            None => Err(io::Error::other("the file ended early")),
        }
    })
}

/// Sends every piece, and `None` after the last; ends early where writing fails or nobody takes what is written.
async fn write<E: Display>(
    pieces: impl Stream<Item = Result<Bytes, E>> + Send,
    sender: mpsc::Sender<Option<Bytes>>,
) {
    let mut pieces = pin!(pieces);
    loop {
        let piece = tokio::select! {
            piece = pieces.next() => piece.transpose(),
            () = sender.closed() => return,
        };
        let piece = match piece {
            Ok(piece) => piece,
            Err(error) => {
                tracing::warn!(%error, "a file ended early");
                return;
            }
        };
        let is_last = piece.is_none();
        if sender.send_timeout(piece, PATIENCE).await.is_err() || is_last {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::body::to_bytes;

    use super::*;

    /// A file of so many pieces, and how many of them were written.
    fn file(pieces: usize) -> (Body, Arc<AtomicUsize>) {
        let written = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&written);
        let begin = move || {
            stream::iter(0..pieces).map(move |_| {
                count.fetch_add(1, Ordering::SeqCst);
                Ok::<_, io::Error>(Bytes::from_static(b"row\n"))
            })
        };
        (body(begin), written)
    }

    #[tokio::test]
    async fn nothing_is_written_before_the_first_piece_is_asked_for() {
        let (unread, written) = file(3);
        drop(unread);
        tokio::task::yield_now().await;
        assert_eq!(written.load(Ordering::SeqCst), 0, "nobody read it");
        let (read, written) = file(3);
        assert_eq!(to_bytes(read, usize::MAX).await.unwrap(), "row\nrow\nrow\n");
        assert_eq!(written.load(Ordering::SeqCst), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_for_a_minute_is_given_up_and_gets_no_half_file_for_a_whole_one() {
        let (body, written) = file(1_000);
        let mut read = body.into_data_stream();
        read.next().await.unwrap().unwrap();
        tokio::time::sleep(PATIENCE / 2).await;
        read.next().await.unwrap().unwrap();
        assert!(written.load(Ordering::SeqCst) < 10, "no further than the reader is");
        assert!(Arc::strong_count(&written) > 1, "a slow reader is waited for");
        tokio::time::sleep(PATIENCE * 2).await;
        assert_eq!(Arc::strong_count(&written), 1, "nothing of the file is held for who went to sleep");
        let rest: Vec<_> = read.collect().await;
        assert!(rest.last().unwrap().is_err(), "the connection breaks");
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_written_to_its_end_breaks_the_connection() {
        let pieces = || {
            let failed = Err(io::Error::other("the disk is gone"));
            stream::iter([Ok(Bytes::from_static(b"row\n")), failed])
        };
        assert!(to_bytes(body(pieces), usize::MAX).await.is_err());
    }
}
