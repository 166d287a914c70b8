//! Relations between documents and dates stated in texts.

mod book;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use lacuna_domain::enactment::{DateKind, Enactment, Ending, Life};
use lacuna_domain::relation::{Cited, Relation, RelationKind, RelationSource, StatedDate};
use lacuna_domain::{Document, DocumentId, Metadata, Terms, TextId, sha256_hex};

pub use book::RelationBook;

use crate::catalogue::Audience;
use crate::changes;
use crate::db::Tx;
use crate::error::StoreError;
use crate::store::Store;
use crate::value::{LIST, Row, Value, args, json, list, places};

impl Store {
    /// Puts what was found in texts and catalogue data in the place of what was found before; imported relations stay.
    /// Answers whether anything changed.
    pub async fn replace_found_relations(
        &self,
        found: &[Relation],
        dates: &BTreeMap<TextId, Vec<StatedDate>>,
    ) -> Result<bool, StoreError> {
        let wanted: BTreeMap<String, &Relation> = found.iter().map(|r| (relation_id(r), r)).collect();
        let known = self.db.fetch("SELECT id FROM relations WHERE source <> 'imported'", vec![]).await?;
        let known =
            known.iter().map(|row| row.text(0).map(str::to_owned)).collect::<Result<BTreeSet<_>, _>>()?;
        let stated = self.db.fetch("SELECT text, body FROM stated_dates ORDER BY text", vec![]).await?;
        let stated: Vec<(String, String)> = stated
            .iter()
            .map(|row| Ok::<_, StoreError>((row.text(0)?.to_owned(), row.text(1)?.to_owned())))
            .collect::<Result<_, _>>()?;
        let dated: Vec<(String, String)> =
            dates.iter().filter(|(_, d)| !d.is_empty()).map(|(t, d)| (t.to_string(), json(d))).collect();
        if known.iter().eq(wanted.keys()) && stated == dated {
            return Ok(false);
        }
        let mut tx = self.db.begin().await?;
        let before = holding(&mut tx).await?;
        replace_found(&mut tx, &wanted, dated).await?;
        // What was found first is no change.
        if !known.is_empty() {
            let after = holding(&mut tx).await?;
            changes::relations(&mut tx, &before, &after, self.clock.now()).await?;
        }
        tx.touch().await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Adds imported relations and corrections; one of the same instruments and kind takes the place of the earlier one.
    pub async fn put_imported_relations(&self, relations: &[Relation]) -> Result<usize, StoreError> {
        let mut tx = self.db.begin().await?;
        let before = holding_from(&mut tx, relations).await?;
        for relation in relations {
            let relation = Relation { source: RelationSource::Imported, ..relation.clone() };
            let id = imported_id(&relation);
            tx.execute("DELETE FROM relations WHERE id = $1", args![id.as_str()]).await?;
            insert(&mut tx, &id, &relation).await?;
        }
        if !relations.is_empty() {
            let after = holding_from(&mut tx, relations).await?;
            changes::relations(&mut tx, &before, &after, self.clock.now()).await?;
            tx.touch().await?;
            tx.commit().await?;
        }
        Ok(relations.len())
    }

    /// Every relation that holds: imports first, found ones that no import denies or repeats after them.
    pub async fn relations(&self) -> Result<Vec<Relation>, StoreError> {
        let rows = self.db.fetch(ALL, vec![]).await?;
        those_that_hold(&rows)
    }

    /// Every relation that was found, those too that an import denies or repeats.
    pub async fn found_relations(&self) -> Result<Vec<Relation>, StoreError> {
        let sql = "SELECT body FROM relations WHERE source <> 'imported' ORDER BY subject, object, id";
        self.db.fetch(sql, vec![]).await?.iter().map(|row| row.json(0)).collect()
    }

    /// What people said of the relations of a document, on whichever side it stands: those too that they said are none.
    pub async fn imported_relations_of(&self, id: &DocumentId) -> Result<Vec<Relation>, StoreError> {
        let sql = "SELECT body FROM relations WHERE source = 'imported' AND (subject = $1 OR object = $1) \
                   ORDER BY subject, object, id";
        self.db.fetch(sql, args![id]).await?.iter().map(|row| row.json(0)).collect()
    }

    /// The dates that a text states, in its order, for all documents that have it: of one, those for which
    /// [`StatedDate::is_of`] holds.
    pub async fn stated_dates(&self, text: &TextId) -> Result<Vec<StatedDate>, StoreError> {
        let sql = "SELECT text, body FROM stated_dates WHERE text = $1";
        let row = self.db.fetch_optional(sql, args![text]).await?;
        row.map_or(Ok(vec![]), |row| row.json(1))
    }

    /// The dates that texts state, each in the order of its text, for all documents that have it; a text that states none
    /// is left out.
    pub async fn stated_by_text(&self) -> Result<BTreeMap<TextId, Vec<StatedDate>>, StoreError> {
        let rows = self.db.fetch("SELECT text, body FROM stated_dates ORDER BY text", vec![]).await?;
        rows.iter().map(|row| Ok((row.parse(0)?, row.json(1)?))).collect()
    }

    /// The same of those of some texts that state any.
    pub async fn stated_among(
        &self,
        texts: &[TextId],
    ) -> Result<BTreeMap<TextId, Vec<StatedDate>>, StoreError> {
        let sql = concat!("SELECT text, body FROM stated_dates WHERE text IN ", places!());
        let rows = self.rows_among(sql, texts, vec![]).await?;
        rows.iter().map(|row| Ok((row.parse(0)?, row.json(1)?))).collect()
    }

    /// What catalogues take of the dates that texts state, by text.
    pub(crate) async fn all_stated(&self) -> Result<BTreeMap<String, StatedOf>, StoreError> {
        Ok(stated_of(self.stated_by_text().await?))
    }

    /// What other instruments did to a document, by document. A relation found in a text alone ends nothing: the
    /// catalogue must call the document dead, or people must have said so, and what did it must itself have been adopted;
    /// where people say that it did, a proposal did not. For the public, what a private document would do is not known.
    pub(crate) async fn endings(
        &self,
        audience: Audience,
    ) -> Result<BTreeMap<DocumentId, Vec<(Ending, bool)>>, StoreError> {
        let mut endings: BTreeMap<DocumentId, Vec<(Ending, bool)>> = BTreeMap::new();
        for relation in self.relations().await?.into_iter().filter(Relation::ends) {
            let Some(to) = relation.to.filter(|to| *to != relation.from) else { continue };
            let by = self.document(&relation.from).await?;
            let known = |by: &Document| audience == Audience::Local || !by.metadata.private;
            let Some(by) = by.filter(known) else { continue };
            let life = Life::of(&by.metadata, &[]);
            let decided = relation.source == RelationSource::Imported;
            if !could_end(&by.metadata, &life, decided) {
                continue;
            }
            let on =
                life.date(DateKind::InForce, &by.metadata).or(life.date(DateKind::Adopted, &by.metadata));
            let state = match relation.kind {
                RelationKind::Supersedes => Enactment::Superseded,
                _ => Enactment::Revoked,
            };
            let ending = Ending { state, by: relation.from, on };
            endings.entry(to).or_default().push((ending, decided));
        }
        Ok(endings)
    }

    /// Relations and their consequences for those who look, read at once.
    pub async fn relation_book(&self, audience: Audience) -> Result<RelationBook, StoreError> {
        let (relations, endings) = (self.relations().await?, self.endings(audience).await?);
        let moved = self.moved(&relations).await?;
        Ok(RelationBook::new(relations, endings, moved))
    }

    /// The documents of which people quoted a text that is no longer theirs, with that text.
    async fn moved(&self, relations: &[Relation]) -> Result<BTreeSet<(DocumentId, TextId)>, StoreError> {
        let said = relations.iter().filter(|relation| relation.source == RelationSource::Imported);
        let quoted: BTreeSet<(DocumentId, TextId)> = said
            .filter_map(|relation| Some((relation.from.clone(), relation.passage.as_ref()?.text.clone())))
            .collect();
        let documents: BTreeSet<DocumentId> = quoted.iter().map(|(document, _)| document.clone()).collect();
        let current = self.current_versions(&documents.into_iter().collect::<Vec<_>>()).await?;
        let current = current.into_iter().map(|version| (version.document, version.text)).collect();
        Ok(quoted.difference(&current).cloned().collect())
    }
}

/// What a text states of the days of a document.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stated {
    /// Each day once for its kind; it may be of a part only.
    pub(crate) days: BTreeSet<(DateKind, Date)>,
    /// Days of the whole instrument.
    pub(crate) terms: Terms,
}

