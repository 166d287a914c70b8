//! Numbers for a whole text and one role: what its likeliest names are like and what the text speaks of. They decide
//! whether the role is filled at all and of which types its holders are.

use super::candidates::Reading;
use super::features::{self, DOCUMENT};
use super::lexicon::HEADS;
use super::wording;

/// Words whose frequency tells who builds, uses or bears AI; single words only.
const WORDS: &[&str] = &[
    "developer",
    "developers",
    "deployer",
    "deployers",
    "develop",
    "develops",
    "deploy",
    "deploys",
    "use",
    "uses",
    "using",
    "user",
    "users",
    "procure",
    "procurement",
    "acquire",
    "acquisition",
    "agency",
    "agencies",
    "department",
    "federal",
    "state",
    "secretary",
    "director",
    "research",
    "grant",
    "grants",
    "pilot",
    "weapon",
    "weapons",
    "military",
    "defense",
    "vehicle",
    "vehicles",
    "platform",
    "platforms",
    "provider",
    "providers",
    "service",
    "company",
    "companies",
    "employer",
    "employers",
    "consumer",
    "consumers",
    "candidate",
    "election",
    "deepfake",
    "intimate",
    "image",
    "person",
    "individual",
    "we",
    "our",
    "customers",
    "model",
    "models",
    "frontier",
    "students",
    "school",
    "training",
    "workforce",
    "health",
    "insurer",
    "patients",
    "cloud",
    "data",
    "semiconductor",
    "export",
    "copyright",
    "plaintiff",
    "court",
    "attorney",
    "penalty",
    "report",
    "committee",
    "commission",
    "study",
    "task",
    "council",
    "strategy",
    "guidance",
    "standards",
    "procedures",
    "employees",
    "staff",
    "policy",
    "city",
    "systems",
];

const FRAMES: usize = super::frames::COUNT;
const CHOSEN: usize = 4;

/// Number of features.
pub(super) const COUNT: usize = DOCUMENT + WORDS.len() + HEADS.len() * 2 + FRAMES + CHOSEN * 4 + 3;

/// Features common to the roles of one text.
#[derive(Debug)]
pub(super) struct Overview {
    common: Vec<f32>,
}

impl Overview {
    pub(super) fn new(reading: &Reading<'_>) -> Self {
        let mut common = features::document(reading).to_vec();
        let words = reading.words.tokens.len().max(1) as f32;
        let mut counts = vec![0.0_f32; WORDS.len()];
        let index = wording::positions(WORDS);
        let mut heads = vec![0.0_f32; HEADS.len()];
        for (at, token) in reading.words.tokens.iter().enumerate() {
            if token.head > 0 {
                heads[usize::from(token.head) - 1] += 1.0;
            }
            if token.is_word()
                && let Some(position) = index.get(reading.words.word(at))
            {
                counts[*position] += 1.0;
            }
        }
        common.extend(counts.iter().chain(&heads).map(|c| c * 1000.0 / words));
        Self { common }
    }

    /// The row of one role: `scores` holds each candidate's probability for every role.
    pub(super) fn row(
        &self,
        reading: &Reading<'_>,
        rows: &[Vec<f32>],
        scores: &[Vec<f32>],
        role: usize,
    ) -> Vec<f32> {
        let mut row = self.common.clone();
        let mut heads = vec![0.0_f32; HEADS.len()];
        let mut frames = vec![0.0_f32; FRAMES];
        let (mut capital, mut total, mut listed) = (0.0, 0.0, 0.0);
        for (index, candidate) in reading.candidates.iter().enumerate() {
            let p = scores[index][role];
            if p < 0.02 {
                continue;
            }
            total += p;
            capital += if candidate.mentions.iter().any(|m| m.capital) { p } else { 0.0 };
            listed += if candidate.mentions.iter().any(|m| m.alone) { p } else { 0.0 };
            if candidate.head > 0 {
                heads[usize::from(candidate.head) - 1] += p;
            }
            for (sum, value) in frames.iter_mut().zip(&rows[index]) {
                *sum += p * value.min(4.0);
            }
        }
        row.extend(heads);
        row.extend(frames);
        for other in 0..scores.first().map_or(0, Vec::len).min(4) {
            let mut best: Vec<f32> = scores.iter().map(|s| s[other]).collect();
            best.sort_by(|a, b| b.total_cmp(a));
            best.resize(CHOSEN, 0.0);
            row.extend(best);
        }
        row.resize(COUNT - 3, 0.0);
        row.extend([capital, total, listed]);
        row
    }
}
