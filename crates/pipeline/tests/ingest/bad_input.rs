//! Every bad input gets a clear word and stops nothing else.

use std::fmt::Write as _;

use lacuna_domain::progress::Silent;
use lacuna_pipeline::ingest::{ChildProgram, Harvest, Options, Source, read_all};

use crate::made::{Folder, docx, options, paragraph, pdf, pdf_with, zip};

fn harvest(folder: &Folder, options: &Options) -> Harvest {
    read_all(&Source::Path(folder.path().to_path_buf()), options, &Silent).unwrap()
}

/// What is said of a file beside a good one, which must go in.
fn said_of(name: &str, bytes: impl AsRef<[u8]>, options: &Options) -> String {
    let folder = Folder::new().with(name, bytes).with("zz-good.txt", "A deployer shall test the system.");
    let harvest = harvest(&folder, options);
    assert!(harvest.found.iter().any(|found| found.document.id.as_str() == "file:zz-good.txt"));
    let mut said = String::new();
    for noted in &harvest.plan.failed {
        writeln!(said, "failed {noted}").unwrap();
    }
    for found in harvest.found.iter().filter(|found| found.document.id.as_str() != "file:zz-good.txt") {
        let version = found.version.as_ref().unwrap();
        let faults: Vec<_> =
            version.text.quality.faults.iter().filter(|f| f.fatal).map(|f| f.what.clone()).collect();
        writeln!(said, "taken {}; {}; {}", found.document.id, faults.join(", "), version.notes.join(", "))
            .unwrap();
    }
    said.trim_end().to_owned()
}

