//! Stories of the ingest stage, told through its public interface.

#[cfg(test)]
mod agora;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod formats;
#[cfg(test)]
mod made;
#[cfg(test)]
mod shared;
#[cfg(test)]
mod store;
#[cfg(test)]
mod web;
