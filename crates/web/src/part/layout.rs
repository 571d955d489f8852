//! Where the nodes of a picture stand: from left to right, each right of what leads to it.
//!
//! The layout is made by a layered method (Sugiyama and others, 1981) in the crate `dugong`; this is
//! the one file that knows it.

use std::collections::BTreeMap;

use dugong::graphlib::{Graph, GraphOptions};
use dugong::{EdgeLabel, GraphLabel, NodeLabel, RankDir};

/// The size of every node of a picture, and how far apart they are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grid {
    pub(crate) width: i32,
    pub(crate) height: i32,
    /// Between two columns.
    pub(crate) between: i32,
    /// Between two nodes of a column.
    pub(crate) apart: i32,
}

/// The upper left corner of each node, and the size of the whole.
pub(crate) struct Laid<'a> {
    pub(crate) places: BTreeMap<&'a str, (i32, i32)>,
    pub(crate) width: i32,
    pub(crate) height: i32,
}

/// Lays nodes out; an edge leads from the left one to the right one.
pub(crate) fn lay_out<'a>(
    nodes: &[&'a str],
    edges: impl IntoIterator<Item = (&'a str, &'a str)>,
    grid: Grid,
) -> Laid<'a> {
    let mut graph: Graph<NodeLabel, EdgeLabel, GraphLabel> = Graph::new(GraphOptions::default());
    graph.set_graph(GraphLabel {
        rankdir: RankDir::LR,
        nodesep: f64::from(grid.apart),
        ranksep: f64::from(grid.between),
        ..GraphLabel::default()
    });
    for node in nodes {
        graph.set_node(
            *node,
            NodeLabel {
                width: f64::from(grid.width),
                height: f64::from(grid.height),
                ..NodeLabel::default()
            },
        );
    }
    for (from, to) in edges {
        graph.set_edge_with_label(from, to, EdgeLabel::default());
    }
    // A graph without cycles is laid out; a node without a place stands at the corner.
    dugong::layout(&mut graph).ok();
    let mut places = BTreeMap::new();
    let (mut width, mut height) = (0, 0);
    for node in nodes {
        let found = graph.node(node);
        let middle = found.map_or((0, 0), |node| (whole(node.x), whole(node.y)));
        let corner = (
            middle.0 - grid.width / 2 + 1,
            middle.1 - grid.height / 2 + 1,
        );
        width = width.max(corner.0 + grid.width + 1);
        height = height.max(corner.1 + grid.height + 1);
        places.insert(*node, corner);
    }
    Laid {
        places,
        width,
        height,
    }
}

/// Stands columns side by side, each in its order and in the middle of the tallest.
pub(crate) fn stand<'a>(columns: &[Vec<&'a str>], grid: Grid) -> Laid<'a> {
    let length = |of: usize| i32::try_from(of).unwrap_or(i32::MAX);
    let height = |rows: usize| length(rows) * (grid.height + grid.apart) - grid.apart;
    let tallest = columns.iter().map(|column| height(column.len())).max();
    let tallest = tallest.unwrap_or_default().max(0);
    let mut places = BTreeMap::new();
    for (across, column) in columns.iter().enumerate() {
        let x = 1 + length(across) * (grid.width + grid.between);
        let top = 1 + (tallest - height(column.len())) / 2;
        for (down, node) in column.iter().enumerate() {
            let y = top + length(down) * (grid.height + grid.apart);
            places.insert(*node, (x, y));
        }
    }
    Laid {
        places,
        width: length(columns.len()) * (grid.width + grid.between) - grid.between + 2,
        height: tallest + 2,
    }
}

/// Brings a column into the order of the middle of what each of it is tied to, so that ties cross little: the
/// barycentre heuristic (Sugiyama and others, 1981). What is tied to nothing there keeps its place at the end.
pub(crate) fn align<'a>(column: &mut [&'a str], to: &[&str], ties: &[(&'a str, &str)]) {
    let middle = |node: &str| {
        let own = ties.iter().filter(|(tied, _)| *tied == node);
        let rows = own.filter_map(|(_, other)| to.iter().position(|it| it == other));
        let (sum, count) = rows.fold((0, 0), |(sum, count), row| (sum + row, count + 1));
        // In thousandths of a row, so that the order is whole numbers' alone.
        (sum * 1_000).checked_div(count).unwrap_or(usize::MAX)
    };
    column.sort_by_cached_key(|node| middle(node));
}

/// The path of an edge, from the middle of a node's right side to the middle of another's left one.
pub(crate) fn path(grid: Grid, start: (i32, i32), end: (i32, i32)) -> String {
    let (x1, y1) = (start.0 + grid.width, start.1 + grid.height / 2);
    let (x2, y2) = (end.0, end.1 + grid.height / 2);
    let middle = i32::midpoint(x1, x2);
    format!("M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}")
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "places of a picture are a few thousand at most"
)]
fn whole(place: Option<f64>) -> i32 {
    place.unwrap_or_default().round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_no_holes_and_stand_by_what_they_are_tied_to() {
        let grid = Grid {
            width: 100,
            height: 40,
            between: 50,
            apart: 10,
        };
        let works = ["w1", "w2", "w3"];
        let ties = [("b", "w1"), ("a", "w3"), ("a", "w2"), ("c", "w2")];
        let mut people = vec!["a", "b", "c", "d"];
        align(&mut people, &works, &ties);
        assert_eq!(people, ["b", "c", "a", "d"]);
        let laid = stand(&[people, works.to_vec(), Vec::new()], grid);
        assert_eq!(laid.places["b"], (1, 1));
        assert_eq!(laid.places["c"], (1, 51));
        assert_eq!(laid.places["w1"], (151, 26));
        assert_eq!((laid.width, laid.height), (402, 192));
    }

    #[test]
    fn what_needs_stands_right_of_what_it_needs() {
        let grid = Grid {
            width: 144,
            height: 48,
            between: 24,
            apart: 24,
        };
        let edges = [("a", "b"), ("a", "c"), ("b", "c")];
        let laid = lay_out(&["a", "b", "c"], edges, grid);
        let places = &laid.places;
        assert!(places["a"].0 + 144 <= places["b"].0);
        assert!(places["b"].0 + 144 <= places["c"].0);
        assert!(places.values().all(|(x, y)| *x >= 0 && *y >= 0));
        assert!(laid.width > 3 * 144 && laid.height >= 48);
        assert_eq!(
            path(grid, (0, 0), (200, 100)),
            "M144 24C172 24 172 124 200 124"
        );
    }
}
