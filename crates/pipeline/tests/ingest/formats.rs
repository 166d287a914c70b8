//! What each format gives: text with its headings, lists and tables, title, date, pages.

use lacuna_domain::progress::Silent;
use lacuna_pipeline::ingest::{Options, Source, read_all};
use lacuna_store::Incoming;

use crate::made::{Folder, docx, options, paragraph, pdf};

fn read(name: &str, bytes: impl AsRef<[u8]>) -> Incoming {
    let folder = Folder::new().with(name, bytes);
    let harvest = read_all(&Source::Path(folder.path().join(name)), &options(), &Silent).unwrap();
    assert_eq!(harvest.plan.failed, vec![]);
    harvest.found.into_iter().next().unwrap()
}

fn text(incoming: &Incoming) -> &str {
    &incoming.version.as_ref().unwrap().text.content
}

#[test]
fn a_web_page_keeps_headings_lists_and_the_annex_table_and_loses_its_furniture() {
    let page = r#"<!DOCTYPE html><html lang="en-GB"><head><title>Lamp Act | Vesland laws</title>
        <meta name="dcterms.date" content="2024-05-01"><script>let x = "shall";</script></head><body>
        <header><a href="/">Vesland</a></header><nav><ul><li><a href="/a">Laws</a></li></ul></nav>
        <div class="cookie-banner">We use cookies.</div>
        <main><h1>Lamp Act</h1><p>A deployer&nbsp;shall <b>test</b>
        the system.</p><h2>Article 1</h2><ol type="a" start="2"><li><p>keep a log;</p></li><li>tell users:
        <ul><li>in writing</li></ul></li></ol><pre>SEC. 2. LAMPS
  (a) In general</pre></main>
        <table><tr><th>Breach</th><th>Fine</th></tr><tr><td><p>Minor</p></td><td>EUR 35</td></tr></table>
        <footer>Contact us</footer></body></html>"#;
    let found = read("act.html", page);
    insta::assert_snapshot!(text(&found), @r#"
    # Lamp Act

    A deployer shall test the system.

    ## Article 1

    b. keep a log;
    c. tell users:
    - in writing

    SEC. 2. LAMPS
      (a) In general

    Breach | Fine
    Minor | EUR 35
    "#);
    assert_eq!(found.document.metadata.official_name, "Lamp Act");
    assert_eq!(found.document.metadata.year(), Some(2024));
    assert_eq!(found.document.metadata.extra["Language"], "en-GB");
}

#[test]
fn a_page_laid_out_in_tables_is_read_as_prose() {
    let page = "<html><body><table><tr><td><h1>Order</h1><p>One.</p><p>Two.</p></td><td><p>Three.</p></td></tr></table></body>";
    assert_eq!(text(&read("order.htm", page)), "# Order\n\nOne.\n\nTwo.\n\nThree.\n");
}

#[test]
fn a_word_document_keeps_numbers_headings_and_tables_and_leaves_deleted_text_out() {
    let level = |level: u8| format!("<w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"2\"/></w:numPr>");
    let body = [
        paragraph("<w:pStyle w:val=\"Kop1\"/>", "Lamp Act"),
        paragraph("<w:pStyle w:val=\"Artikel\"/>", "Scope"),
        paragraph(&level(1), "deployers &amp; providers;"),
        paragraph(&level(1), "importers."),
        paragraph(&level(2), "of lamps"),
        paragraph("<w:pStyle w:val=\"Artikel\"/>", "Fines"),
        paragraph(&level(1), "counts anew"),
        "<w:p><w:r><w:t xml:space=\"preserve\">A fine </w:t></w:r><w:del><w:r><w:delText>never</w:delText></w:r></w:del>\
         <w:r><w:t>applies.</w:t></w:r></w:p>".to_owned(),
        format!(
            "<w:tbl><w:tr><w:tc>{}</w:tc><w:tc>{}{}</w:tc></w:tr></w:tbl>",
            paragraph("", "Minor"),
            paragraph("", "EUR"),
            paragraph("", "35")
        ),
    ];
    let found = read("act.docx", docx(&body.concat()));
    insta::assert_snapshot!(text(&found), @r#"
    # Lamp Act

    ## Art. 1 Scope

    (a) deployers & providers;

    (b) importers.

    1.b.i of lamps

    ## Art. 2 Fines

    (a) counts anew

    A fine applies.

    Minor | EUR 35
    "#);
    assert_eq!(found.document.metadata.official_name, "Lamp Act & Annex");
    assert_eq!(found.document.metadata.year(), Some(2024));
}

#[test]
fn pages_of_a_pdf_map_to_offsets() {
    let found = read("act.pdf", pdf(&["A deployer shall test", "The authority may fine", "End of the act"]));
    let version = found.version.as_ref().unwrap();
    let text = &version.text.content;
    let starts: Vec<&str> = version.page_starts.iter().map(|start| &text[*start as usize..][..3]).collect();
    assert_eq!(starts, ["A d", "The", "End"]);
    assert_eq!(version.media_type, "application/pdf");
    assert_eq!(found.document.metadata.official_name, "Lamp Oversight Act");
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the library is found through the environment, as the binary does"
)]
fn with_pdfium_reading_order_holds_in_two_columns_and_the_note_on_it_goes() {
    let bytes = pdf(&["A deployer shall test", "The authority may fine"]);
    let notes = &read("plain.pdf", &bytes).version.unwrap().notes;
    let Ok(library) = std::env::var("LACUNA_PDFIUM") else {
        println!("skipped: LACUNA_PDFIUM names no library");
        return;
    };
    assert!(notes[0].starts_with("reading order and spacing may be wrong"), "{notes:?}");
    let folder = Folder::new().with("a.pdf", &bytes);
    let options = Options { pdfium: Some(library.into()), ..options() };
    let harvest = read_all(&Source::Path(folder.path().join("a.pdf")), &options, &Silent).unwrap();
    assert_eq!(harvest.plan.failed, vec![]);
    let version = harvest.found[0].version.as_ref().unwrap();
    assert_eq!(version.text.content, "A deployer shall test\nThe authority may fine");
    assert_eq!((version.notes.as_slice(), version.page_starts.as_slice()), (&[][..], &[0, 22][..]));
    assert_eq!(harvest.found[0].document.metadata.official_name, "Lamp Oversight Act");
    // The right column begins at the height of the left one.
    let columns = pdf(&["A deployer\nshall test) Tj 240 14 Td (The authority\nmay fine"]);
    let folder = Folder::new().with("a.pdf", &columns);
    let harvest = read_all(&Source::Path(folder.path().join("a.pdf")), &options, &Silent).unwrap();
    let text = &harvest.found[0].version.as_ref().unwrap().text.content;
    assert_eq!(text, "A deployer\nshall test\nThe authority\nmay fine");
}

#[test]
fn folders_patterns_and_metadata_files_name_documents() {
    let folder = Folder::new()
        .with("laws/a.txt", "A deployer shall test the system before use and keep a log of it.")
        .with("laws/deep/b.md", "# Titled\n\nThe authority may fine.")
        .with("laws/.hidden.txt", "x")
        .with("laws/sheet.xlsx", "x")
        .with("meta.csv", "file,title,authority,status,date,colour\na.txt,Act A,Ministry,Enacted,2024-02-30,red\nzz.txt,Z,,,,\n");
    let mut options = options();
    options.meta = Some(folder.path().join("meta.csv"));
    let harvest = read_all(&Source::Path(folder.path().join("laws")), &options, &Silent).unwrap();
    let ids: Vec<_> = harvest.found.iter().map(|found| found.document.id.as_str()).collect();
    assert_eq!(ids, ["file:a.txt", "file:deep/b.md"]);
    let metadata = &harvest.found[0].document.metadata;
    assert_eq!((metadata.title(), metadata.authority.as_deref()), ("Act A", Some("Ministry")));
    assert_eq!((metadata.extra["colour"].as_str(), metadata.extra["date"].as_str()), ("red", "2024-02-30"));
    assert_eq!(harvest.found[1].document.metadata.title(), "Titled");
    let warnings: Vec<String> = harvest.plan.warnings.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(warnings.join("\n"), @r#"
    file:a.txt: "date" is "2024-02-30", which is no date; write it as YYYY-MM-DD
    file:deep/b.md: meta.csv says nothing of it
    meta.csv line 3: no file "zz.txt" was found
    "#);
    let skipped: Vec<String> = harvest.plan.skipped.iter().map(ToString::to_string).collect();
    assert_eq!(
        skipped,
        [".hidden.txt: a hidden or temporary file", "sheet.xlsx: not a format that can be read (.xlsx)"]
    );

    let pattern = format!("{}/laws/**/*.md", folder.path().display());
    options.source_name = Some("mine".to_owned());
    options.meta = None;
    let harvest = read_all(&Source::parse(&pattern), &options, &Silent).unwrap();
    assert_eq!(harvest.found[0].document.id.as_str(), "mine:deep/b.md");
}
