//! The parity matrix: dimensions down, environments across; a symbol, two words and a colour a cell.
//!
//! Lives here: which cells there are and where they lead. Neighbour: `view`, which makes the places they lead to.

use crate::document::{Comparison, Dimension, DimensionResult, Document, Endpoint, Outcome, unseen};
use crate::number::{counted, thousands};
use crate::{clean, sentence};

pub(super) struct Matrix {
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
}

pub(super) struct Column {
    pub label: String,
    /// What it is compared with, or that it is the reference.
    pub role: String,
    pub server: String,
}

pub(super) struct Row {
    pub name: &'static str,
    pub cells: Vec<Cell>,
}

pub(super) struct Cell {
    pub symbol: &'static str,
    pub words: String,
    /// The class that colours it.
    pub tone: &'static str,
    /// A second, quieter line.
    pub more: String,
    pub link: Option<String>,
}

impl Matrix {
    pub(super) fn of(documents: &[&Document]) -> Self {
        // The reference has a column of its own where there is only one.
        let compared: Vec<(&Document, &Comparison)> =
            documents.iter().filter_map(|document| Some((*document, document.comparison.as_ref()?))).collect();
        let shared =
            compared.first().map(|(_, first)| &first.reference).filter(|first| compared.iter().all(|(_, one)| one.reference == **first));
        let mut columns: Vec<Column> = shared.map(|endpoint| column(endpoint, "reference".to_owned())).into_iter().collect();
        columns.extend(compared.iter().map(|(_, comparison)| {
            let against = format!("against {}", clean::line(&comparison.reference.label));
            column(&comparison.candidate, if shared.is_some() { "candidate".to_owned() } else { against })
        }));
        let mut names: Vec<Dimension> =
            documents.iter().flat_map(|document| document.dimensions()).map(|dimension| dimension.name).collect();
        names.sort_unstable();
        names.dedup();
        let rows = names.into_iter().map(|name| {
            let of = |document: &Document| document.dimensions().iter().position(|dimension| dimension.name == name);
            let mut cells = Vec::new();
            if let (true, Some(first)) = (shared.is_some(), documents.first()) {
                let dimension = of(first).and_then(|at| first.dimensions().get(at));
                cells.push(dimension.map_or_else(Cell::blank, |dimension| Cell::reference(first, dimension)));
            }
            let all = documents.iter().enumerate().filter(|(_, document)| document.comparison.is_some());
            cells.extend(all.map(|(index, document)| {
                let dimension = of(document).and_then(|at| document.dimensions().get(at));
                dimension.map_or_else(Cell::blank, |dimension| Cell::candidate(document, dimension, index))
            }));
            Row { name: name.name(), cells }
        });
        Self { rows: rows.collect(), columns }
    }
}

fn column(endpoint: &Endpoint, role: String) -> Column {
    let server = if endpoint.is_read() {
        clean::line(&format!("{} {}, {}", endpoint.engine, endpoint.server_version, endpoint.node_role.name()))
    } else {
        "not read".to_owned()
    };
    Column { label: clean::line(&endpoint.label), role, server }
}

impl Cell {
    fn blank() -> Self {
        Self { symbol: "–", words: "not asked".to_owned(), tone: "quiet", more: String::new(), link: None }
    }

    fn reference(document: &Document, dimension: &DimensionResult) -> Self {
        let (cell, _) = sentence::cells(document, dimension);
        Self { symbol: "", words: cell, tone: "base", more: String::new(), link: None }
    }

    fn candidate(document: &Document, dimension: &DimensionResult, index: usize) -> Self {
        let (symbol, _) = sentence::dimension(dimension);
        let per = dimension.differences;
        let (words, tone) = match symbol {
            "✗" if per.block == 0 => ("differs".to_owned(), "bad"),
            "✗" => (format!("{} blocking", thousands(per.block)), "bad"),
            "!" => (counted(per.warn, "warning", "warnings"), "warn"),
            "?" if dimension.gaps > dimension.not_comparable => ("not visible".to_owned(), "unknown"),
            "?" if dimension.gaps > 0 => ("not comparable".to_owned(), "unknown"),
            "?" if dimension.compared => ("could not tell".to_owned(), "unknown"),
            "?" => ("not compared".to_owned(), "unknown"),
            "–" if dimension.alone().is_some() => ("one side only".to_owned(), "quiet"),
            "–" => ("nothing there".to_owned(), "quiet"),
            _ => (sentence::alike(dimension), "good"),
        };
        let mut more = Vec::new();
        // What stands in the reference's cell: a digest, a volume, a number of objects.
        more.extend(Some(sentence::cells(document, dimension).1).filter(|found| found != "–"));
        if symbol == "✗" && per.block > 0 && per.warn > 0 {
            more.push(counted(per.warn, "warning", "warnings"));
        }
        if dimension.shared > 0 {
            more.push(format!("{} on both sides", counted(dimension.shared, "fault", "faults")));
        }
        if per.inform > 0 {
            more.push(format!("{} expected", thousands(per.inform)));
        }
        if dimension.gaps > 0 {
            let unseen = || unseen(dimension.gaps, dimension.not_comparable);
            if symbol == "?" && unseen().count() == 1 {
                more.push(counted(dimension.gaps, "gap", "gaps"));
            } else {
                more.extend(unseen());
            }
        }
        more.extend(dimension.note.as_deref().map(clean::line));
        let empty = per.block + per.warn + per.inform + dimension.gaps == 0;
        let tone = if tone == "unknown" && !dimension.demanded && dimension.verdict == Outcome::CouldNotTell { "quiet" } else { tone };
        Self { symbol, words, tone, more: more.join(" · "), link: (!empty).then(|| anchor(index, dimension.name)) }
    }
}

/// Where the first thing about a dimension stands in the section of a document.
pub(super) fn anchor(index: usize, dimension: Dimension) -> String {
    format!("e{index}-{}", dimension.name())
}
