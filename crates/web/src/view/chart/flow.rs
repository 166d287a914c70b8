//! Flows between columns of nodes, as wide as what they count.

use std::fmt::Write as _;

use super::{Mark, Picture, colour, cut, escape, open_link, said};

/// A node in a column.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Name.
    pub name: String,
    /// What it counts, and where it leads.
    pub mark: Mark,
}

/// A flow from a node of one column to a node of the next.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    /// Column of its start.
    pub column: usize,
    /// Node in that column.
    pub from: usize,
    /// Node in the next column.
    pub to: usize,
    /// What it counts, and where it leads.
    pub mark: Mark,
}

const NODE: f64 = 14.0;
const GAP: f64 = 12.0;
const COLUMN: f64 = 232.0;
const HEAD: f64 = 28.0;
const TALL: f64 = 380.0;

/// Columns of nodes with the flows between them; nodes are as tall as the larger of what comes in and goes out.
pub fn flow(heads: &[String], columns: &[Vec<Node>], flows: &[Flow]) -> Picture {
    let weight = |column: usize, node: usize| {
        let out: u64 =
            flows.iter().filter(|f| f.column == column && f.from == node).map(|f| f.mark.count).sum();
        let into: u64 =
            flows.iter().filter(|f| f.column + 1 == column && f.to == node).map(|f| f.mark.count).sum();
        out.max(into)
    };
    let sum = |column: usize| (0..columns[column].len()).map(|node| weight(column, node)).sum::<u64>();
    let most = (0..columns.len()).map(sum).max().unwrap_or(0).max(1);
    let nodes = columns.iter().map(Vec::len).max().unwrap_or(1) as f64;
    let scale = (TALL - GAP * nodes).max(60.0) / most as f64;
    let x = |column: usize| 8.0 + column as f64 * COLUMN;
    let tops: Vec<Vec<f64>> = columns
        .iter()
        .enumerate()
        .map(|(column, nodes)| {
            let mut y = HEAD;
            let top = |node: usize| {
                let here = y;
                let tall = weight(column, node) as f64 * scale;
                y += if tall > 0.0 { tall.max(2.0) + GAP } else { 0.0 };
                here
            };
            (0..nodes.len()).map(top).collect()
        })
        .collect();
    let mut body = String::new();
    let mut bottom = HEAD + TALL;
    let (mut left, mut right) = (tops.clone(), tops.clone());
    for flow in flows {
        ribbon(&mut body, flow, columns, &mut left, &mut right, scale, x);
    }
    for (column, nodes) in columns.iter().enumerate() {
        let head = heads.get(column).map_or("", String::as_str);
        let _ = write!(
            body,
            "<text class=\"t\" x=\"{}\" y=\"16\" font-weight=\"600\" fill=\"#1c1f22\">{}</text>",
            x(column),
            escape(head)
        );
        for (at, node) in nodes.iter().enumerate().filter(|(at, _)| weight(column, *at) > 0) {
            let tall = (weight(column, at) as f64 * scale).max(2.0);
            bottom = bottom.max(tops[column][at] + tall);
            block(&mut body, node, head, at, (x(column), tops[column][at], tall));
        }
    }
    Picture {
        width: (x(columns.len().saturating_sub(1)) + COLUMN) as usize,
        height: bottom.ceil() as usize + 8,
        body,
        time: false,
    }
}

/// One node with its name; `place` is its left edge, top and height.
fn block(body: &mut String, node: &Node, head: &str, at: usize, place: (f64, f64, f64)) {
    let (x, y, tall) = place;
    open_link(body, &node.mark, &said(&[head, &node.name], &node.mark, "documents"));
    let _ = write!(
        body,
        "<rect class=\"s s{at}\" x=\"{x}\" y=\"{y:.1}\" width=\"{NODE}\" height=\"{tall:.1}\" fill=\"{}\"/>\
         <text class=\"t halo\" x=\"{}\" y=\"{:.1}\" font-size=\"11\" fill=\"#1c1f22\">{} {}</text></a>",
        colour(at),
        x + NODE + 5.0,
        (y + tall / 2.0 + 4.0).max(y + 9.0),
        escape(&cut(&node.name, 24)),
        node.mark.count
    );
}

/// One flow as a band between two nodes.
fn ribbon(
    body: &mut String,
    flow: &Flow,
    columns: &[Vec<Node>],
    left: &mut [Vec<f64>],
    right: &mut [Vec<f64>],
    scale: f64,
    x: impl Fn(usize) -> f64,
) {
    let tall = flow.mark.count as f64 * scale;
    let (Some(from), Some(to)) = (
        left.get_mut(flow.column).and_then(|c| c.get_mut(flow.from)),
        right.get_mut(flow.column + 1).and_then(|c| c.get_mut(flow.to)),
    ) else {
        return;
    };
    let (a, b) = (*from, *to);
    *from += tall;
    *to += tall;
    let (x0, x1) = (x(flow.column) + NODE, x(flow.column + 1));
    let middle = f64::midpoint(x0, x1);
    let name = |column: usize, node: usize| columns[column].get(node).map_or("", |n| n.name.as_str());
    let between = format!("{} to {}", name(flow.column, flow.from), name(flow.column + 1, flow.to));
    open_link(body, &flow.mark, &said(&[&between], &flow.mark, "documents"));
    let _ = write!(
        body,
        "<path class=\"band s{from_node}\" d=\"M{x0:.0} {a:.1}C{middle:.0} {a:.1} {middle:.0} {b:.1} {x1:.0} {b:.1}V{:.1}C{middle:.0} {:.1} {middle:.0} {:.1} {x0:.0} {:.1}Z\" fill=\"{}\" fill-opacity=\"0.35\"/></a>",
        b + tall,
        b + tall,
        a + tall,
        a + tall,
        colour(flow.from),
        from_node = flow.from,
    );
}
