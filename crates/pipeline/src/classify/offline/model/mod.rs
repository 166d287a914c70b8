//! The trained model: what it sees ([`features`]), its two stages ([`table`] and [`evidence`], then [`stack`]), and
//! what it says of a text ([`predict`]).

pub(crate) mod bytes;
pub(crate) mod evidence;
pub(crate) mod features;
pub(crate) mod layout;
pub(crate) mod predict;
pub(crate) mod stack;
pub(crate) mod table;
pub(crate) mod weights;

pub use weights::Weights;
