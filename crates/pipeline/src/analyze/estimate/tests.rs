//! Values of ppi-python 0.2.3 and of the papers' formulas, and coverage by simulation.

use super::*;
use crate::analyze::agreement::bootstrap::Random;

const PEOPLE: [f64; 10] = [1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0];
const MACHINE: [f64; 10] = [1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0];

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 5e-7
}

#[test]
fn prediction_powered_estimates_are_those_of_ppi_python() {
    let labelled: Vec<(f64, f64)> = PEOPLE.into_iter().zip(MACHINE).collect();
    let unlabelled: Vec<f64> = (0..100).map(|i| if i < 57 { 1.0 } else { 0.0 }).collect();
    let classical = prediction_powered(&labelled, &unlabelled, Some(1.0)).unwrap();
    assert!(close(classical.value, 0.57) && close(classical.standard_error, 0.149_836_6), "{classical:?}");
    assert!(close(classical.low, 0.276_325_7) && close(classical.high, 0.863_674_3), "{classical:?}");
    let people = prediction_powered(&labelled, &unlabelled, Some(0.0)).unwrap();
    assert!(close(people.value, 0.6) && close(people.low, 0.296_363_7), "{people:?}");
    assert!(close(people.high, 0.903_636_3), "{people:?}");
    let tuned = prediction_powered(&labelled, &unlabelled, None).unwrap();
    assert!(close(tuned.value, 0.584_539_0), "{tuned:?}");
    assert!(close(tuned.low, 0.332_051_9) && close(tuned.high, 0.837_026_1), "{tuned:?}");
}

