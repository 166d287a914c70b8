use std::fmt::Write as _;

use lacuna_domain::passage::{Kind, Part, heading_path};
use proptest::prelude::*;

use super::*;

/// One line per passage: depth, kind, label, part and the first words.
fn outline(text: &str) -> String {
    let mut out = String::new();
    for p in segment(text) {
        let words: String =
            p.trimmed(text).split_whitespace().collect::<Vec<_>>().join(" ").chars().take(44).collect();
        let kind = match p.kind {
            Kind::Heading => "#",
            Kind::Item => "-",
            Kind::Paragraph => "¶",
            Kind::Table => "|",
        };
        let part = match p.part {
            Part::Front => "front",
            Part::Recital => "recital",
            Part::Definitional => "definition",
            Part::Operative => "",
            Part::Signature => "signature",
        };
        let _ = writeln!(out, "{}{kind} {words} {part}", "  ".repeat(p.level as usize));
    }
    out.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

fn assert_lossless(text: &str) {
    let passages = segment(text);
    let joined: String = passages.iter().map(|p| p.span.slice(text).unwrap()).collect();
    assert_eq!(joined, text);
    for (at, p) in passages.iter().enumerate() {
        assert_eq!(p.index as usize, at);
        let mut last = p.span.start();
        for sentence in &p.sentences {
            assert!(
                sentence.start() >= last && sentence.end() <= p.span.end(),
                "sentence outside or out of order"
            );
            assert_eq!(sentence.slice(text).unwrap().trim(), sentence.slice(text).unwrap());
            last = sentence.end();
        }
        let spoken: usize = p
            .sentences
            .iter()
            .map(|s| s.slice(text).unwrap().split_whitespace().map(str::len).sum::<usize>())
            .sum();
        let all: usize = p.span.slice(text).unwrap().split_whitespace().map(str::len).sum();
        assert_eq!(spoken, all, "words of passage {at} are in no sentence");
        let path = heading_path(&passages, p.index);
        assert!(path.iter().all(|h| *h < p.index && passages[*h as usize].kind == Kind::Heading));
    }
}

const STATUTE: &str = "H. 17\n\nAN ACT relating to automated judgement.\n\nBE IT ENACTED BY THE ASSEMBLY OF VALDOR:\n\n\
SEC. 2. DEFINITIONS.\n    In this Act:\n        (1) Automated judge.--The term ``automated judge'' means a \n\
    machine that decides a claim under section \n    (3) of the Claims Act.\n        (2) Board.--The term ``Board'' means the Board.\n\n\
SEC. 3. DUTIES.\n    (a) In General.--A deployer shall--\n        (1) test each automated judge; and\n        (2) keep \n    a log of--\n\
            (A) each claim; and\n            (B) each of the following:\n                (i) inputs;\n                (ii) outputs.\n    (b) Penalty.--A \n\
deployer that fails pays 10,000 crowns.\n    (c) No fee.\n    (d) No appeal.\n    (e) Notice.\n    (f) Form.\n    (g) Costs.\n    (h) Rules.--The Board shall make rules.\n    (i) Report.--The Board shall report.\n";

#[test]
fn a_statute_becomes_a_tree() {
    assert_lossless(STATUTE);
    insta::assert_snapshot!(outline(STATUTE));
}

#[test]
fn a_regulation_with_chapters_and_articles() {
    let text = "Whereas the Council wishes trust in machines;\n\nTITLE I\nGENERAL PROVISIONS\n\nCHAPTER 1\nScope\n\nArticle 1\nSubject matter\n\n\
1. This Regulation lays down rules for Reg. (EU) No. 3 systems.\n\n2. It applies to providers:\n(a) established in Ostrava;\n(b) elsewhere.\n\nArticle 2\nDefinitions\n\n\
'provider' means a person who builds a system.\n\nCHAPTER 2\nDuties\n\nArticle 3\nLogs\n\nProviders shall keep logs under Article 5 of the Charter.\n\nDone at Ostrava, 3 May 2031.\nFor the Council\n";
    assert_lossless(text);
    insta::assert_snapshot!(outline(text));
}

#[test]
fn a_chinese_instrument() {
    let text = "虚构市人工智能条例\n\n第一章 总则\n第一条 为了规范人工智能服务，制定本条例。\n第二条 本条例所称提供者，是指提供人工智能服务的组织。\n第二章 义务\n第三条 提供者应当：\n（一）记录日志；\n（二）接受检查。\n第四条 违反本条例的，处以罚款。\n";
    assert_lossless(text);
    insta::assert_snapshot!(outline(text));
}

#[test]
fn commitments_with_signatories() {
    let text = "The makers of Tessel see great promise and great risk in thinking machines, and have met in Corvid Bay to say what they will answer for in the years to come.\n\n\
Commitment I: Test before release. We will test every model with outside experts.\nWe will publish the results.\n \nCommitment II: We will keep weights safe.\n\nList of the first companies to sign:\nTessel Works Co., Ltd.\nCorvid Bay Inc.\n";
    assert_lossless(text);
    insta::assert_snapshot!(outline(text));
}

#[test]
fn an_outline_policy_with_markdown_and_bullets() {
    let text = "# Policy on assistants\n\n## 1. Purpose\n\nThis policy guides staff.\n\n## 2. Rules\n\n2.1 Staff Use\n2.1.1 staff shall not enter secrets,\n2.1.2 staff shall check output.\n• First: be kind\nand patient.\n• Second: be brief.\n\n| Role | Duty |\n| --- | --- |\n| Clerk | checks |\n";
    assert_lossless(text);
    insta::assert_snapshot!(outline(text));
}

#[test]
fn wrapped_capitals_are_running_text() {
    let text = "SECTION 1. In the Valdor Code, amend 2-3-17 as follows:\n2-3-17. Definitions. As used in this part, unless the context\notherwise requires:\n(a) \"ENGINE\" MEANS ANY MACHINE THAT, FOR ANY EXPLICIT OR\nIMPLICIT END, INFERS HOW TO MAKE OUTPUTS THAT CAN INFLUENCE\nPLACES.\n(b) \"OWNER\" MEANS A PERSON IN VALDOR.2. Any owner shall report\nto the clerk.\n";
    assert_lossless(text);
    insta::assert_snapshot!(outline(text));
}

#[test]
fn odd_texts_are_cut_without_loss() {
    let unbroken = "no stop anywhere ".repeat(60_000);
    let solid = "x".repeat(400_000);
    let sentences = "The clerk shall file it. ".repeat(40_000);
    for text in [
        "",
        " ",
        "\n\n",
        "\r\n a \r\n\r\n b",
        "هذا نص. وهذا آخر؟ نعم",
        "a\u{2028}(1) b\u{2028}(2) c",
        &unbroken,
        &solid,
        &sentences,
    ] {
        assert_lossless(text);
    }
    assert!(segment(&sentences).iter().all(|p| p.span.len() < 4_000));
    assert_eq!(segment("").len(), 0);
}

#[test]
fn every_text_of_the_archive_is_cut_without_loss() {
    let Some(texts) = crate::shared_data::texts() else { return };
    for (_, text) in &texts {
        assert_lossless(text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn any_text_is_cut_without_loss(text in "(\\PC|[\n\r\t \u{2028}\u{ad}]|\\(a\\)|SEC\\. 1\\.|第一条|。|\\. ){0,400}") {
        assert_lossless(&text);
    }
}
