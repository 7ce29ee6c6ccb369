//! Reference data: what is asked of lookup tables whose content must match, and what rows become that an engine has hashed.
//!
//! Lives here: patterns, the bounds, hashing under the project's secret, the objects. Does not live here: reading the rows
//! (`capture/reference.rs` of each engine), comparing them (`compare/row`).

use crate::kind::{Kind, Value};
use crate::manifest::{Gap, Identity, Object, Reason};
use globset::Glob;
use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::sync::Arc;

/// Tables whose content is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// A name with its schema (or database), `*` matches anything.
    pub table: String,
    /// The columns that are compared; all where none is named.
    pub columns: Vec<String>,
    /// The columns that name a row; the primary key where none is named.
    pub key: Vec<String>,
}

/// The project's secret. Never shown.
#[derive(Clone)]
pub struct Secret([u8; 32]);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// From the text that the environment holds.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(blake3::derive_key("evenkeel 2026-11-28 reference rows", text.as_bytes()))
    }

    /// Tells two secrets apart, and nothing else about them.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        short(blake3::keyed_hash(&self.0, b"fingerprint").as_bytes(), 8)
    }

    fn of(&self, parts: &[&str]) -> String {
        short(blake3::keyed_hash(&self.0, joined(parts).as_bytes()).as_bytes(), 16)
    }
}

/// The most rows of a table that are read; a table with more is no lookup table.
pub const MOST_ROWS: usize = 100_000;
/// The most values of a table that are read.
const MOST_VALUES: usize = 1_000_000;

/// The most tables whose content is read: a pattern that means more is no list of lookup tables.
pub const MOST_TABLES: usize = 500;

/// The gap of patterns that mean more than [`MOST_TABLES`].
#[must_use]
pub fn too_many(tables: usize) -> Gap {
    let detail = format!("`reference` means {tables} tables, of more than {MOST_TABLES} none is read");
    Gap::kind(Kind::ReferenceTable, Reason::NotCaptured, detail).cure("name the lookup tables, or narrow the pattern")
}

/// The most values of all tables together that are read.
const MOST_OF_ALL: usize = 5_000_000;

/// How much may be read still.
#[derive(Debug, Clone)]
pub struct Budget {
    values: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { values: MOST_OF_ALL }
    }
}

impl Budget {
    /// How many rows of a table with so many columns are read at the most.
    #[must_use]
    pub fn rows(&self, columns: usize) -> usize {
        most_rows(columns).min(self.values / columns.max(1))
    }

    /// Counts what was read.
    pub fn take(&mut self, rows: usize, columns: usize) {
        self.values = self.values.saturating_sub(rows.saturating_mul(columns));
    }

    /// Why a table of so many columns that has more rows is not read.
    #[must_use]
    pub fn refusal(&self, columns: usize) -> String {
        let most = most_rows(columns);
        if self.rows(columns) < most {
            format!("with it the reference tables hold more than {MOST_OF_ALL} values: these are no lookup tables")
        } else {
            format!("it has more than {most} rows: that is no lookup table")
        }
    }
}

fn most_rows(columns: usize) -> usize {
    MOST_ROWS.min(MOST_VALUES / columns.max(1))
}

/// A column of a table that may be reference data, as the catalog has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    /// Its place in the primary key, from 1.
    pub key: Option<usize>,
}

/// What is read of a table: columns by their place among those that it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub columns: Vec<usize>,
    /// Among `columns`.
    pub key: Vec<usize>,
}

impl Pattern {
    /// Whether that table is meant, by its name as reports show it, or with the database that was captured alone.
    ///
    /// # Errors
    /// The pattern cannot be read.
    pub fn is(&self, shown: &str, database: Option<&str>) -> Result<bool, globset::Error> {
        let glob = Glob::new(&self.table)?.compile_matcher();
        Ok(glob.is_match(shown) || database.is_some_and(|database| glob.is_match(format!("{database}.{shown}"))))
    }

    /// Whether it is one table's name.
    fn is_name(&self) -> bool {
        !self.table.contains(['*', '?', '[', '{'])
    }

    /// Whether its name can be read as a pattern.
    ///
    /// # Errors
    /// Why not, for a person.
    pub fn check(&self) -> Result<(), String> {
        Glob::new(&self.table).map(|_| ()).map_err(|error| error.to_string())
    }