impl Stated {
    fn among(dates: &[StatedDate], counts: impl Fn(&StatedDate) -> bool) -> Self {
        let dates: Vec<StatedDate> = dates.iter().filter(|stated| counts(stated)).cloned().collect();
        let days = dates.iter().map(|stated| (stated.kind.date(), stated.date)).collect();
        Self { days, terms: Terms::of(&dates) }
    }
}

/// What a text states of the days of each document that has it.
#[derive(Clone, Debug, Default)]
pub(crate) struct StatedOf {
    /// Of every document.
    shared: Stated,
    /// Of those for which days were counted.
    own: BTreeMap<DocumentId, Stated>,
}

impl StatedOf {
    /// What it states of this document.
    pub(crate) fn of(&self, document: &DocumentId) -> &Stated {
        self.own.get(document).unwrap_or(&self.shared)
    }
}

/// What catalogues take of dates that texts state, by text.
pub(crate) fn stated_of(dates: BTreeMap<TextId, Vec<StatedDate>>) -> BTreeMap<String, StatedOf> {
    let stated = |(text, dates): (TextId, Vec<StatedDate>)| {
        let counted: BTreeSet<&DocumentId> =
            dates.iter().filter_map(|stated| Some(&stated.reckoned.as_ref()?.document)).collect();
        let own = |id: &DocumentId| (id.clone(), Stated::among(&dates, |stated| stated.is_of(id)));
        let shared = Stated::among(&dates, |stated| stated.reckoned.is_none());
        (text.to_string(), StatedOf { shared, own: counted.into_iter().map(own).collect() })
    };
    dates.into_iter().map(stated).collect()
}

