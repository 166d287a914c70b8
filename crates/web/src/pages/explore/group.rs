//! The group of codes that alone stands on the axis of a chart, such as one domain of risks.

use lacuna_domain::Codebook;
use lacuna_domain::codebook::{Dimension, Group};
use lacuna_domain::filter::Condition;
use lacuna_pipeline::analyze::crosstab::{Line, Spec, Table};
use lacuna_store::catalogue::Axis;

use super::Asked;

/// The dimension whose codes stand on an axis, with its group of this id.
fn on_axis<'c>(axis: &Axis, group: &str, codebook: &'c Codebook) -> Option<(&'c Dimension, &'c Group)> {
    let (Axis::Codes(id, _) | Axis::Options(id)) = axis else { return None };
    let dimension = codebook.dimension(id.as_str())?;
    dimension.groups.iter().find(|one| one.id == group).map(|group| (dimension, group))
}

impl Asked {
    /// The group with its dimension, where an axis has it.
    fn grouped<'c>(&self, codebook: &'c Codebook) -> Option<(&'c Dimension, &'c Group)> {
        let spec = self.spec(codebook).ok()?;
        spec.axes().find_map(|axis| on_axis(axis, &self.group, codebook))
    }

    /// Drops the group where no axis has it; answers what is wrong where there is no such group at all.
    pub(super) fn settle_group(&mut self, codebook: &Codebook) -> Option<String> {
        if self.group.is_empty() || self.grouped(codebook).is_some() {
            return None;
        }
        let given: String = std::mem::take(&mut self.group).chars().take(80).collect();
        let groups = codebook.dimensions.iter().flat_map(|dimension| &dimension.groups);
        let known: Vec<&str> = groups.map(|group| group.id.as_str()).collect();
        (!known.contains(&given.as_str())).then(|| {
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            format!("no group of codes is called {given:?}; there are: {known}")
        })
    }

    /// Such as `Risk coverage: Privacy & security only`; `None` where all codes stand on the axes.
    pub(super) fn group_words(&self, codebook: &Codebook) -> Option<String> {
        let (dimension, group) = self.grouped(codebook)?;
        Some(format!("{}: {} only", dimension.name, group.name))
    }

    /// What the group adds to the name of an axis in a title.
    pub(super) fn group_suffix(&self, axis: &Axis, codebook: &Codebook) -> String {
        let found = on_axis(axis, &self.group, codebook);
        found.map(|(_, group)| format!(" ({})", group.name)).unwrap_or_default()
    }
}

/// Keeps the codes of a group on the axes that have it.
pub(super) fn keep(table: &mut Table, spec: &Spec, group: &str, codebook: &Codebook) {
    let kept = |axis: Option<&Axis>, lines: &[Line]| -> Vec<bool> {
        let grouped = axis.and_then(|axis| on_axis(axis, group, codebook));
        let keeps = |line: &Line| grouped.is_none_or(|(dimension, group)| is_of(line, dimension, group));
        lines.iter().map(keeps).collect()
    };
    let panels: Vec<Line> = table.panels.iter().filter_map(|panel| panel.line.clone()).collect();
    let (rows, columns) = (kept(Some(&spec.rows), &table.rows), kept(spec.columns.as_ref(), &table.columns));
    retain(&mut table.panels, &kept(spec.panels.as_ref(), &panels));
    retain(&mut table.rows, &rows);
    retain(&mut table.columns, &columns);
    for panel in &mut table.panels {
        retain(&mut panel.cells, &rows);
        retain(&mut panel.row_counts, &rows);
        retain(&mut panel.column_counts, &columns);
        for cells in &mut panel.cells {
            retain(cells, &columns);
        }
    }
}

fn is_of(line: &Line, dimension: &Dimension, group: &Group) -> bool {
    let (Condition::Code(_, code, _) | Condition::Option(_, code)) = &line.condition else { return true };
    dimension.code(code.as_str()).is_some_and(|code| code.group.as_deref() == Some(group.id.as_str()))
}

/// Keeps what stands where `kept` holds, and what stands beyond it.
fn retain<T>(of: &mut Vec<T>, kept: &[bool]) {
    let mut kept = kept.iter();
    of.retain(|_| kept.next().copied().unwrap_or(true));
}
