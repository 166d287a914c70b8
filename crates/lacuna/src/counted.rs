//! What counting commands share: the catalogue of the shown run without private drafts, a filter from `name=value` words, and
//! plain tables.

use std::ops::Range;

use anyhow::Context as _;
use lacuna_domain::{Codebook, Filter};
use lacuna_store::Store;
use lacuna_store::catalogue::{Audience, Catalogue, Record, Selection};
use lacuna_store::search::{Search, SearchIndex};

use crate::commands::export::chosen_run;
use crate::context::Context;

pub(crate) mod values;

/// The catalogue with the labels of a run, and the store it came from.
pub(crate) struct Counted {
    pub(crate) store: Store,
    pub(crate) catalogue: Catalogue,
}

impl Counted {
    /// Reads the store; `run` names a run, default the newest finished one of the built-in codebook.
    async fn open(context: &Context, run: Option<&str>) -> anyhow::Result<Self> {
        let store = context.store().await.context("open the store")?;
        let run = chosen_run(&store, run).await?;
        let books = store.codebooks().await.context("read the codebooks")?;
        let codebook = books.into_iter().find(|book| book.hash == run.config.codebook_hash);
        let codebook =
            codebook.context("the store lacks the codebook of this run; run lacuna classify again")?;
        let catalogue = Catalogue::load(&store, Some(&run.id), &codebook, Audience::Local)
            .await
            .context("count the documents")?;
        Ok(Self { store, catalogue })
    }

    /// The documents that pass the conditions, each `name=value` as in an address.
    pub(crate) async fn select(&self, conditions: &[String]) -> anyhow::Result<Selection> {
        let filter = filter(conditions, self.catalogue.codebook())?;
        if filter.words.is_empty() {
            return Ok(self.catalogue.select(&filter, None));
        }
        let segment = lacuna_pipeline::segment::segment;
        let index = SearchIndex::in_memory(&self.store, segment).await.context("make the search index")?;
        let search = Search::new(std::sync::Arc::new(index), &self.catalogue);
        let found = search.find(&self.catalogue, &filter.words, filter.on).context("read the words")?;
        Ok(self.catalogue.select(&filter, Some(&found.matches)))
    }
}

fn filter(conditions: &[String], codebook: &Codebook) -> anyhow::Result<Filter> {
    let pairs = conditions.iter().map(|condition| {
        condition.split_once('=').with_context(|| format!("{condition:?} is no condition; write name=value"))
    });
    let pairs = pairs.collect::<anyhow::Result<Vec<(&str, &str)>>>()?;
    Ok(Filter::parse(pairs, codebook)?)
}

/// `1 document`, `2 documents`.
pub(crate) fn documents(n: u64) -> String {
    if n == 1 { "1 document".to_owned() } else { format!("{n} documents") }
}

/// What the shown run counts among the documents that anybody may see, and how many private drafts are left out.
pub(crate) async fn in_public(context: &Context, run: Option<&str>) -> anyhow::Result<(Counted, u64)> {
    let Counted { store, catalogue } = Counted::open(context, run).await?;
    let (catalogue, drafts) = without_drafts(&store, catalogue).await?;
    Ok((Counted { store, catalogue }, drafts))
}

/// The catalogue without private drafts, which stand in no list, and how many there are.
pub(crate) async fn without_drafts(store: &Store, catalogue: Catalogue) -> anyhow::Result<(Catalogue, u64)> {
    let all = catalogue.select(&Filter::default(), None);
    let private = |number: &u32| catalogue.record(*number).is_some_and(Record::private);
    let drafts = all.documents().iter().filter(private).count() as u64;
    if drafts == 0 {
        return Ok((catalogue, 0));
    }
    let (run, codebook) = (catalogue.run(), catalogue.codebook());
    let public =
        Catalogue::load(store, run, codebook, Audience::Public).await.context("count the documents")?;
    Ok((public, drafts))
}

/// The line that says how many private drafts were left out, if any.
pub(crate) fn left_out(drafts: u64) -> Option<String> {
    match drafts {
        0 => None,
        1 => Some("1 private draft is left out; lacuna serve --local shows it".to_owned()),
        n => Some(format!("{n} private drafts are left out; lacuna serve --local shows them")),
    }
}

/// Characters of a line where no terminal says how many it has room for, as in a file.
const USUAL_WIDTH: usize = 100;