    /// What to read of a table with these columns.
    ///
    /// # Errors
    /// Why nothing can be compared: a column that is not there, no key.
    pub fn plan(&self, table: &[Column]) -> Result<Plan, String> {
        let place = |name: &String| {
            table.iter().position(|column| column.name == *name).ok_or_else(|| format!("it has no column {name:?}, which is named for it"))
        };
        let key: Vec<usize> = if self.key.is_empty() {
            let mut key: Vec<(usize, usize)> = table.iter().enumerate().filter_map(|(at, column)| Some((column.key?, at))).collect();
            key.sort_unstable();
            key.into_iter().map(|(_, at)| at).collect()
        } else {
            self.key.iter().map(place).collect::<Result<_, _>>()?
        };
        if key.is_empty() {
            return Err("it has no primary key, and no `key` is named for it".to_owned());
        }
        let mut columns = if self.columns.is_empty() {
            (0..table.len()).collect()
        } else {
            self.columns.iter().map(place).collect::<Result<Vec<_>, _>>()?
        };
        columns.extend(&key);
        columns.sort_by(|a, b| table.get(*a).map(|column| &column.name).cmp(&table.get(*b).map(|column| &column.name)));
        columns.dedup();
        let key = key.iter().filter_map(|at| columns.iter().position(|column| column == at)).collect();
        Ok(Plan { columns, key })
    }
}

/// What is wanted of a table by all that mean it, whatever their order. Who names it says more of it than a pattern with `*`; of those
/// that say as much, all columns that any of them wants are compared, and a key that any of them names tells the rows apart.
#[must_use]
pub fn meant(wanted: &[Pattern], shown: &str, database: Option<&str>) -> Option<Pattern> {
    let mut meant: Vec<&Pattern> = wanted.iter().filter(|wanted| wanted.is(shown, database) == Ok(true)).collect();
    if meant.iter().any(|wanted| wanted.is_name()) {
        meant.retain(|wanted| wanted.is_name());
    }
    let first = meant.first()?;
    let whole = meant.iter().any(|wanted| wanted.columns.is_empty());
    let each = |names: fn(&Pattern) -> &Vec<String>| {
        let names: BTreeSet<String> = meant.iter().flat_map(|wanted| names(wanted)).cloned().collect();
        names.into_iter().collect::<Vec<_>>()
    };
    let columns = if whole { Vec::new() } else { each(|wanted| &wanted.columns) };
    Some(Pattern { table: first.table.clone(), columns, key: each(|wanted| &wanted.key) })
}

/// The gap of a table whose content cannot be compared.
#[must_use]
pub fn unread(shown: &str, reason: Reason, detail: &str, cure: Option<&str>) -> Vec<Gap> {
    let gap = Gap { object: Some(shown.to_owned()), ..Gap::kind(Kind::ReferenceTable, reason, detail.to_owned()) };
    vec![Gap { cure: cure.map(str::to_owned), ..gap }]
}

/// The gaps of patterns that no table has: nothing compared is no agreement.
#[must_use]
pub fn unmet(wanted: &[Pattern], met: impl Fn(&Pattern) -> bool) -> Vec<Gap> {
    let lacking = wanted.iter().filter(|wanted| !met(wanted));
    let gap = |wanted: &Pattern| {
        let detail = format!("reference = [{:?}]: there is no such table", wanted.table);
        Gap::kind(Kind::ReferenceTable, Reason::NotCaptured, detail).cure("correct `reference` in evenkeel.toml, or make the table visible")
    };
    lacking.map(gap).collect()
}

/// A table that was read: for each row the hash of each column's value as the server made it, `None` for NULL, in the order of the
/// plan's columns; and the values themselves, where they were asked for.
#[derive(Debug)]
pub struct Content {
    pub schema: Arc<str>,
    pub name: Arc<str>,
    /// Names of the plan's columns.
    pub columns: Vec<String>,
    /// Places of the key among them.
    pub key: Vec<usize>,
    pub rows: Vec<Row>,
}

/// One row.
#[derive(Debug)]
pub struct Row {
    pub hashes: Vec<Option<Box<str>>>,
    pub values: Option<Vec<Option<Box<str>>>>,
}

