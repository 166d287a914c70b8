//! How much longer pages take over a large store than over a small one.

use super::super::report::Report;
use super::{GROWTH, LARGE, SMALL};

/// A kind of page and how often as long it takes, or why that is not known.
pub(super) type Ratio = (&'static str, Result<f64, String>);

/// Puts every ratio into the conditions, and the worst into the report under the key that the size of the store has;
/// the promised one is always said to be there or not. `ratios` are those of a store larger than [`SMALL`].
pub(super) fn tell(docs: usize, ratios: Option<&[Ratio]>, report: &mut Report) {
    let (key, unit, goal) = GROWTH;
    if let Some(ratios) = ratios {
        report.conditions.push(line(ratios));
        let key = if docs >= LARGE { key } else { "growth_from_10k" };
        match worst(ratios) {
            Ok(growth) => report.figure(key, growth, unit, goal),
            Err(why) => report.unmeasured(key, unit, goal, &why),
        }
    }
    if ratios.is_none() || docs < LARGE {
        let why = format!(
            "this run had {docs} documents; `cargo xtask bench explore --only-made --docs {LARGE}` measures it (most \
             of an hour and 12 GB the first time, minutes on the kept store)"
        );
        report.unmeasured(key, unit, goal, &why);
    }
}

fn line(ratios: &[Ratio]) -> String {
    let kinds = ratios.iter().map(|(kind, ratio)| match ratio {
        Ok(ratio) => format!("{kind} {ratio:.1}"),
        Err(_) => format!("{kind} not answered"),
    });
    let kinds: Vec<String> = kinds.collect();
    format!("growth of the time per page from {SMALL} documents by kind, times: {}", kinds.join(", "))
}

/// The worst of all kinds, if each is known: one that was given up may be the worst.
fn worst(ratios: &[Ratio]) -> Result<f64, String> {
    let unanswered = ratios.iter().filter_map(|(kind, ratio)| Some((kind, ratio.as_ref().err()?)));
    let unanswered: Vec<String> = unanswered.map(|(kind, why)| format!("{kind}: {why}")).collect();
    if !unanswered.is_empty() {
        return Err(format!("not every kind of page was answered ({})", unanswered.join("; ")));
    }
    Ok(ratios.iter().filter_map(|(_, ratio)| ratio.as_ref().ok().copied()).fold(0.0, f64::max))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figure_is_the_worst_kind_and_none_where_a_kind_was_given_up() {
        let mut ratios: Vec<Ratio> = vec![("search", Ok(4.0)), ("feed", Ok(17.5)), ("gaps", Ok(2.0))];
        assert_eq!(worst(&ratios), Ok(17.5));
        ratios.push(("actors", Err("the server gave /actors up after 20 s".to_owned())));
        assert!(worst(&ratios).unwrap_err().contains("actors: the server gave /actors up"));
        assert!(line(&ratios).contains("feed 17.5") && line(&ratios).contains("actors not answered"));
    }
}
