//! Recorded answers: written beside a run, played back without a key.
//!
//! A folder holds `recording.json` and `answers/TEXT.STEP.json`, one file for each question about a text. An answer
//! carries the hash of its question and is played back for that question only; an answer written by hand has none.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use lacuna_domain::TextId;
use lacuna_llm::{Model, Request, Stop};
use serde::{Deserialize, Serialize};

use super::dialogue::Reply;
use super::prompt::PromptSettings;

const ABOUT: &str = "recording.json";
const ANSWERS: &str = "answers";

/// What a folder of answers says of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// Name in the run's configuration.
    pub engine: String,
    /// The model that answered, or stands for whoever did.
    pub model: Model,
    /// Where the answers come from, for readers.
    pub about: String,
    /// Answers to each question.
    pub samples: u32,
    /// Seed of the order of codes.
    pub permute: Option<u64>,
    /// Whether narratives were asked for.
    pub narratives: bool,
    /// Tokens beyond which a text was coded in windows.
    pub window_tokens: u64,
    /// Longest answer.
    pub max_output_tokens: u32,
    /// Sampling temperature.
    pub temperature: Option<f32>,
}

impl Recording {
    /// The description of answers to questions under `settings`.
    pub fn new(engine: String, model: Model, about: String, samples: u32, settings: &PromptSettings) -> Self {
        let PromptSettings { permute, narratives, window_tokens, max_output_tokens, temperature } = *settings;
        Self {
            engine,
            model,
            about,
            samples,
            permute,
            narratives,
            window_tokens,
            max_output_tokens,
            temperature,
        }
    }

    /// The settings under which the questions were asked.
    pub const fn settings(&self) -> PromptSettings {
        PromptSettings {
            permute: self.permute,
            narratives: self.narratives,
            window_tokens: self.window_tokens,
            max_output_tokens: self.max_output_tokens,
            temperature: self.temperature,
        }
    }
}

/// One answer, as its file holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Recorded {
    text: TextId,
    step: String,
    /// Hash of the question; `None` for an answer written by hand.
    request: Option<String>,
    stop: Stop,
    answer: String,
}

/// Why recorded answers cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The folder or a file in it cannot be read or written.
    #[error("cannot use the recording {}: {source}; name a folder that --record wrote", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is no recording.
    #[error("{} is no recording: {reason}", path.display())]
    Malformed {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The folder holds another run's answers.
    #[error("{} holds answers of another engine or other settings; record into another folder", .0.display())]
    Other(PathBuf),
}

/// A folder of recorded answers, ready to be played back.
#[derive(Debug)]
pub struct Replay {
    about: Recording,
    answers: BTreeMap<(TextId, String), Recorded>,
}

impl Replay {
    /// Reads the folder.
    pub fn open(folder: &Path) -> Result<Self, ReplayError> {
        let about = read(&folder.join(ABOUT))?;
        let inside = folder.join(ANSWERS);
        let fail = |source| ReplayError::Io { path: inside.clone(), source };
        let mut paths: Vec<PathBuf> = Vec::new();
        for entry in fs::read_dir(&inside).map_err(fail)? {
            paths.push(entry.map_err(fail)?.path());
        }
        paths.sort();
        let mut files = Vec::new();
        for path in paths.iter().filter(|path| path.extension().is_some_and(|e| e == "json")) {
            files.push(read::<Recorded>(path)?);
        }
        Ok(Self::of(about, files))
    }

    /// Recorded answers from the texts of their files: `recording.json`, then one for each answer.
    pub fn from_files(about: &str, answers: impl IntoIterator<Item = String>) -> Result<Self, ReplayError> {
        let malformed = |error: serde_json::Error| ReplayError::Malformed {
            path: PathBuf::from(ANSWERS),
            reason: error.to_string(),
        };
        let about = serde_json::from_str(about).map_err(malformed)?;
        let answers: Result<Vec<Recorded>, _> =
            answers.into_iter().map(|text| serde_json::from_str(&text)).collect();
        Ok(Self::of(about, answers.map_err(malformed)?))
    }

    fn of(about: Recording, answers: Vec<Recorded>) -> Self {
        let answers = answers.into_iter().map(|a| ((a.text.clone(), a.step.clone()), a)).collect();
        Self { about, answers }
    }

    /// What the recording says of itself.
    pub const fn about(&self) -> &Recording {
        &self.about
    }

    pub(super) fn engine(&self) -> &str {
        &self.about.engine
    }

    pub(super) const fn model(&self) -> &Model {
        &self.about.model
    }

    /// The recorded answer to a question, or why there is none.
    pub(super) fn answer(&self, text: &TextId, step: &str, request: &Request) -> Result<Reply, String> {
        let key = (text.clone(), step.to_owned());
        let Some(recorded) = self.answers.get(&key) else {
            return Err(format!("the recording holds no answer to question {step} about this text"));
        };
        let asked = request.hash(&self.about.model);
        if recorded.request.as_deref().is_some_and(|hash| hash != asked.as_str()) {
            return Err(format!(
                "the recorded answer to question {step} was given under another prompt, codebook or version; record again"
            ));
        }
        Ok(Reply { text: recorded.answer.clone(), stop: recorded.stop.clone() })
    }
}

/// Writes answers into a folder while a run goes on.
#[derive(Debug)]
pub(super) struct Recorder {
    folder: PathBuf,
    model: Model,
}

impl Recorder {
    /// Makes the folder, or goes on with one of the same recording.
    pub(super) fn open(folder: &Path, about: &Recording) -> Result<Self, ReplayError> {
        let inside = folder.join(ANSWERS);
        fs::create_dir_all(&inside).map_err(|source| ReplayError::Io { path: inside.clone(), source })?;
        let path = folder.join(ABOUT);
        if path.exists() {
            if read::<Recording>(&path)? != *about {
                return Err(ReplayError::Other(folder.to_owned()));
            }
        } else {
            write(&path, about)?;
        }
        Ok(Self { folder: folder.to_owned(), model: about.model.clone() })
    }

    /// Writes one answer, whole or not at all.
    pub(super) fn keep(
        &self,
        text: &TextId,
        step: &str,
        request: &Request,
        reply: &Reply,
    ) -> Result<(), ReplayError> {
        let name: String = step.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let path = self.folder.join(ANSWERS).join(format!("{}.{name}.json", text.short()));
        let recorded = Recorded {
            text: text.clone(),
            step: step.to_owned(),
            request: Some(request.hash(&self.model).to_string()),
            stop: reply.stop.clone(),
            answer: reply.text.clone(),
        };
        write(&path, &recorded)
    }
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, ReplayError> {
    let text =
        fs::read_to_string(path).map_err(|source| ReplayError::Io { path: path.to_owned(), source })?;
    serde_json::from_str(&text)
        .map_err(|error| ReplayError::Malformed { path: path.to_owned(), reason: error.to_string() })
}

fn write<T: Serialize>(path: &Path, value: &T) -> Result<(), ReplayError> {
    let fail = |source| ReplayError::Io { path: path.to_owned(), source };
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| ReplayError::Malformed { path: path.to_owned(), reason: error.to_string() })?;
    let beside = path.with_extension("part");
    fs::write(&beside, text + "\n").map_err(fail)?;
    fs::rename(&beside, path).map_err(fail)
}
