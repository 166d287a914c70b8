//! Why no answer came, and what to do next.

use crate::SinkError;

/// Why a question has no answer. Every attempt behind it is in the ledger.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// No key, and the provider wants one.
    #[error("no key for {provider}; set {variable} or name a key file with --key-file")]
    MissingKey {
        /// The provider.
        provider: String,
        /// The variable to set.
        variable: &'static str,
    },
    /// The provider does not know the key or does not let it do this (401, 403).
    #[error(
        "{provider} rejects the key (status {status}): {detail}; check that it is whole, active and allowed to use this model"
    )]
    KeyRejected {
        /// The provider.
        provider: String,
        /// The HTTP status.
        status: u16,
        /// The provider's words.
        detail: String,
    },
    /// No credit left on the account.
    #[error(
        "{provider} says that the account has no credit left: {detail}; add credit and run the command again"
    )]
    NoCredit {
        /// The provider.
        provider: String,
        /// Its words.
        detail: String,
    },
    /// The provider has no such model.
    #[error("{model} is unknown to its provider: {detail}; check the name in the provider's list of models")]
    UnknownModel {
        /// The engine's name.
        model: String,
        /// The provider's words.
        detail: String,
    },
    /// The endpoint could not be reached at all.
    #[error("cannot reach {endpoint}: {why}; check the address and the network")]
    Unreachable {
        /// The address.
        endpoint: String,
        /// The cause.
        why: String,
    },
    /// A batch was submitted and no clear answer came, so the provider may have it or not.
    #[error(
        "it is not known whether {endpoint} took a batch ({why}); run the command again: it looks for the batch among the \
         provider's before it submits anything"
    )]
    Unsure {
        /// The address.
        endpoint: String,
        /// The cause.
        why: String,
    },
    /// The address is none.
    #[error("{endpoint} is no address of an endpoint: {why}")]
    Address {
        /// The address.
        endpoint: String,
        /// What is wrong with it.
        why: String,
    },
    /// More bytes came than an answer may have.
    #[error("the answer is larger than {limit} bytes; raise the limit or ask for a shorter answer")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// Something came that is no answer of this wire format.
    #[error(
        "{endpoint} does not speak the expected format: it answered {excerpt:?}; check the address of the endpoint"
    )]
    NotJson {
        /// The address.
        endpoint: String,
        /// The first words of what came.
        excerpt: String,
    },
    /// The document does not fit the model's context.
    #[error("the request is longer than {model} can read: {detail}; lower the window size")]
    ContextTooLong {
        /// The engine's name.
        model: String,
        /// The provider's words.
        detail: String,
    },
    /// The provider does not take the request as it is.
    #[error("the provider does not take the request (status {status}): {detail}")]
    BadRequest {
        /// The HTTP status.
        status: u16,
        /// The provider's words.
        detail: String,
    },
    /// The answer is marked as that of another request.
    #[error("the answer belongs to request {got:?}, not to {sent:?}; nothing of it was used")]
    WrongId {
        /// The id sent.
        sent: String,
        /// The id that came back.
        got: String,
    },
    /// Every attempt failed in a way that may pass.
    #[error("no answer after {attempts} attempts, the last: {last}; run the command again later")]
    Exhausted {
        /// How many were made.
        attempts: u32,
        /// What became of the last one.
        last: String,
    },
    /// The time for the whole question ran out.
    #[error("no answer within {seconds} seconds and {attempts} attempts, the last: {last}")]
    Deadline {
        /// The limit.
        seconds: u64,
        /// Attempts made.
        attempts: u32,
        /// What became of the last one.
        last: String,
    },
    /// The ledger does not let a request be sent, such as for want of budget. Nothing was sent.
    #[error("{0}")]
    Stopped(SinkError),
    /// The ledger could not write an attempt down; its answer is not used.
    #[error("cannot record a call: {0}")]
    Ledger(SinkError),
    /// The provider has no batch interface.
    #[error("{provider} has no batch interface; run without --batch")]
    NoBatch {
        /// The provider.
        provider: String,
    },
}

impl AskError {
    /// Whether every other question would fail in the same way, so that a run had better stop than mark its documents failed.
    pub const fn stops_the_run(&self) -> bool {
        matches!(
            self,
            Self::MissingKey { .. }
                | Self::KeyRejected { .. }
                | Self::NoCredit { .. }
                | Self::UnknownModel { .. }
                | Self::Unreachable { .. }
                | Self::Unsure { .. }
                | Self::Address { .. }
                | Self::NotJson { .. }
                | Self::Stopped(_)
                | Self::Ledger(_)
                | Self::NoBatch { .. }
        )
    }
}
