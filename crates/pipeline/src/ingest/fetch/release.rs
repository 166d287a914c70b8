//! Fetches the official AGORA release as a zip file, going on where an earlier try stopped.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lacuna_domain::progress::Progress;
use lacuna_domain::sha256_hex;
use reqwest::header::{ACCEPT_ENCODING, RANGE};
use reqwest::{Client, Response, StatusCode};
use tokio::fs::OpenOptions;
use tokio::io::AsyncWriteExt;

use super::FetchError;
use super::page::chain;
use crate::ingest::{IngestError, Options};

/// Where the archive publishes its releases: the newest version of its Zenodo record.
pub const OFFICIAL_RELEASE: &str = "https://zenodo.org/records/13883066/files/agora.zip?download=1";

/// Fetches the release at `address` into `folder` and answers the path of the zip file. Its SHA-256 is told through
/// `progress`. What was fetched before a fault stays in `agora.zip.part`; the next try goes on from there.
pub(in crate::ingest) async fn release(
    address: &str,
    folder: &Path,
    options: &Options,
    progress: &dyn Progress,
) -> Result<PathBuf, IngestError> {
    let part = folder.join("agora.zip.part");
    let time = Duration::from_secs(options.limits.release_seconds);
    let outcome =
        tokio::time::timeout(time, download(address, &part, options.limits.zip_bytes, progress)).await;
    let why = match outcome {
        Ok(Ok(())) => None,
        Ok(Err(why)) => Some(why),
        Err(_) => Some(format!("over {} s; run the command again to go on", time.as_secs())),
    };
    if let Some(why) = why {
        return Err(FetchError::Release { why }.into());
    }
    let done = folder.join("agora.zip");
    let read = |why| IngestError::Read { path: part.clone(), why };
    let bytes = tokio::fs::read(&part).await.map_err(read)?;
    progress.note(&format!("{address}: {} bytes, SHA-256 {}", bytes.len(), sha256_hex(&bytes)));
    tokio::fs::rename(&part, &done).await.map_err(read)?;
    Ok(done)
}

async fn download(address: &str, part: &Path, limit: u64, progress: &dyn Progress) -> Result<(), String> {
    let on_disk = |error: io::Error| format!("{}: {error}", part.display());
    if let Some(folder) = part.parent() {
        tokio::fs::create_dir_all(folder).await.map_err(on_disk)?;
    }
    let have = tokio::fs::metadata(part).await.map_or(0, |metadata| metadata.len());
    let response = ask(address, have).await.map_err(|error| chain(&error))?;
    let (have, response) = match response.status() {
        StatusCode::PARTIAL_CONTENT => (have, response),
        // All of it is here already, or more than there is: begin anew unless the server confirms the length.
        StatusCode::RANGE_NOT_SATISFIABLE if have > 0 && whole_length(&response) == Some(have) => {
            return Ok(());
        }
        StatusCode::RANGE_NOT_SATISFIABLE if have > 0 => {
            (0, ask(address, 0).await.map_err(|error| chain(&error))?)
        }
        _ => (0, response),
    };
    if !response.status().is_success() {
        return Err(format!("the server answered {}", response.status().as_u16()));
    }
    let total = response.content_length().map(|rest| rest + have);
    if total.is_some_and(|total| total > limit) {
        return Err(format!("it is larger than {} MB", limit >> 20));
    }
    progress.start("download", total);
    progress.advance(have);
    let mut file = OpenOptions::new()
        .create(true)
        .write(true)
        .append(have > 0)
        .truncate(have == 0)
        .open(part)
        .await
        .map_err(on_disk)?;
    write(response, &mut file, have, limit, progress).await?;
    file.sync_all().await.map_err(on_disk)
}

async fn write(
    mut response: Response,
    file: &mut tokio::fs::File,
    mut have: u64,
    limit: u64,
    progress: &dyn Progress,
) -> Result<(), String> {
    while let Some(chunk) = response.chunk().await.map_err(|error| chain(&error))? {
        have += chunk.len() as u64;
        if have > limit {
            return Err(format!("it is larger than {} MB", limit >> 20));
        }
        file.write_all(&chunk).await.map_err(|error| error.to_string())?;
        progress.advance(chunk.len() as u64);
    }
    Ok(())
}

/// The user named the address or took the built-in one, so redirects and proxies are followed as usual. Compression
/// is refused: ranges count the bytes of the file.
async fn ask(address: &str, have: u64) -> Result<Response, reqwest::Error> {
    let client = Client::builder()
        .user_agent(concat!("lacuna/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(30))
        .read_timeout(Duration::from_mins(1))
        .no_gzip()
        .build()?;
    let request = client.get(address).header(ACCEPT_ENCODING, "identity");
    let request = if have > 0 { request.header(RANGE, format!("bytes={have}-")) } else { request };
    request.send().await
}

/// The length in a header such as `Content-Range: bytes */1234`.
fn whole_length(response: &Response) -> Option<u64> {
    response.headers().get("content-range")?.to_str().ok()?.rsplit('/').next()?.parse().ok()
}