#[test]
fn corrected_values_are_those_of_the_formula() {
    let machine = [1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
    let probability = [0.5, 0.5, 0.25, 0.25, 0.5, 0.5, 0.25, 0.25];
    let people = [Some(1.0), None, Some(0.0), None, Some(1.0), None, None, Some(0.0)];
    let units: Vec<Unit> = (0..8)
        .map(|i| Unit { machine: machine[i], probability: probability[i], people: people[i] })
        .collect();
    assert_eq!(pseudo_outcomes(&units), [1.0, 1.0, -3.0, 0.0, 2.0, 0.0, 1.0, 0.0]);
    let found = design_based(&units).unwrap();
    assert!(close(found.value, 0.25) && close(found.standard_error, 0.526_104_3), "{found:?}");
}

/// One collection: a fifth of 1,000 documents speak of the subject, the machine finds 92 of 100 of them and says so
/// wrongly of 12 of 100 others, and is less sure where it errs. About 100 documents are read by people.
fn collection(random: &mut Random) -> Vec<Unit> {
    let mut truth = Vec::new();
    let (mut machine, mut sure) = (Vec::new(), Vec::new());
    for _ in 0..1_000 {
        let yes = random.unit() < 0.2;
        let says = random.unit() < if yes { 0.92 } else { 0.12 };
        truth.push(f64::from(u8::from(yes)));
        machine.push(f64::from(u8::from(says)));
        sure.push(if yes == says { 0.7 + 0.3 * random.unit() } else { 0.4 + 0.5 * random.unit() });
    }
    let chances = by_confidence(&sure, 100, 0.3, 0.02);
    (0..1_000)
        .map(|i| Unit {
            machine: machine[i],
            probability: chances[i],
            people: (random.unit() < chances[i]).then_some(truth[i]),
        })
        .collect()
}

#[test]
fn nominal_intervals_cover_the_truth_and_the_naive_ones_almost_never_do() {
    let mut random = Random(20_261_127);
    let runs = 2_000;
    let (mut corrected, mut powered, mut naively) = (0, 0, 0);
    for _ in 0..runs {
        let units = collection(&mut random);
        let covers = |found: Estimated| i32::from(found.low <= 0.2 && 0.2 <= found.high);
        corrected += covers(design_based(&units).unwrap());
        naively += covers(naive(&units).unwrap());
        // A simple sample of 100 for the prediction-powered form.
        let labelled: Vec<(f64, f64)> = (0..100)
            .map(|_| {
                let yes = random.unit() < 0.2;
                let says = random.unit() < if yes { 0.92 } else { 0.12 };
                (f64::from(u8::from(yes)), f64::from(u8::from(says)))
            })
            .collect();
        let unlabelled: Vec<f64> = units.iter().map(|unit| unit.machine).collect();
        powered += covers(prediction_powered(&labelled, &unlabelled, Some(1.0)).unwrap());
    }
    let share = |count: i32| f64::from(count) / f64::from(runs);
    println!(
        "coverage: design-based {}, prediction-powered {}, naive {}",
        share(corrected),
        share(powered),
        share(naively)
    );
    assert!((0.93..=0.97).contains(&share(corrected)), "{}", share(corrected));
    assert!((0.93..=0.97).contains(&share(powered)), "{}", share(powered));
    assert!(share(naively) < 0.01, "{}", share(naively));
}

/// The same through what the product does: the documents are drawn as `lacuna sample` draws them, and the estimates are
/// made of counts, for each design; shorter, since each collection is counted three times.
#[test]
fn the_designs_as_they_are_drawn_cover_too() {
    use crate::review::sample::{Candidate, Design, draw};
    let mut random = Random(4_711);
    let designs = [Design::Simple, Design::Stratified, Design::Confidence];
    let runs = 1_000;
    let (mut covered, mut powered, mut naively, mut width) = ([0; 3], 0, 0, [0.0; 3]);
    for run in 0..runs {
        let mut truth = Vec::new();
        let frame: Vec<Candidate> = (0..1_000_u32)
            .map(|at| {
                let yes = random.unit() < 0.2;
                let says = random.unit() < if yes { 0.92 } else { 0.12 };
                truth.push((says, yes));
                let sure = if yes == says { 0.7 + 0.3 * random.unit() } else { 0.4 + 0.5 * random.unit() };
                let positives = usize::from(says) * 3 + random.below(10);
                let document = format!("agora:{at}").parse().unwrap();
                Candidate { document, positives, confidence: sure, doubt: 0.0, reasons: vec![] }
            })
            .collect();
        let number = |yes: bool| f64::from(u8::from(yes));
        let covers = |found: Estimated| i32::from(found.low <= 0.2 && 0.2 <= found.high);
        for (at, design) in designs.into_iter().enumerate() {
            let mut counted = Counted { read: vec![], yes: 0, rest: 0 };
            for (unit, (says, yes)) in draw(&frame, design, 100, run).iter().zip(&truth) {
                if unit.drawn {
                    let (machine, people) = (number(*says), Some(number(*yes)));
                    counted.read.push(Unit { machine, probability: unit.probability, people });
                } else {
                    counted.rest += 1;
                    counted.yes += u64::from(*says);
                }
            }
            let found = counted.design_based().unwrap();
            covered[at] += covers(found);
            width[at] += (found.high - found.low) / runs as f64;
            if design == Design::Simple {
                powered += covers(counted.prediction_powered().unwrap());
                naively += covers(counted.naive().unwrap());
            }
        }
    }
    let share = |count: i32| f64::from(count) / runs as f64;
    println!("coverage {:?}, prediction-powered {}, width {width:?}", covered.map(share), share(powered));
    for count in covered.into_iter().chain([powered]) {
        assert!((0.93..=0.97).contains(&share(count)), "{covered:?} {powered}");
    }
    assert!(share(naively) < 0.01, "{naively}");
    // People alone, with 100 read, would have an interval of 0.156.
    assert!(width.iter().all(|width| *width < 0.156), "{width:?}");
}

#[test]
fn counting_the_documents_that_nobody_read_changes_no_estimate() {
    let mut random = Random(3);
    let units = collection(&mut random);
    let (read, rest): (Vec<Unit>, Vec<Unit>) = units.iter().partition(|unit| unit.people.is_some());
    let yes = rest.iter().filter(|unit| unit.machine > 0.0).count() as u64;
    let counted = Counted { read: read.clone(), yes, rest: rest.len() as u64 };
    let same = |a: Option<Estimated>, b: Option<Estimated>| {
        let (a, b) = (a.unwrap(), b.unwrap());
        assert!((a.value - b.value).abs() < 1e-12 && (a.standard_error - b.standard_error).abs() < 1e-12);
    };
    same(counted.naive(), naive(&units));
    same(counted.design_based(), design_based(&units));
    let labelled: Vec<(f64, f64)> = read.iter().map(|u| (u.people.unwrap(), u.machine)).collect();
    let unlabelled: Vec<f64> = rest.iter().map(|u| u.machine).collect();
    same(counted.prediction_powered(), prediction_powered(&labelled, &unlabelled, Some(1.0)));
    assert_eq!(Counted { read: vec![], yes: 0, rest: 1 }.naive(), None, "one document has no spread");
}

#[test]
fn chances_add_up_to_what_was_asked_for() {
    let chances = by_confidence(&[0.99, 0.9, 0.5, 0.6], 2, 0.2, 0.05);
    assert!(chances.iter().all(|p| (0.05..=1.0).contains(p)));
    assert!(chances[2] > chances[0]);
    assert!((chances.iter().sum::<f64>() - 2.0).abs() < 0.2, "{chances:?}");
}
