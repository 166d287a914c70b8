//! Files that are written while they are read. Nothing is written before the first piece is asked for: who asks with
//! `HEAD`, or whether a copy is still good, asks for none. No thread waits for who reads slowly, and who takes nothing
//! for a minute, or the whole too slowly or for more than an hour, is given up, so that nobody keeps in memory what a file
//! is made of.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt::Display;
use std::pin::pin;
use std::time::Duration;
use std::vec::IntoIter;
use std::{io, iter};

use axum::body::{Body, Bytes};
use futures_util::{Stream, StreamExt as _, stream};
use serde::Serialize;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// Pieces that are ready before they are asked for: enough to keep the line busy, little to hold.
const AHEAD: usize = 1;
/// Rows of the longest file that is made in one piece: about as long as an answer that is held may be.
pub(crate) const IN_ONE_PIECE: usize = 5_000;
/// Documents, or other things that have rows, whose rows make a piece.
pub(crate) const AT_A_TIME: usize = 250;
/// How long a piece waits for its reader, and the whole file beyond what it takes at the least pace.
const PATIENCE: Duration = Duration::from_mins(1);
/// Bytes that a reader must take in a second, as told over the whole file.
const LEAST: u64 = 16 * 1024;
/// How long all pieces together wait for their reader at most: at the least pace alone, a file of gigabytes would take days.
const WHOLE: Duration = Duration::from_hours(1);

/// A body of the pieces that `begin` gives when the first is asked for. Where they end in an error, the connection
/// breaks.
pub(crate) fn body<S, E>(begin: impl FnOnce() -> S + Send + 'static) -> Body
where
    S: Stream<Item = Result<Bytes, E>> + Send + 'static,
    E: Display + Send + 'static,
{
    Body::from_stream(stream::once(async move { taken(begin()) }).flatten())
}

/// A table of `rows`, some at a time, below its `head`.
pub(crate) fn table(head: String, rows: impl Iterator<Item = String> + Send + 'static) -> Body {
    let pieces = iter::once(head).chain(rows).map(|piece| Ok::<_, Infallible>(Bytes::from(piece)));
    body(move || stream::iter(pieces))
}

/// A table of the documents with these numbers, whose `rows` must be read.
pub(crate) fn table_read<R, E>(
    head: String,
    numbers: Vec<u32>,
    rows: impl FnMut(Vec<u32>) -> R + Send + 'static,
) -> Body
where
    R: Future<Output = Result<String, E>> + Send + 'static,
    E: Display + Send + 'static,
{
    body(move || {
        let rows = stream::iter(some_at_a_time(&numbers)).then(rows);
        stream::iter([Ok(head)]).chain(rows).map(|piece| piece.map(Bytes::from))
    })
}

/// A JSON object as [`json`](crate::reply::json) writes it, whose last field is the empty list `rows`: that list filled with
/// `rows`, some at a time.
pub(crate) fn json<T: Serialize + 'static>(
    object: &str,
    rows: impl Iterator<Item = Vec<T>> + Send + 'static,
) -> Body {
    let head = format!("{}[", object.trim_end_matches("[]\n}"));
    let mut between = "";
    let rows = rows.map(move |some| -> serde_json::Result<String> {
        Ok(std::mem::replace(&mut between, ",").to_owned() + &indented(&some)?)
    });
    let pieces = iter::once(Ok(head)).chain(rows).chain([Ok("\n  ]\n}".to_owned())]);
    body(move || stream::iter(pieces.map(|piece| piece.map(Bytes::from))))
}

/// Rows, at least one, as they stand in a list that is a field of an object.
fn indented<T: Serialize>(rows: &[T]) -> serde_json::Result<String> {
    let object = serde_json::to_string_pretty(&BTreeMap::from([("rows", rows)]))?;
    Ok(object.trim_start_matches("{\n  \"rows\": [").trim_end_matches("\n  ]\n}").to_owned())
}

/// The numbers of some documents after those of others.
pub(crate) fn some_at_a_time(numbers: &[u32]) -> IntoIter<Vec<u32>> {
    numbers.chunks(AT_A_TIME).map(<[u32]>::to_vec).collect::<Vec<_>>().into_iter()
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

/// Sends every piece, and `None` after the last; ends early where writing fails, or nobody takes what is written, or too
/// slowly. How long the writing takes is not the reader's fault.
async fn write<E: Display>(
    pieces: impl Stream<Item = Result<Bytes, E>> + Send,
    sender: mpsc::Sender<Option<Bytes>>,
) {
    let mut pieces = pin!(pieces);
    let (mut patience, mut left) = (PATIENCE, WHOLE);
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
        let bytes = piece.as_ref().map(Bytes::len);
        let ready = Instant::now();
        let sent = sender.send_timeout(piece, patience.min(PATIENCE).min(left)).await;
        let (Ok(()), Some(bytes)) = (sent, bytes) else { return };
        let waited = ready.elapsed();
        patience = patience.saturating_sub(waited) + at_least_pace(bytes);
        left = left.saturating_sub(waited);
    }
}

/// How long a reader of the least pace takes for so many bytes.
const fn at_least_pace(bytes: usize) -> Duration {
    Duration::from_micros(bytes as u64 * 1_000_000 / LEAST)
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

    /// How many of so many pieces of so many bytes come to who takes one every fifty seconds.
    async fn taken_slowly(pieces: usize, bytes: usize) -> usize {
        let pieces =
            move || stream::iter((0..pieces).map(move |_| Ok::<Bytes, io::Error>(vec![b'x'; bytes].into())));
        let mut read = body(pieces).into_data_stream();
        let mut taken = 0;
        while let Some(Ok(_)) = read.next().await {
            taken += 1;
            tokio::time::sleep(PATIENCE * 5 / 6).await;
        }
        taken
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_little_now_and_then_does_not_hold_a_file_for_days() {
        assert_eq!(taken_slowly(10, 1024 * 1024).await, 10, "a slow line is waited for");
        let taken = taken_slowly(10, 1024).await;
        assert!(taken < 5, "{taken} pieces of a thousand bytes took minutes");
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_holds_a_file_for_much_more_than_an_hour_however_long_it_is() {
        let taken = taken_slowly(1_000, 1024 * 1024).await;
        assert!((60..90).contains(&taken), "{taken} pieces, one every fifty seconds");
    }

    #[tokio::test]
    async fn a_list_written_in_pieces_has_the_bytes_of_one_written_whole() {
        #[derive(Serialize)]
        struct Page {
            total: u32,
            rows: Vec<Row>,
        }
        #[derive(Serialize)]
        struct Row {
            number: u32,
            words: Vec<&'static str>,
        }
        let row = |number: &u32| Row { number: *number, words: vec!["{\n  \"rows\": [", "\n  ]\n}"] };
        for total in [1, 250, 251, 700] {
            let numbers: Vec<u32> = (0..total).collect();
            let page = |rows| serde_json::to_string_pretty(&Page { total, rows }).unwrap();
            let whole = page(numbers.iter().map(row).collect());
            let rows = some_at_a_time(&numbers).map(move |some| some.iter().map(row).collect::<Vec<_>>());
            let pieces = json(&page(vec![]), rows);
            assert_eq!(to_bytes(pieces, usize::MAX).await.unwrap(), whole);
        }
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
