//! Who answers: a provider's wire format and one of its models.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A wire format and the service that speaks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// Anthropic Messages.
    Anthropic,
    /// OpenAI Responses.
    OpenAi,
    /// OpenAI Chat Completions.
    OpenAiChat,
    /// Gemini `generateContent`.
    Gemini,
    /// Chat Completions as other servers speak it: OpenRouter, vLLM, llama.cpp, Ollama.
    Compat,
}

impl Provider {
    /// The word before the colon in an engine's name.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Anthropic => "anthropic",
            Self::OpenAi => "openai",
            Self::OpenAiChat => "openai-chat",
            Self::Gemini => "gemini",
            Self::Compat => "compat",
        }
    }

    /// The section of the price file that lists this provider's models.
    pub const fn price_section(self) -> &'static str {
        match self {
            Self::OpenAi | Self::OpenAiChat => "openai",
            other => other.word(),
        }
    }

    /// Environment variables that may hold its key, the first that is set wins.
    pub const fn key_variables(self) -> &'static [&'static str] {
        match self {
            Self::Anthropic => &["ANTHROPIC_API_KEY"],
            Self::OpenAi | Self::OpenAiChat => &["OPENAI_API_KEY"],
            Self::Gemini => &["GEMINI_API_KEY", "GOOGLE_API_KEY"],
            Self::Compat => &["LACUNA_COMPAT_API_KEY"],
        }
    }

    /// Whether it answers without a key.
    pub const fn works_without_key(self) -> bool {
        matches!(self, Self::Compat)
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A model of a provider: `anthropic:MODEL`, `openai:MODEL` (Responses), `openai-chat:MODEL`, `gemini:MODEL` or
/// `compat:MODEL@URL`. [`fmt::Display`] gives the same words back.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Model {
    provider: Provider,
    name: String,
    /// Base address; only for [`Provider::Compat`].
    address: Option<String>,
}

/// Why the name of an engine names no model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// No provider is called so.
    #[error(
        "no engine is called {0:?}; write anthropic:MODEL, openai:MODEL, openai-chat:MODEL, gemini:MODEL or compat:MODEL@URL"
    )]
    Provider(String),
    /// The provider is there, the model is not.
    #[error("{0} needs a model's name after the colon, as in {0}:MODEL")]
    Name(Provider),
    /// A compatible endpoint without its address.
    #[error("compat needs an address, as in compat:MODEL@http://localhost:11434/v1")]
    Address,
}

impl Model {
    /// Whose it is.
    pub const fn provider(&self) -> Provider {
        self.provider
    }

    /// The name that the provider knows it by.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where the provider is reached, without a slash at the end.
    pub fn base_address(&self) -> &str {
        match (self.provider, &self.address) {
            (Provider::Anthropic, _) => "https://api.anthropic.com",
            (Provider::OpenAi | Provider::OpenAiChat, _) => "https://api.openai.com/v1",
            (Provider::Gemini, _) => "https://generativelanguage.googleapis.com",
            (Provider::Compat, address) => address.as_deref().unwrap_or_default(),
        }
    }
}

impl FromStr for Model {
    type Err = ModelError;

    fn from_str(text: &str) -> Result<Self, ModelError> {
        let unknown = || ModelError::Provider(text.to_owned());
        let (word, rest) = text.split_once(':').ok_or_else(unknown)?;
        let all =
            [Provider::Anthropic, Provider::OpenAi, Provider::OpenAiChat, Provider::Gemini, Provider::Compat];
        let provider = all.into_iter().find(|provider| provider.word() == word).ok_or_else(unknown)?;
        let (name, address) = match provider {
            Provider::Compat => {
                let at = rest.rfind("@http").ok_or(ModelError::Address)?;
                let address = rest[at + 1..].trim_end_matches('/');
                if !address.starts_with("http://") && !address.starts_with("https://") {
                    return Err(ModelError::Address);
                }
                (&rest[..at], Some(address.to_owned()))
            }
            _ => (rest, None),
        };
        if name.is_empty() || name.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(ModelError::Name(provider));
        }
        Ok(Self { provider, name: name.to_owned(), address })
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.provider, self.name)?;
        self.address.as_ref().map_or(Ok(()), |address| write!(f, "@{address}"))
    }
}

impl TryFrom<String> for Model {
    type Error = ModelError;

    fn try_from(text: String) -> Result<Self, ModelError> {
        text.parse()
    }
}

impl From<Model> for String {
    fn from(model: Model) -> Self {
        model.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back() {
        for name in [
            "anthropic:claude-x",
            "openai:gpt-x",
            "openai-chat:gpt-x",
            "gemini:gemini-x",
            "compat:org/model:free@https://openrouter.example/api/v1",
            "compat:a@b@http://localhost:1/v1",
        ] {
            assert_eq!(name.parse::<Model>().unwrap().to_string(), name);
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert_eq!("claude".parse::<Model>(), Err(ModelError::Provider("claude".to_owned())));
        assert_eq!("anthropic:".parse::<Model>(), Err(ModelError::Name(Provider::Anthropic)));
        assert_eq!("compat:llama".parse::<Model>(), Err(ModelError::Address));
    }
}