/// How many characters a line of the terminal has.
pub(crate) fn line_width() -> usize {
    let size = terminal_size::terminal_size_of(std::io::stdout());
    size.map_or(USUAL_WIDTH, |(terminal_size::Width(wide), _)| usize::from(wide))
}

/// What stands between two columns.
const GAP: &str = "  ";

/// How wide each column is.
fn widths(rows: &[Vec<String>]) -> Vec<usize> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let wide =
        |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|c| c.chars().count()).max().unwrap_or(0);
    (0..columns).map(wide).collect()
}

/// Lines of equal columns: the first to the left, the others to the right.
pub(crate) fn table(rows: &[Vec<String>]) -> String {
    let widths = widths(rows);
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate().map(|(at, (cell, wide))| {
            let pad = " ".repeat(wide.saturating_sub(cell.chars().count()));
            if at == 0 { format!("{cell}{pad}") } else { format!("{pad}{cell}") }
        });
        cells.collect::<Vec<_>>().join(GAP).trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The same in blocks of columns that are no wider than `width` characters, each with the first column in front.
pub(crate) fn blocks(rows: &[Vec<String>], width: usize) -> String {
    let widths = widths(rows);
    let front = widths.first().copied().unwrap_or(0);
    let (mut blocks, mut start, mut used) = (Vec::new(), 1, front);
    for (at, wide) in widths.iter().enumerate().skip(1) {
        if at > start && used + GAP.len() + wide > width {
            blocks.push(start..at);
            (start, used) = (at, front);
        }
        used += GAP.len() + wide;
    }
    blocks.push(start..widths.len().max(start));
    let block = |columns: Range<usize>| {
        let part = |row: &Vec<String>| {
            let others = row.get(columns.clone()).unwrap_or_default();
            row.first().into_iter().chain(others).cloned().collect()
        };
        table(&rows.iter().map(part).collect::<Vec<_>>())
    };
    blocks.into_iter().map(block).collect::<Vec<_>>().join("\n\n")
}

/// Names cut to a length, each with a number by which a legend gives the whole name.
#[derive(Debug, Default)]
pub(crate) struct Legend(Vec<String>);

impl Legend {
    /// A name of at most `most` characters.
    pub(crate) fn short(&mut self, name: &str, most: usize) -> String {
        if name.chars().count() <= most {
            return name.to_owned();
        }
        self.0.push(name.to_owned());
        let mark = format!("… [{}]", self.0.len());
        let kept: String = name.chars().take(most.saturating_sub(mark.chars().count())).collect();
        format!("{}{mark}", kept.trim_end())
    }

    /// The whole names by their numbers, one a line.
    pub(crate) fn lines(&self) -> String {
        let lines = self.0.iter().enumerate().map(|(at, name)| format!("[{}] {name}", at + 1));
        lines.collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows<const N: usize>(rows: &[[&str; N]]) -> Vec<Vec<String>> {
        rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()
    }

    #[test]
    fn columns_stand_below_each_other() {
        assert_eq!(table(&rows(&[["code", "n"], ["é", "120"]])), "code    n\né     120");
    }

    #[test]
    fn a_table_too_wide_for_a_line_goes_on_below_with_its_first_column_again() {
        let rows = rows(&[["code", "one", "two", "three"], ["1.1", "1", "2", "3"]]);
        assert_eq!(
            blocks(&rows, 14),
            "code  one  two\n1.1     1    2\n\ncode  three\n1.1       3",
            "as many columns as a line holds"
        );
        assert_eq!(blocks(&rows, 100), table(&rows));
        assert_eq!(blocks(&rows, 1).matches("code").count(), 3, "a column is never cut");
        assert_eq!(blocks(&[], 10), "");
    }

    #[test]
    fn names_that_begin_alike_stay_apart() {
        let mut legend = Legend::default();
        let names =
            ["Office of Tides and Locks of Norvale", "Office of Tides and Locks of Ostmark", "Harbour"];
        let short = names.map(|name| legend.short(name, 18));
        assert_eq!(short, ["Office of Tid… [1]", "Office of Tid… [2]", "Harbour"]);
        assert_eq!(
            legend.lines(),
            "[1] Office of Tides and Locks of Norvale\n[2] Office of Tides and Locks of Ostmark"
        );
    }
}
