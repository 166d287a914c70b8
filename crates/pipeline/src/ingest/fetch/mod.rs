//! What comes over the network: single pages and files, and the official AGORA release.

mod address;
mod page;
mod release;

pub(super) use page::page;
pub use release::OFFICIAL_RELEASE;
pub(super) use release::release;

/// Why nothing came over the network.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// Not an address that can be fetched.
    #[error("{address:?} cannot be fetched: {why}")]
    Address {
        /// As given, or as a redirect led to.
        address: String,
        /// What is wrong with it.
        why: String,
    },
    /// The address lies inside a private network.
    #[error("{host} is at {address}, inside a private network; pass --allow-private if you mean it")]
    Private {
        /// Name in the address.
        host: String,
        /// What it resolves to.
        address: String,
    },
    /// The server or the way to it failed.
    #[error("{address} did not answer: {why}")]
    Unreachable {
        /// What was asked for.
        address: String,
        /// From the client.
        why: String,
    },
    /// The server answered something else than a file.
    #[error("{address} answered {status}; check the address in a browser")]
    Status {
        /// What was asked for.
        address: String,
        /// HTTP status.
        status: u16,
    },
    /// Too many redirects.
    #[error("{0} leads from address to address; give the last one")]
    Redirects(String),
    /// Larger than allowed.
    #[error("{address} is larger than {limit_mb} MB; download it by hand and give the file")]
    TooLarge {
        /// What was asked for.
        address: String,
        /// The limit.
        limit_mb: u64,
    },
    /// Slower than allowed.
    #[error("{address} took over {seconds} s; try again, or download it by hand and give the file")]
    TimedOut {
        /// What was asked for.
        address: String,
        /// The limit.
        seconds: u64,
    },
    /// The answer is in a format that cannot be read.
    #[error(
        "{address} is {media_type:?}, which cannot be read; give a page, a PDF, a Word document or plain text"
    )]
    Format {
        /// What was asked for.
        address: String,
        /// What came.
        media_type: String,
    },
    /// The release could not be fetched; how to get it by hand.
    #[error(
        "the AGORA release could not be fetched ({why}); open https://agora.eto.tech in a browser, follow \"Download data\", and run `lacuna ingest` on the zip file"
    )]
    Release {
        /// What went wrong.
        why: String,
    },
}
