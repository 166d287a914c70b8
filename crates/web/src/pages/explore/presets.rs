//! Views that many readers ask for, each where the codebook and the catalogue can answer it.

use lacuna_domain::filter::{Condition, Field};
use lacuna_domain::{CodeId, DimensionId, Filter};
use lacuna_pipeline::analyze::crosstab::Base;

use super::{Asked, Chart};
use crate::pages::gaps::set::Tab;
use crate::pages::standing::in_force;
use crate::state::Snapshot;

/// A view with its name.
pub(crate) type Named = (String, Asked);

/// Heat-map of `rows` by `columns`, as shares of each column.
pub(crate) fn by(rows: &str, columns: &str) -> Asked {
    Asked { base: Base::Column, ..Asked::new(rows, columns, Chart::Heat) }
}

/// The views that every page of a part of the corpus leads to: the rows, group and documents of `view` by place.
/// `own` is the field of which all documents of the page have one value: no chart has it on an axis.
pub(crate) fn shared(snapshot: &Snapshot, view: &Asked, own: Option<Field>) -> Vec<Named> {
    let place = if own == Some(Field::Jurisdiction) { Field::Authority } else { Field::Jurisdiction };
    let by_place = Asked { base: Base::Column, columns: place.id().to_owned(), ..view.clone() };
    let within = |filter: Filter| Asked { filter, ..by_place.clone() };
    let mut views = Vec::new();
    if by_place.has_levels(&snapshot.codebook) {
        let name = format!("Good coverage by {}", place.name().to_lowercase());
        views.push((name, Asked { good: true, ..by_place.clone() }));
    }
    views.push(("In force only".to_owned(), within(in_force(&view.filter))));
    if let Some(private) = private(snapshot) {
        views.push(("Private-sector addressees".to_owned(), within(view.filter.with(&private))));
    }
    views
}

/// The views as links, without those that the codebook cannot answer; the one that is `asked` is marked.
pub(crate) fn tabs(snapshot: &Snapshot, views: Vec<Named>, asked: Option<&Asked>) -> Vec<Tab> {
    let answered = views.into_iter().filter(|(_, view)| view.spec(&snapshot.codebook).is_ok());
    let tab = |(name, view): Named| Tab { name, current: Some(&view) == asked, href: view.href() };
    answered.map(tab).collect()
}

/// The views of `/explore`.
pub(super) fn of_explore(snapshot: &Snapshot, asked: &Asked) -> Vec<Tab> {
    let Some(first) = crate::pages::gaps::first(&snapshot.codebook) else { return vec![] };
    let first = first.id.as_str();
    let chart = |name: &str, rows: &str, columns: &str, chart: Chart| -> Named {
        (name.to_owned(), Asked::new(rows, columns, chart))
    };
    let mut views = shared(snapshot, &by(first, "jurisdiction"), None);
    let good = Asked { good: true, ..Asked::new(first, "form", Chart::Bars) };
    views.push(("Good coverage by form".to_owned(), good));
    views.extend([
        chart("Forms over the years", "year", "form", Chart::Timeline),
        chart("Adopted, by quarter", "adopted/quarter", "form", Chart::Timeline),
        chart("Risks by sector", first, "sector", Chart::Heat),
        chart("Targets by jurisdiction", "actor/target/types", "jurisdiction", Chart::Heat),
        chart("Proposers by authority", "actor/proposer/types", "authority", Chart::Heat),
        chart("Enforcers by enactment", "actor/enforcer/types", "enactment", Chart::Bars),
    ]);
    let law: Option<(DimensionId, CodeId)> = "status".parse().ok().zip("hard_law".parse().ok());
    if let Some((dimension, option)) = law.filter(|_| snapshot.catalogue.knows_form()) {
        let filter = Filter::default().with(&Condition::Option(dimension, option));
        let view = Asked { filter, ..Asked::new(first, "enactment", Chart::Bars) };
        views.push(("Hard law by enactment".to_owned(), view));
    }
    tabs(snapshot, views, Some(asked))
}

/// The addressee that is the private sector, as the catalogue calls it.
fn private(snapshot: &Snapshot) -> Option<Condition> {
    let all = snapshot.catalogue.select(&Filter::default(), None);
    let values = snapshot.catalogue.field_facet(&all, Field::AppliesTo);
    values.into_iter().find(|v| v.label.to_lowercase().contains("private")).map(|v| v.condition)
}
