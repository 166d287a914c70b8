//! What counting commands share: the catalogue of the shown run without private drafts, a filter from `name=value` words, and
//! plain tables.

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

/// Lines of equal columns: the first to the left, the others to the right.
pub(crate) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let wide =
        |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|c| c.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(wide).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate().map(|(at, (cell, wide))| {
            let pad = " ".repeat(wide.saturating_sub(cell.chars().count()));
            if at == 0 { format!("{cell}{pad}") } else { format!("{pad}{cell}") }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    #[test]
    fn columns_stand_below_each_other() {
        let rows = [vec!["code".to_owned(), "n".to_owned()], vec!["é".to_owned(), "120".to_owned()]];
        assert_eq!(super::table(&rows), "code    n\né     120");
    }
}
