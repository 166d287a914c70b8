//! From a choice to a finding: names as written, the sentences that give them the role, and why.

use super::candidates::{Candidate, Mention, Reading, unbroken};
use super::chooser::Choice;
use super::evidence;
use super::finding::Finding;
use super::frames::Frames;
use super::lexicon::flag;
use super::signatories::Signatories;

/// Most quotes of a role.
const QUOTES: usize = 3;
/// Names in a reasoning.
const NAMED: usize = 3;

/// What a role's trained scorer looks for, by role id of the built-in codebook.
fn looked_for(role: &str) -> Option<&'static str> {
    Some(match role {
        "proposer" => {
            "No passage shows who drafts, issues or signs it; looked for an enacting or resolving clause, sponsors, a \
             signature, an issuing body and a list of signatories"
        }
        "target" => {
            "No passage binds or addresses anyone; looked for subjects of shall, must, may not, will and should, and \
             for whom it applies to"
        }
        "enforcer" => {
            "No passage gives anyone power to compel or sanction; looked for civil penalties, injunctions, attorney \
             general, private right of action, orders, suspension and revocation"
        }
        "monitor" => {
            "No passage names anyone who tracks, reports on or evaluates implementation; looked for receivers of \
             reports and briefings, reviews, audits and oversight bodies"
        }
        _ => return None,
    })
}

/// The finding of a trained role.
pub(super) fn finding(reading: &Reading<'_>, role: &str, choice: &Choice, signed: &Signatories) -> Finding {
    let mut finding = Finding { probability: Some(choice.presence), ..Finding::default() };
    let listed =
        !signed.names.is_empty() && (role == "proposer" || (role == "target" && signed.organisations));
    if listed {
        by_signature(reading, signed, &mut finding);
        return finding;
    }
    let mut reasons = Vec::new();
    for &index in &choice.names {
        let candidate = &reading.candidates[index];
        let name = unbroken(reading.name(candidate));
        let Some(mention) = best_mention(reading, candidate, role) else { continue };
        let anchor = mention.start as usize..mention.end as usize;
        if finding.quotes.len() < QUOTES
            && let Some(quote) = evidence::quote(reading, mention.sentence as usize, anchor)
            && !finding.quotes.contains(&quote)
        {
            finding.quotes.push(quote);
        }
        if reasons.len() < NAMED {
            reasons.push(format!("{name} {}", reason(reading, mention)));
        }
        finding.entities.push(name);
    }
    finding.reasoning = if finding.entities.is_empty() {
        looked_for(role).map(|text| format!("{text}."))
    } else {
        Some(format!("{}.", reasons.join("; ")))
    };
    finding
}

fn by_signature(reading: &Reading<'_>, signed: &Signatories, finding: &mut Finding) {
    let text = reading.words.text;
    finding.entities = signed.names.iter().map(|bytes| text[bytes.clone()].trim().to_owned()).collect();
    let first = signed.names.first().map_or(0, |bytes| bytes.start);
    let sentence = reading.sentences.partition_point(|s| s.bytes.end <= first);
    for at in [sentence.saturating_sub(1), sentence] {
        let anchor = reading.sentences.get(at).map_or(first, |s| s.bytes.start);
        if let Some(quote) = evidence::quote(reading, at, anchor..anchor + 1)
            && !finding.quotes.contains(&quote)
        {
            finding.quotes.push(quote);
        }
    }
    finding.reasoning = Some(format!("Named in a list of {} signatories.", signed.names.len()));
    finding.probability = Some(0.9);
}

fn best_mention<'r>(reading: &'r Reading<'_>, candidate: &'r Candidate, role: &str) -> Option<&'r Mention> {
    let short = candidate.short.iter().flat_map(|s| &reading.candidates[*s].mentions);
    let mut best: Option<(i32, &Mention)> = None;
    for mention in candidate.mentions.iter().chain(short).take(200) {
        let value = support(reading, mention, role);
        if best.is_none_or(|(most, _)| value > most) {
            best = Some((value, mention));
        }
    }
    best.map(|(_, mention)| mention)
}

/// How well a mention's sentence shows the role.
fn support(reading: &Reading<'_>, mention: &Mention, role: &str) -> i32 {
    let sentence = &reading.sentences[mention.sentence as usize];
    let frame = |name: &str| i32::from(mention.frames.has(Frames::index(name)));
    let does = |class: &str| i32::from(mention.frames.has(Frames::does(class)));
    let word = |bits: u32| i32::from(sentence.flags & bits != 0);
    let bound = i32::from(mention.frames.is_bound());
    let own = match role {
        "proposer" => {
            6 * frame("by-enacted")
                + 5 * (frame("introduced-bill") + frame("by-introduced") + frame("authority-vested"))
                + 3 * (frame("for-signature") + does("find") + does("issue") + does("urge"))
        }
        "target" => 5 * bound + 4 * (frame("directed") + frame("for-to")) + 3 * frame("to-after-apply"),
        "enforcer" => {
            3 * (word(flag::PENALTY) + word(flag::SUIT) + word(flag::ENFORCEMENT))
                + 4 * (does("enforce") + frame("by-brought"))
                + 2 * bound
        }
        "monitor" => {
            6 * frame("to-after-report")
                + 4 * (does("monitor") + does("report") + does("receive"))
                + 2 * word(flag::REPORTING)
                + bound
        }
        _ => bound,
    };
    let fit = i32::from((5..=60).contains(&sentence.words));
    own * 4 + fit * 2 - i32::from(mention.trailing) * 3 - i32::from(sentence.is_heading) * 3
}

/// The frames of a mention in words.
fn reason(reading: &Reading<'_>, mention: &Mention) -> String {
    const FRAMES: &[(&str, &str)] = &[
        ("by-enacted", "stands in the enacting or resolving clause"),
        ("introduced-bill", "introduces the instrument"),
        ("by-introduced", "introduces the instrument"),
        ("authority-vested", "acts by the authority vested in the office"),
        ("to-after-report", "receives a report, briefing or notice"),
        ("by-brought", "brings or imposes it"),
        ("subject-shall-not", "shall not or must not do something"),
        ("subject-may-not", "may not do something"),
        ("subject-shall", "shall or must do something"),
        ("directed", "is directed to do something"),
        ("for-to", "is the one for whom it is set"),
        ("subject-is-liable", "is liable or subject to something"),
        ("subject-may", "may do something"),
        ("subject-will", "will do something"),
        ("subject-should", "should do something"),
        ("to-after-apply", "is the one to whom it applies"),
        ("with-consult", "is consulted"),
    ];
    let sentence = &reading.sentences[mention.sentence as usize];
    let found = FRAMES.iter().find(|(frame, _)| mention.frames.has(Frames::index(frame)));
    let mut words = found.map_or("is named", |(_, words)| words).to_owned();
    for (bits, context) in [
        (flag::PENALTY, " in a sentence on penalties or violations"),
        (flag::SUIT, " in a sentence on courts or actions"),
        (flag::REPORTING, " in a sentence on reports or reviews"),
    ] {
        if sentence.flags & bits != 0 {
            words.push_str(context);
            break;
        }
    }
    words
}
