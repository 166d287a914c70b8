//! What an endpoint turned out not to understand, remembered so that it is asked once only.

use std::sync::atomic::{AtomicU8, Ordering};

/// How the shape of the answer is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Form {
    /// By the schema.
    Schema,
    /// As any JSON object (for Anthropic: as the input of a tool), with the schema in words.
    Object,
    /// In words only.
    Words,
}

/// What to leave out for an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) form: Form,
    /// Whether temperature and seed are sent.
    pub(crate) sampling: bool,
}

/// The dialect of one endpoint, as learned so far by all tasks.
#[derive(Debug, Default)]
pub(crate) struct Learned(AtomicU8);

const FORM: u8 = 3;
const NO_SAMPLING: u8 = 4;

impl Dialect {
    pub(crate) const FULL: Self = Self { form: Form::Schema, sampling: true };

    /// A plainer dialect, if `words` of a refusal name something that this one sends.
    pub(crate) fn without(self, words: &str) -> Option<Self> {
        let words = words.to_lowercase();
        let names = |list: &[&str]| list.iter().any(|word| words.contains(word));
        if self.sampling && names(&["temperature", "seed", "sampling"]) {
            return Some(Self { sampling: false, ..self });
        }
        let schema = [
            "response_format",
            "json_schema",
            "json_object",
            "response_schema",
            "responseschema",
            "response_mime_type",
            "responsemimetype",
            "output_config",
            "text.format",
            "structured output",
            "structured_output",
            "grammar",
            "tool_choice",
            "schema",
        ];
        if !names(&schema) {
            return None;
        }
        match self.form {
            Form::Schema => Some(Self { form: Form::Object, ..self }),
            Form::Object => Some(Self { form: Form::Words, ..self }),
            Form::Words => None,
        }
    }
}

impl Learned {
    pub(crate) fn dialect(&self) -> Dialect {
        let bits = self.0.load(Ordering::Relaxed);
        let form = match bits & FORM {
            0 => Form::Schema,
            1 => Form::Object,
            _ => Form::Words,
        };
        Dialect { form, sampling: bits & NO_SAMPLING == 0 }
    }

    /// Remembers that no more than `dialect` is understood.
    pub(crate) fn remember(&self, dialect: Dialect) {
        let sampling = if dialect.sampling { 0 } else { NO_SAMPLING };
        self.0.fetch_max(
            dialect.form as u8 | sampling | (self.0.load(Ordering::Relaxed) & NO_SAMPLING),
            Ordering::Relaxed,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_make_the_dialect_plainer_step_by_step() {
        let first = Dialect::FULL.without("'response_format' of type json_schema is not supported").unwrap();
        assert_eq!(first, Dialect { form: Form::Object, sampling: true });
        let second = first.without("Unsupported parameter: response_format").unwrap();
        assert_eq!(second.form, Form::Words);
        assert_eq!(second.without("response_format"), None);
        assert_eq!(Dialect::FULL.without("messages must not be empty"), None);
        let cool = Dialect::FULL.without("`temperature` is not supported with this model").unwrap();
        assert_eq!(cool, Dialect { form: Form::Schema, sampling: false });
        let learned = Learned::default();
        assert_eq!(learned.dialect(), Dialect::FULL);
        learned.remember(cool);
        learned.remember(Dialect { form: Form::Object, ..cool });
        learned.remember(cool);
        assert_eq!(learned.dialect(), Dialect { form: Form::Object, sampling: false });
    }
}