/// A table and, under a secret, its rows. Rows that their key does not tell apart are not told, which is a gap.
#[must_use]
pub fn objects(content: &Content, secret: Option<&Secret>) -> (Vec<Object>, Vec<Gap>) {
    let mut table = Object::new(Kind::ReferenceTable, Identity::new([Arc::clone(&content.schema), Arc::clone(&content.name)]));
    table.set("rows", i64::try_from(content.rows.len()).unwrap_or(i64::MAX));
    table.set("columns", Value::List(content.columns.iter().map(|name| name.as_str().into()).collect()));
    let key = content.key.iter().filter_map(|at| content.columns.get(*at));
    table.set("key", Value::List(key.map(|name| name.as_str().into()).collect()));
    table.set("content", whole(content, secret));
    table.set_some("secret", secret.map(Secret::fingerprint));
    let mut found = vec![table];
    let Some(secret) = secret else { return (found, Vec::new()) };
    let keys: HashSet<Vec<&str>> = content.rows.iter().map(|row| content.key.iter().map(|at| row.hash(*at)).collect()).collect();
    if keys.len() < content.rows.len() {
        let shown = found.first().map(Object::display).unwrap_or_default();
        // Rows that were not told are not missing: the table is hashed as one that has none.
        if let Some(table) = found.first_mut() {
            table.set_some("secret", None::<String>);
            table.set("content", whole(content, None));
        }
        let cure = "name columns that tell its rows apart: reference = [{ table = \"…\", key = [\"…\"] }]";
        return (found, unread(&shown, Reason::Ambiguous, "its key names several rows", Some(cure)));
    }
    for row in &content.rows {
        let hash = |at: usize| row.hash(at);
        let mut parts = vec![&*content.schema, &*content.name, "key"];
        parts.extend(content.key.iter().map(|at| hash(*at)));
        let identity = [Arc::clone(&content.schema), Arc::clone(&content.name), secret.of(&parts).into()];
        let mut object = Object::new(Kind::ReferenceRow, Identity::new(identity));
        // A hash says nothing about equal values in other columns, rows or tables.
        let of = |(at, name): (usize, &String)| format!("{name}={}", secret.of(&[&parts.join("\0"), name, hash(at)])).into();
        object.set("columns", Value::List(content.columns.iter().enumerate().map(of).collect()));
        if let Some(values) = &row.values {
            let of = |(name, value): (&String, &Option<Box<str>>)| format!("{name}={}", value.as_deref().unwrap_or("NULL")).into();
            object.set("values", Value::List(content.columns.iter().zip(values).map(of).collect()));
        }
        found.push(object);
    }
    (found, Vec::new())
}

impl Row {
    fn hash(&self, at: usize) -> &str {
        self.hashes.get(at).and_then(|hash| hash.as_deref()).unwrap_or(NULL)
    }
}

/// No hash is written so.
const NULL: &str = "\u{0}";

/// The hash of all rows, whatever their order; under the secret, where there is one: a small table could be guessed.
fn whole(content: &Content, secret: Option<&Secret>) -> String {
    let of = |row: &Row| {
        let hashes: Vec<&str> = row.hashes.iter().map(|hash| hash.as_deref().unwrap_or(NULL)).collect();
        *blake3::hash(joined(&hashes).as_bytes()).as_bytes()
    };
    let mut rows: Vec<[u8; 32]> = content.rows.iter().map(of).collect();
    rows.sort_unstable();
    let names: Vec<&str> = content.columns.iter().map(String::as_str).collect();
    let mut hasher = secret.map_or_else(blake3::Hasher::new, |secret| blake3::Hasher::new_keyed(&secret.0));
    hasher.update(joined(&names).as_bytes());
    rows.iter().for_each(|row| {
        hasher.update(row);
    });
    short(hasher.finalize().as_bytes(), 32)
}

/// Parts with their lengths: no two lists have one text.
fn joined(parts: &[&str]) -> String {
    parts.iter().map(|part| format!("{}:{part}", part.len())).collect()
}

