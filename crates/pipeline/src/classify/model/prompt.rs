//! What is asked of a model, complete: the blocks of each question in the order in which prompt caching pays.

use std::sync::Arc;

use lacuna_domain::hash::sha256_parts;
use lacuna_domain::{Codebook, Passage};
use lacuna_llm::{Block, Request, Schema, tokens};

use super::addressed::Addressed;
use super::schema::schema;
use super::sheet::sheet;
use super::template::{self, fill};
use super::view;
use super::windows::{Window, windows};

/// What can be set about the questions; all of it goes into the run's id.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PromptSettings {
    /// Draws the order of dimensions and codes; `None` for the codebook's own.
    pub permute: Option<u64>,
    /// Asks for a narrative of each dimension too.
    pub narratives: bool,
    /// A text of more tokens than this is coded in windows.
    pub window_tokens: u64,
    /// The longest answer, in tokens.
    pub max_output_tokens: u32,
    /// Sampling temperature; `None` leaves the model's own.
    pub temperature: Option<f32>,
}

impl Default for PromptSettings {
    fn default() -> Self {
        Self {
            permute: None,
            narratives: false,
            window_tokens: 60_000,
            max_output_tokens: 8_000,
            temperature: None,
        }
    }
}

/// A prompt for one codebook, ready for any text.
#[derive(Clone, Debug)]
pub struct Prompt {
    codebook: Arc<Codebook>,
    settings: PromptSettings,
    system: Vec<Block>,
    schema: Schema,
    hash: String,
}

/// A text as it is put to a model.
#[derive(Debug)]
pub(super) struct Sheet<'t> {
    pub(super) text: &'t str,
    pub(super) passages: &'t [Passage],
    pub(super) addressed: Addressed,
    pub(super) windows: Vec<Window>,
    fence: String,
}

impl Prompt {
    /// Writes the prompt for `codebook`.
    pub fn new(codebook: Arc<Codebook>, settings: PromptSettings) -> Self {
        let sheet = sheet(&codebook, settings.permute);
        let summaries = if settings.narratives { template::SUMMARIES } else { "" };
        let form = format!("{}{summaries}", template::FORM);
        let coding = fill(template::CODING, &[("form", &form), ("codebook", &sheet)]);
        let schema = Schema::new("coding", schema(&codebook, settings.narratives));
        let numbers = format!("{settings:?}");
        let mut parts: Vec<&[u8]> = template::ALL.iter().map(|text| text.as_bytes()).collect();
        parts.extend([coding.as_bytes(), schema.text().as_bytes(), numbers.as_bytes()]);
        let hash = sha256_parts(&parts);
        Self { codebook, settings, system: vec![Block::cached(coding)], schema, hash }
    }

    /// Content address of everything that decides what is asked besides the text: templates, codebook, schema, settings.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The settings.
    pub const fn settings(&self) -> &PromptSettings {
        &self.settings
    }

    /// The codebook.
    pub fn codebook(&self) -> &Arc<Codebook> {
        &self.codebook
    }

    /// The first questions about a text: one, or one for each window of a long text. `samples` answers will be asked
    /// of each, so the text itself is worth caching when they are several.
    pub fn questions(&self, text: &str, passages: &[Passage], samples: u32) -> Vec<Request> {
        let sheet = self.lay_out(text, passages);
        (0..sheet.windows.len()).map(|window| self.first(&sheet, window, samples, None)).collect()
    }

    pub(super) fn lay_out<'t>(&self, text: &'t str, passages: &'t [Passage]) -> Sheet<'t> {
        let addressed = Addressed::find(text, passages);
        let windows = windows(text, passages, &addressed, self.settings.window_tokens, tokens::estimate);
        Sheet { text, passages, addressed, windows, fence: view::fence(text) }
    }

    pub(super) fn first(&self, sheet: &Sheet<'_>, window: usize, samples: u32, seed: Option<u64>) -> Request {
        let count = sheet.windows.len().to_string();
        let Some(Window { passages, carried }) = sheet.windows.get(window) else {
            return self.request(vec![], seed);
        };
        let shown = view::passages_shown(sheet.text, &sheet.passages[passages.clone()], &sheet.addressed);
        let number = (window + 1).to_string();
        let (place, document) = if sheet.windows.len() > 1 {
            let values = [("part", number.as_str()), ("parts", &count), ("carried", "")];
            let place = format!("{}\n\n", fill(template::WINDOW, &values).trim_end());
            (place, format!("{}\n{}", carried.trim_end(), shown.trim()))
        } else {
            (String::new(), shown.trim().to_owned())
        };
        let values = [("place", place.as_str()), ("fence", &sheet.fence), ("document", &document)];
        let document = Block::new(fill(template::DOCUMENT, &values)).with_cache(samples > 1);
        self.request(vec![document, Self::question(sheet)], seed)
    }

    fn question(sheet: &Sheet<'_>) -> Block {
        Block::new(fill(template::QUESTION, &[("fence", &sheet.fence)]))
    }

    /// Settles a long text from the passages quoted in its windows.
    pub(super) fn adjudicate(&self, sheet: &Sheet<'_>, passages: &str, seed: Option<u64>) -> Request {
        let parts = sheet.windows.len().to_string();
        let values = [("parts", parts.as_str()), ("fence", &sheet.fence), ("passages", passages)];
        self.request(vec![Block::new(fill(template::ADJUDICATE, &values))], seed)
    }

    /// Asks `request` again after an answer that cannot be used.
    pub(super) fn repair_form(request: &Request, problems: &[String], raw: &str) -> Request {
        let problems = problems.iter().map(|p| format!("- {p}")).collect::<Vec<_>>().join("\n");
        let beginning: String = raw.chars().take(200).collect();
        let beginning = serde_json::Value::String(beginning).to_string();
        let values = [("problems", problems.as_str()), ("beginning", &beginning)];
        let mut again = request.clone();
        again.user.push(Block::new(fill(template::REPAIR_FORM, &values)));
        again
    }

    /// Asks for other evidence of the claims listed.
    pub(super) fn repair_evidence(request: &Request, sheet: &Sheet<'_>, claims: &str) -> Request {
        let mut again = request.clone();
        let values = [("claims", claims), ("fence", sheet.fence.as_str())];
        again.user.push(Block::new(fill(template::REPAIR_EVIDENCE, &values)));
        again
    }

    fn request(&self, user: Vec<Block>, seed: Option<u64>) -> Request {
        Request {
            system: self.system.clone(),
            user,
            schema: self.schema.clone(),
            max_output_tokens: self.settings.max_output_tokens,
            temperature: self.settings.temperature,
            seed,
        }
    }
}