/// The endings that count for a document, in the order in which they do: those that people decided first, then the
/// earliest, those without a day last, and of one day by id.
pub(crate) fn counting(mut endings: Vec<(Ending, bool)>, metadata: &Metadata) -> Vec<Ending> {
    endings.retain(|(_, decided)| *decided || metadata.enactment.is_dead());
    endings.sort_by(|(a, decided), (b, decided_too)| {
        let place = |ending: &Ending| (ending.on.is_none(), ending.on);
        decided_too.cmp(decided).then_with(|| place(a).cmp(&place(b))).then_with(|| a.by.cmp(&b.by))
    });
    endings.into_iter().map(|(ending, _)| ending).collect()
}

/// Whether what has this life can have ended another: what was never adopted ended nothing. Where its adoption is not
/// recorded, people know better; what is or stayed a bill did not, whoever says so, nor did what is only known to be
/// defunct, as a bill is that failed.
fn could_end(metadata: &Metadata, life: &Life, decided: bool) -> bool {
    let was = |state: Enactment| life.steps().iter().any(|step| step.state == state);
    let adopted = life.steps().iter().any(|step| step.state.in_force());
    let may_have_failed = was(Enactment::Proposed) || metadata.enactment == Enactment::Defunct;
    adopted || (decided && (was(Enactment::NotYetInForce) || !may_have_failed))
}