fn short(bytes: &[u8], length: usize) -> String {
    bytes.iter().take(length).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn wanted(table: &str, columns: &[&str], key: &[&str]) -> Pattern {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Pattern { table: table.to_owned(), columns: owned(columns), key: owned(key) }
    }

    fn table() -> Vec<Column> {
        let column = |name: &str, key| Column { name: name.to_owned(), key };
        vec![column("name", None), column("id", Some(2)), column("area", Some(1))]
    }

    #[test]
    fn all_tables_together_have_a_bound() {
        let mut budget = Budget::default();
        assert_eq!((budget.rows(2), budget.rows(20), budget.rows(0)), (MOST_ROWS, MOST_VALUES / 20, MOST_ROWS));
        assert!(budget.refusal(2).contains("it has more than 100000 rows"));
        for _ in 0..4 {
            budget.take(MOST_ROWS, 10);
        }
        assert_eq!(budget.rows(10), MOST_ROWS);
        budget.take(MOST_ROWS - 1, 10);
        assert_eq!((budget.rows(10), budget.rows(1)), (1, 10));
        assert!(budget.refusal(10).contains("more than 5000000 values"));
        budget.take(usize::MAX, 2);
        assert_eq!(budget.rows(1), 0);
    }

    #[test]
    fn a_plan_has_the_key_and_what_is_named() {
        let plan = |columns: &[&str], key: &[&str]| wanted("app.t", columns, key).plan(&table());
        assert_eq!(plan(&[], &[]).unwrap(), Plan { columns: vec![2, 1, 0], key: vec![0, 1] });
        assert_eq!(plan(&["name"], &["id"]).unwrap(), Plan { columns: vec![1, 0], key: vec![0] });
        assert_eq!(plan(&["id"], &["id"]).unwrap(), Plan { columns: vec![1], key: vec![0] });
        assert!(plan(&["no"], &[]).is_err_and(|why| why.contains("\"no\"")));
        assert!(plan(&[], &["no"]).is_err());
        let bare = [Column { name: "a".to_owned(), key: None }];
        assert!(wanted("app.t", &[], &[]).plan(&bare).is_err_and(|why| why.contains("primary key")));
    }

    #[test]
    fn patterns_mean_tables_with_their_schema() {
        assert!(wanted("app.*", &[], &[]).is("app.countries", None).unwrap());
        assert!(!wanted("app.*", &[], &[]).is("other.countries", None).unwrap());
        assert!(wanted("shop.plans", &[], &[]).is("plans", Some("shop")).unwrap());
        assert!(wanted("plans", &[], &[]).is("plans", Some("shop")).unwrap());
        assert!(wanted("a[", &[], &[]).check().is_err());
        assert_eq!(unmet(&[wanted("app.x", &[], &[])], |_| false).len(), 1);
    }

    /// The order of patterns says nothing, a narrower one takes nothing away from a wider, and a name says more than a pattern.
    #[test]
    fn patterns_of_one_table_are_taken_together() {
        let told = |patterns: &[Pattern]| meant(patterns, "app.t", None).map(|one| (one.columns, one.key));
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        for (one, other, columns, key) in [
            (wanted("app.t", &["w"], &[]), wanted("app.t", &[], &[]), vec![], vec![]),
            (wanted("app.t", &["w"], &[]), wanted("app.t", &["v"], &["k"]), owned(&["v", "w"]), owned(&["k"])),
            (wanted("app.*", &["w"], &["x"]), wanted("app.t", &["v"], &["k"]), owned(&["v"]), owned(&["k"])),
            (wanted("app.*", &[], &[]), wanted("app.t", &["v"], &["k"]), owned(&["v"]), owned(&["k"])),
        ] {
            let expected = Some((columns, key));
            assert_eq!(told(&[one.clone(), other.clone()]), expected);
            assert_eq!(told(&[other, one]), expected);
        }
        assert_eq!(told(&[wanted("app.x", &[], &[])]), None);
    }

    fn content(rows: &[[Option<&str>; 2]]) -> Content {
        let row = |cells: &[Option<&str>; 2]| Row { hashes: cells.iter().map(|cell| cell.map(Into::into)).collect(), values: None };
        Content {
            schema: "app".into(),
            name: "t".into(),
            columns: vec!["a".to_owned(), "b".to_owned()],
            key: vec![0],
            rows: rows.iter().map(row).collect(),
        }
    }

    fn hash(rows: &[[Option<&str>; 2]]) -> String {
        objects(&content(rows), None).0.first().unwrap().text("content").unwrap().to_owned()
    }

    #[test]
    fn the_order_of_rows_says_nothing_and_every_cell_says_something() {
        let base = [[Some("1"), Some("x")], [Some("2"), None]];
        assert_eq!(hash(&base), hash(&[base[1], base[0]]));
        for other in [
            vec![base[0]],
            vec![base[0], base[1], base[1]],
            vec![base[0], [Some("2"), Some("NULL")]],
            vec![[Some("1"), Some("y")], base[1]],
            vec![[Some("1x"), Some("")], base[1]],
            vec![],
        ] {
            assert_ne!(hash(&base), hash(&other), "{other:?}");
        }
    }

    #[test]
    fn rows_are_told_only_under_a_secret_and_equal_values_do_not_show() {
        let rows = [[Some("1"), Some("x")], [Some("2"), Some("x")]];
        assert_eq!(objects(&content(&rows), None).0.len(), 1);
        let (found, gaps) = objects(&content(&rows), Some(&Secret::new("s")));
        assert!(gaps.is_empty());
        let (told, gaps) = objects(&content(&[rows[0], rows[0]]), Some(&Secret::new("s")));
        assert_eq!((told.len(), gaps.len()), (1, 1), "two rows of one key");
        let texts: Vec<String> = found.iter().skip(1).map(|row| row.get("columns").unwrap().shown()).collect();
        assert_eq!(texts.len(), 2);
        let part = |text: &str| text.split("b=").nth(1).unwrap().to_owned();
        assert_ne!(part(&texts[0]), part(&texts[1]), "two rows with one value look different");
        let (other, _) = objects(&content(&rows), Some(&Secret::new("t")));
        assert_ne!(found[1].identity, other[1].identity);
        assert_eq!(found[1].identity, objects(&content(&rows), Some(&Secret::new("s"))).0[1].identity);
        assert!(!format!("{:?}", Secret::new("hunter2")).contains("hunter2"));
    }
}