#[test]
fn files_that_are_empty_or_not_what_they_say() {
    let options = options();
    let said = [
        said_of("empty.txt", "", &options),
        said_of("blank.md", " \n\n", &options),
        said_of("zero.pdf", "", &options),
        said_of("other.pdf", "just words", &options),
        said_of("word.docx", "not a zip", &options),
        said_of("old.docx", [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1], &options),
        said_of("archive.docx", zip(&[("readme", b"x")]), &options),
        said_of("page.html", "<html><nav>Menu</nav></html>", &options),
    ];
    insta::assert_snapshot!(said.join("\n"), @r#"
    failed file:empty.txt: the file is empty
    failed file:blank.md: there is no text in the file
    failed file:zero.pdf: the file is empty
    failed file:other.pdf: the PDF file cannot be read: it does not start as one; check the name or download it again
    failed file:word.docx: the Word document cannot be read: it is no zip file, so no Word document; check the name or export it again
    failed file:old.docx: the Word document cannot be read: it is encrypted or in the format of Word before 2007; save it as .docx without a password
    failed file:archive.docx: the Word document cannot be read: it has no word/document.xml; check that it is a Word document
    failed file:page.html: there is no text in the file
    "#);
}

#[test]
fn broken_encrypted_and_scanned_pdf_files() {
    let options = options();
    let whole = pdf(&["A deployer shall test the system."]);
    let said = said_of("cut.pdf", &whole[..whole.len() / 3], &options);
    assert_eq!(
        said,
        "failed file:cut.pdf: the PDF file cannot be read: it is cut off or damaged; download it again"
    );
    let lock = "/Encrypt << /Filter /Standard /V 1 /R 2 /O (01234567890123456789012345678901) \
                /U (01234567890123456789012345678901) /P -44 >> /ID [(0123456789abcdef) (0123456789abcdef)]";
    let said = said_of("locked.pdf", pdf_with(&["secret"], lock), &options);
    assert_eq!(
        said,
        "failed file:locked.pdf: the file is encrypted; save a copy without a password and ingest that"
    );
    let said = said_of("scan.pdf", pdf(&["", ""]), &options);
    assert!(
        said.starts_with("taken file:scan.pdf; there is no text;") && said.contains("text recognition (OCR)"),
        "{said}"
    );
}

#[test]
fn files_over_their_limits() {
    let mut options = options();
    let big = "<p>word</p>".repeat(5 << 20);
    let said = said_of("big.html", &big, &options);
    assert_eq!(said, "failed file:big.html: 55 MB, over the limit of 16 MB; split the file");
    options.limits.file_bytes = 1 << 20;
    let said = said_of("big.txt", "word ".repeat(1 << 18), &options);
    assert!(said.contains("2 MB, over the limit of 1 MB"), "{said}");
}

#[test]
fn a_bomb_in_a_word_document_and_one_in_a_zip_file() {
    let mut options = options();
    let paragraphs = paragraph("", &"lamp ".repeat(1 << 16)).repeat(512);
    let bomb = docx(&paragraphs);
    assert!(bomb.len() < 2 << 20);
    let said = said_of("bomb.docx", bomb, &options);
    assert!(said.contains("unpacks to more than 128 MB"), "{said}");

    options.limits.unpacked_bytes = 4 << 20;
    let folder = Folder::new();
    let path = folder.write("agora.zip", zip(&[("documents.csv", &vec![b'a'; 8 << 20])]));
    let error = read_all(&Source::Path(path), &options, &Silent).unwrap_err().to_string();
    assert!(error.contains("unpacks to more than 4 MB"), "{error}");
}

#[test]
fn a_child_that_hangs_starves_or_is_not_there() {
    let page = "<html><body><p>A deployer shall test.</p></body></html>";
    let shell = |script: &str| {
        let (program, arguments) = ("/bin/sh".into(), vec!["-c".to_owned(), script.to_owned()]);
        Options { child: Some(ChildProgram { program, arguments }), ..Options::default() }
    };
    let mut options = shell("sleep 60");
    options.limits.seconds = 1;
    assert!(said_of("a.html", page, &options).contains("took over 1 s and was stopped"));
    assert!(said_of("a.html", page, &shell("exit 3")).contains("the parser died"));
    let mut options = shell("yes");
    options.limits.unpacked_bytes = 1 << 20;
    assert!(said_of("a.html", page, &options).contains("larger than the limit"));
    assert!(said_of("a.html", page, &Options::default()).contains("none is configured"));

    let mut starved = self::options();
    starved.limits.memory_bytes = 64 << 20;
    let said = said_of("a.html", "<p>word</p>".repeat(1 << 20), &starved);
    assert!(said.contains("the parser died, most likely for want of memory (limit 64 MB)"), "{said}");
}

#[test]
fn zip_files_that_lead_out_or_hold_no_release() {
    let folder = Folder::new();
    let error = |name: &str, bytes: Vec<u8>| {
        let path = folder.write(name, bytes);
        read_all(&Source::Path(path), &options(), &Silent).unwrap_err().to_string()
    };
    let outward = error("a.zip", zip(&[("documents.csv", b"AGORA ID\n1\n"), ("../../etc/passwd", b"x")]));
    assert!(outward.contains("\"../../etc/passwd\" leads out of the archive"), "{outward}");
    assert!(error("b.zip", zip(&[("readme.txt", b"x")])).contains("no documents.csv in it"));
    assert!(error("c.zip", b"PK\x03\x04 not really".to_vec()).contains("cannot be unpacked"));
}

#[test]
fn a_release_with_faults_loses_only_the_rows_that_have_them() {
    let documents = "AGORA ID,Official name,Most recent activity,Most recent activity date,Annotated?,Fiction,Mood,Harms: Bias\n\
                     1,\"An act, with a comma\nand a line\",Enacted,2024-13-45,TRUE,true,calm,True\n\
                     2,short row\n\
                     1,Again,Proposed,,,,,\n\
                     ../../etc/passwd,Outward,Proposed,,,,,\n\
                     ,Nameless,,,,,,\n\
                     3,Cut off here…,Enacted,5/1/2024,maybe,,,\n";
    let folder = Folder::new()
        .with("documents.csv", format!("\u{feff}{documents}"))
        .with("authorities.csv", "Name,Jurisdiction,Parent authority\n")
        .with("segments.csv", "Document ID,Text\n")
        .with("fulltext/1.txt", "A deployer shall test the system.")
        .with("fulltext/3.txt", "The authority may fine.");
    let harvest = harvest(&folder, &options());
    let failed: Vec<String> = harvest.plan.failed.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(failed.join("\n"), @r#"
    documents.csv line 4: 2 fields where the first line names 8
    documents.csv line 5: id agora:1 stands in line 2 already; the first row is kept
    documents.csv line 6: id "../../etc/passwd" would lead outside the release; ids have no '/', '\' or '..'
    documents.csv line 7: the id is blank
    "#);
    let warnings: Vec<String> = harvest.plan.warnings.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(warnings.join("\n"), @r#"
    segments.csv: not read: it needs the columns Document ID, Segment position and Text
    agora:1: "Most recent activity date" is "2024-13-45", which is no date; write it as YYYY-MM-DD
    agora:3: "Annotated?" is "maybe", neither true nor false; read as false
    "#);
    let metadata = |index: usize| &harvest.found[index].document.metadata;
    assert_eq!(harvest.found.len(), 2);
    assert_eq!(metadata(0).official_name, "An act, with a comma\nand a line");
    assert_eq!((metadata(0).extra["Mood"].as_str(), metadata(0).fiction), ("calm", true));
    assert_eq!(metadata(0).extra["Most recent activity date"], "2024-13-45");
    assert!(metadata(1).extra["Note on official name"].contains("cut off"));
    assert_eq!(metadata(1).year(), Some(2024));
}

#[test]
fn a_release_without_an_id_column_says_which_columns_it_has() {
    let folder =
        Folder::new().with("documents.csv", "Number,Official name\n1,A\n").with("authorities.csv", "Name\n");
    let error = read_all(&Source::Path(folder.path().to_path_buf()), &options(), &Silent).unwrap_err();
    insta::assert_snapshot!(error.to_string(), @r#"documents.csv has no column "AGORA ID"; its columns are Number, Official name; add the column or rename the one that holds it"#);
}

#[test]
fn a_long_line_right_to_left_text_and_markup_are_text_like_any_other() {
    let line = "A deployer shall test the system. ".repeat(160_000);
    let arabic = "يجب على المزود الاحتفاظ بسجل للحوادث وإبلاغ السلطة المختصة بها خلال ثلاثة أيام.\n";
    let markup = "The page says <script>alert(1)</script> & \"quotes\".";
    let folder = Folder::new().with("line.txt", &line).with("rtl.txt", arabic).with("tags.txt", markup);
    let harvest = harvest(&folder, &options());
    let version = |index: usize| harvest.found[index].version.as_ref().unwrap();
    assert_eq!(version(0).text.content, line);
    assert_eq!((version(1).text.content.as_str(), version(1).text.language.as_deref()), (arabic, Some("ar")));
    assert!(version(1).text.quality.usable());
    assert_eq!(version(2).text.content, markup);
}

#[test]
fn nothing_there_is_said_with_what_to_do() {
    for argument in ["/no/such/folder", "/no/such/*.txt"] {
        let error = read_all(&Source::parse(argument), &options(), &Silent).unwrap_err().to_string();
        assert!(error.contains("does not exist; give a file, a folder, a pattern"), "{error}");
    }
}
