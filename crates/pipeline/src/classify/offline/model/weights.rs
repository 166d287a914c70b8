//! All that training leaves behind, and its file form.

use lacuna_domain::sha256_hex;

use super::super::coverage::Coverage;
use super::bytes::{Malformed, Reader, Writer};
use super::stack::Stack;
use super::table::Table;

const MAGIC: &str = "lacuna-offline-weights-3";

/// A trained model of the built-in engine. Holds hashes of words and word pairs, never the words.
#[derive(Clone, Debug, Default)]
pub struct Weights {
    /// Id of the codebook it was trained for.
    pub(crate) codebook: String,
    /// Names, scales and order of the codes it speaks to.
    pub(crate) signature: String,
    /// ISO 639-1 codes of the languages of the training texts, with spaces between.
    pub(crate) language: String,
    /// Kinds and lengths of the training texts.
    pub(crate) coverage: Coverage,
    /// Sentences → margins per output.
    pub(crate) sentence: Table,
    /// Classes of words in sentences → margins per output of the model of classes.
    pub(crate) classes: Table,
    /// Documents → margins per output.
    pub(crate) document: Table,
    /// Second stage per dimension.
    pub(crate) stacks: Vec<Stack>,
}

impl Weights {
    /// The file form; the same weights give the same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut to = Writer::default();
        for text in [MAGIC, &self.codebook, &self.signature, &self.language] {
            to.text(text);
        }
        self.coverage.write(&mut to);
        self.sentence.write(&mut to);
        self.classes.write(&mut to);
        self.document.write(&mut to);
        to.u32(self.stacks.len() as u32);
        for stack in &self.stacks {
            stack.write(&mut to);
        }
        to.0
    }

    /// Reads the file form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut from = Reader(bytes);
        if from.text()? != MAGIC {
            return Err(Malformed);
        }
        let (codebook, signature, language) = (from.text()?, from.text()?, from.text()?);
        let coverage = Coverage::read(&mut from)?;
        let sentence = Table::read(&mut from)?;
        let (classes, document) = (Table::read(&mut from)?, Table::read(&mut from)?);
        let count = from.u32()?;
        let stacks = (0..count).map(|_| Stack::read(&mut from)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { codebook, signature, language, coverage, sentence, classes, document, stacks })
    }

    /// SHA-256 of the file form; part of the run's id.
    pub fn hash(&self) -> String {
        sha256_hex(&self.to_bytes())
    }
}