async fn replace_found(
    tx: &mut Tx,
    relations: &BTreeMap<String, &Relation>,
    dates: Vec<(String, String)>,
) -> Result<(), StoreError> {
    tx.execute("DELETE FROM relations WHERE source <> 'imported'", vec![]).await?;
    for (id, relation) in relations {
        insert(tx, id, relation).await?;
    }
    tx.execute("DELETE FROM stated_dates", vec![]).await?;
    for (text, body) in dates {
        tx.execute("INSERT INTO stated_dates (text, body) VALUES ($1, $2)", args![text, body]).await?;
    }
    Ok(())
}

/// Every relation, whether it holds or not.
const ALL: &str = "SELECT id, body FROM relations ORDER BY subject, object, id";

async fn holding(tx: &mut Tx) -> Result<Vec<Relation>, StoreError> {
    those_that_hold(&tx.fetch(ALL, vec![]).await?)
}

/// Every relation from a document, whether it holds or not.
pub(crate) const ALL_FROM: &str =
    concat!("SELECT id, body FROM relations WHERE subject IN ", places!(), " ORDER BY subject, object, id");

/// Those that hold of the relations from the documents that `said` are from: what people say of a relation concerns no other.
async fn holding_from(tx: &mut Tx, said: &[Relation]) -> Result<Vec<Relation>, StoreError> {
    let from: BTreeSet<&DocumentId> = said.iter().map(|relation| &relation.from).collect();
    let from: Vec<&DocumentId> = from.into_iter().collect();
    let mut rows = Vec::new();
    for some in from.chunks(LIST) {
        rows.extend(tx.fetch(ALL_FROM, list(some.iter().copied().map(Value::from))).await?);
    }
    those_that_hold(&rows)
}

fn those_that_hold(rows: &[Row]) -> Result<Vec<Relation>, StoreError> {
    let all: Vec<Relation> = rows.iter().map(|row| row.json(1)).collect::<Result<_, _>>()?;
    let (imported, found): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|relation| relation.source == RelationSource::Imported);
    let decided: BTreeSet<_> = imported.iter().map(Relation::key).collect();
    let (repeated, mut holding): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|relation| decided.contains(&relation.key()));
    let words: BTreeMap<_, &Cited> =
        repeated.iter().filter_map(|relation| Some((relation.key(), relation.passage.as_ref()?))).collect();
    let said = imported.iter().filter(|relation| relation.holds);
    holding.extend(said.map(|relation| read_anew(relation, words.get(&relation.key()).copied())));
    holding.sort();
    Ok(holding)
}

/// What people say of a relation, with the words by which it is `found` now where they quoted another text: what is found is
/// of the current one.
fn read_anew(said: &Relation, found: Option<&Cited>) -> Relation {
    let quoted = said.passage.as_ref();
    let newer = found.filter(|found| quoted.is_some_and(|quoted| quoted.text != found.text));
    Relation { passage: newer.or(quoted).cloned(), ..said.clone() }
}

fn relation_id(relation: &Relation) -> String {
    sha256_hex(json(relation).as_bytes())
}

fn imported_id(relation: &Relation) -> String {
    let to = relation.to.as_ref().map_or(relation.cited.as_str(), DocumentId::as_str);
    sha256_hex(format!("{}\n{}\n{to}", relation.from, relation.kind.id()).as_bytes())
}

async fn insert(tx: &mut Tx, id: &str, relation: &Relation) -> Result<(), StoreError> {
    let sql = "INSERT INTO relations (id, source, subject, object, body) VALUES ($1, $2, $3, $4, $5)";
    let object = relation.to.as_ref().map(ToString::to_string);
    let args = args![id, relation.source.id(), &relation.from, object, json(relation)];
    tx.execute(sql, args).await.map(|_| ())
}
