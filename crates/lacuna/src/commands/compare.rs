//! `lacuna compare`: two to six documents side by side, or one of them, such as a draft of one's own, beside the corpus.

use anyhow::{Context as _, bail};
use clap::Args as ClapArgs;
use lacuna_domain::codebook::{Code, Dimension, Kind};
use lacuna_domain::coding::{Coding, Outcome};
use lacuna_domain::filter::{CodeTest, Condition};
use lacuna_domain::{Document, DocumentId};
use lacuna_store::catalogue::DocumentSet;
use serde::Serialize;

use crate::context::Context;
use crate::counted::values::check_values;
use crate::counted::{Counted, in_public, table};
use crate::exit::Exit;
use crate::output;

/// Options of `lacuna compare`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  lacuna compare agora:1831 agora:757
  lacuna compare file:draft.docx
  lacuna compare file:draft.docx --peers jurisdiction=Colorado --peers form=hard_law

One document stands beside all classified public documents, or those that `--peers` chooses.")]
pub struct Args {
    /// One to six documents
    #[arg(required = true, num_args = 1..=6, value_name = "DOCUMENT")]
    ids: Vec<DocumentId>,
    /// Condition of the documents that one document is compared with, as in an address; may be given again
    #[arg(long, value_name = "NAME=VALUE")]
    peers: Vec<String>,
    /// Run whose labels are compared, by id, first digits, engine or name
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
}

#[derive(Serialize)]
struct Comparison {
    documents: Vec<Column>,
    /// Classified documents behind `peers` of each code; none where several documents are compared.
    peers: Option<u64>,
    codes: Vec<Line>,
}

#[derive(Serialize)]
struct Column {
    document: DocumentId,
    title: String,
    classified: bool,
    fiction: bool,
    private: bool,
}

#[derive(Serialize)]
struct Line {
    dimension: String,
    code: String,
    name: String,
    documents: Vec<Said>,
    peers: Option<u64>,
}

/// What one document says of a code; nothing where it says nothing.
#[derive(Default, Serialize)]
struct Said {
    level: Option<String>,
    quote: Option<String>,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    if args.ids.len() > 1 && !args.peers.is_empty() {
        bail!("--peers is for one document beside the corpus; name one document or leave --peers out");
    }
    let (counted, drafts) = in_public(context, args.run.as_deref()).await?;
    let mut read = Vec::new();
    for id in &args.ids {
        read.push(document(&counted, id).await?);
    }
    let peers = if args.ids.len() == 1 { Some(peers(&counted, drafts, &args).await?) } else { None };
    let found = comparison(&counted, &read, peers.as_ref());
    if context.json {
        output::json(&found)?;
    } else {
        output::text(&words(&found))?;
    }
    Ok(Exit::Done)
}

async fn document(counted: &Counted, id: &DocumentId) -> anyhow::Result<(Document, Option<Coding>)> {
    let store = &counted.store;
    let document = store.document(id).await?;
    let document =
        document.with_context(|| format!("there is no document {id}; `lacuna search` finds ids"))?;
    let (Some(run), Some(version)) = (counted.catalogue.run(), store.versions(id).await?.pop()) else {
        return Ok((document, None));
    };
    Ok(match store.outcome(run, &version.text).await? {
        Some(Outcome::Coded(coding)) => (document, Some(*coding)),
        _ => (document, None),
    })
}

/// The classified documents of the chosen set, without the one that is compared; the catalogue has no private draft.
async fn peers(counted: &Counted, drafts: u64, args: &Args) -> anyhow::Result<DocumentSet> {
    let selection = counted.select(&args.peers).await?;
    check_values(&counted.catalogue, selection.filter(), drafts)?;
    let mut peers = selection.documents() & counted.catalogue.coded();
    for compared in args.ids.iter().filter_map(|id| counted.catalogue.find(id.as_str())) {
        peers.remove(compared);
    }
    Ok(peers)
}

fn comparison(
    counted: &Counted,
    read: &[(Document, Option<Coding>)],
    peers: Option<&DocumentSet>,
) -> Comparison {
    let mut codes = Vec::new();
    for dimension in &counted.catalogue.codebook().dimensions {
        for code in
            dimension.codes.iter().filter(|_| matches!(dimension.kind, Kind::Ordinal { .. } | Kind::Flag))
        {
            codes.push(line(counted, dimension, code, read, peers));
        }
    }
    let column = |(document, coding): &(Document, Option<Coding>)| Column {
        document: document.id.clone(),
        title: document.metadata.title().to_owned(),
        classified: coding.is_some(),
        fiction: document.metadata.fiction,
        private: document.metadata.private,
    };
    Comparison { documents: read.iter().map(column).collect(), peers: peers.map(DocumentSet::len), codes }
}

fn line(
    counted: &Counted,
    dimension: &Dimension,
    code: &Code,
    read: &[(Document, Option<Coding>)],
    peers: Option<&DocumentSet>,
) -> Line {
    let said = |(_, coding): &(Document, Option<Coding>)| {
        let judgement = coding.as_ref().and_then(|c| c.judgement(dimension.id.as_str(), code.id.as_str()));
        judgement.map_or_else(Said::default, |judgement| Said {
            level: Some(dimension.value_name(judgement.value()).to_owned()),
            quote: judgement.evidence().first().map(|e| e.quote().to_owned()),
        })
    };
    let covered = Condition::Code(dimension.id.clone(), code.id.clone(), CodeTest::Covered);
    Line {
        dimension: dimension.name.clone(),
        code: code.id.to_string(),
        name: code.short.clone(),
        documents: read.iter().map(said).collect(),
        peers: peers.map(|peers| counted.catalogue.holding_alone(&covered).intersection_len(peers)),
    }
}

fn words(found: &Comparison) -> String {
    let mut out = String::new();
    for (at, column) in found.documents.iter().enumerate() {
        let marks = [
            (column.fiction, "fiction"),
            (column.private, "private"),
            (!column.classified, "not classified"),
        ];
        let marks: Vec<&str> = marks.iter().filter(|(holds, _)| *holds).map(|(_, mark)| *mark).collect();
        let marks = if marks.is_empty() { String::new() } else { format!("  ({})", marks.join(", ")) };
        out.push_str(&format!("[{}] {}  {}{marks}\n", at + 1, column.document, column.title));
    }
    if let Some(peers) = found.peers {
        let documents = if peers == 1 { "document" } else { "documents" };
        out.push_str(&format!("    beside {peers} classified {documents}\n"));
    }
    let mut dimension = "";
    let mut rows: Vec<Vec<String>> = Vec::new();
    let spoken =
        |line: &&Line| line.peers.is_some() || line.documents.iter().any(|said| said.level.is_some());
    for line in found.codes.iter().filter(spoken) {
        if line.dimension != dimension {
            dimension = &line.dimension;
            let mut head = vec![format!("-- {dimension}")];
            head.extend((1..=found.documents.len()).map(|at| format!("[{at}]")));
            head.extend(found.peers.map(|_| "peers".to_owned()));
            rows.push(head);
        }
        let mut row = vec![format!("{} {}", line.code, line.name)];
        row.extend(line.documents.iter().map(|said| said.level.clone().unwrap_or_else(|| "·".to_owned())));
        row.extend(line.peers.map(|peers| peers.to_string()));
        rows.push(row);
    }
    out.push('\n');
    out.push_str(&table(&rows));
    if found.peers.is_none() {
        let silent = found.codes.len() - found.codes.iter().filter(spoken).count();
        out.push_str(&format!("\n\n{silent} of {} codes are in none of them", found.codes.len()));
    }
    out
}
