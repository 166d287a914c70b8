//! `GET /documents/{id}.csv`: one row per quote of each label, negative labels included, and one per entity of a role.

use lacuna_pipeline::publish::export::Trust;

use super::show::DocumentPage;
use crate::reply::csv_row;
use crate::view::{LabelView, QuoteView, RoleView};

const HEAD: [&str; 18] = [
    "document",
    "dimension",
    "code",
    "name",
    "level",
    "positive",
    "confidence",
    "probability",
    "reasoning",
    "entity",
    "quote",
    "start",
    "end",
    "state",
    "passage",
    "run",
    "labels",
    "fiction",
];

/// The labels of the page.
pub(super) fn csv(page: &DocumentPage) -> String {
    let mut sheet = Sheet { page, out: String::new() };
    csv_row(&mut sheet.out, HEAD.into_iter().chain(Trust::COLUMNS));
    for section in &page.dimensions {
        section.found.iter().chain(&section.missing).for_each(|label| sheet.label(label));
        section.roles.iter().for_each(|role| sheet.role(role));
    }
    sheet.out
}

struct Sheet<'p> {
    page: &'p DocumentPage,
    out: String,
}

impl Sheet<'_> {
    fn label(&mut self, label: &LabelView) {
        let probability = exact(label.probability);
        let cells = [
            label.dimension.as_str(),
            &label.code,
            &label.name,
            &label.level,
            if label.positive { "true" } else { "false" },
            label.confidence,
            &probability,
            &label.reasoning,
        ];
        if label.quotes.is_empty() {
            self.row(cells, "", None);
        }
        label.quotes.iter().for_each(|quote| self.row(cells, "", Some(quote)));
    }

    fn role(&mut self, role: &RoleView) {
        let probability = exact(role.probability);
        let named = !role.entities.is_empty();
        let cells = [
            role.dimension.as_str(),
            &role.role,
            &role.name,
            if named { "named" } else { "nobody named" },
            if named { "true" } else { "false" },
            role.confidence,
            &probability,
            &role.reasoning,
        ];
        if !named {
            self.row(cells, "", None);
        }
        role.entities.iter().for_each(|entity| self.row(cells, &entity.name, Some(&entity.at)));
    }

    fn row(&mut self, cells: [&str; 8], entity: &str, quote: Option<&QuoteView>) {
        let place = quote.map(|q| [q.start.to_string(), q.end.to_string(), q.passage.to_string()]);
        let [start, end, passage] = place.unwrap_or_default();
        let (words, state) = quote.map_or(("", ""), |q| (q.quote.as_str(), q.state));
        let (run, standing) = self.page.run.as_ref().map_or(("", ""), |r| (r.id.as_str(), r.standing()));
        let fiction = if self.page.document.fiction { "fiction" } else { "" };
        let tail = [entity, words, &start, &end, state, &passage, run, standing, fiction];
        let trust = self.page.trust(&format!("{}/{}", cells[0], cells[1])).columns.cells();
        let trust = trust.iter().map(String::as_str);
        csv_row(
            &mut self.out,
            [self.page.document.id.as_str()].into_iter().chain(cells).chain(tail).chain(trust),
        );
    }
}

fn exact(probability: Option<f32>) -> String {
    probability.map_or_else(String::new, |p| format!("{p:.4}"))
}
