//! What one change log says, whatever language it is written in: change sets, what it includes, properties.

use super::node::Node;
use super::text::Sql;

/// One file, read.
#[derive(Debug, Default)]
pub(super) struct Log {
    /// The path that is recorded in place of its own.
    pub logical: Option<String>,
    pub said: Vec<Said>,
    /// What was not understood, and on which line.
    pub odd: Vec<(u32, String)>,
}

#[derive(Debug)]
pub(super) enum Said {
    Set(Box<ChangeSet>),
    Include(Include),
    Property { name: String, value: String, dbms: Option<String> },
}

/// A file that is included, or all of a folder.
#[derive(Debug)]
pub(super) struct Include {
    pub path: String,
    pub is_folder: bool,
    /// To this file, and not to where Liquibase looks for files.
    pub is_relative: bool,
    pub context: Option<String>,
    pub labels: Option<String>,
    pub ends_with: Option<String>,
    pub line: u32,
}

#[derive(Debug, Default)]
pub(super) struct ChangeSet {
    pub id: String,
    pub author: String,
    pub line: u32,
    pub logical: Option<String>,
    pub context: Option<String>,
    pub labels: Option<String>,
    pub dbms: Option<String>,
    pub run_on_change: bool,
    pub run_always: bool,
    pub in_transaction: bool,
    pub ignored: bool,
    pub preconditions: bool,
    pub run_with: Option<String>,
    pub valid_sums: Vec<String>,
    pub changes: Vec<Change>,
    pub rollback: Option<Vec<Change>>,
    /// Its sum is made of more than its changes.
    pub is_modified: bool,
}

#[derive(Debug)]
pub(super) enum Change {
    Sql(Sql),
    /// The text is in a file of its own.
    File {
        path: String,
        is_relative: bool,
        sql: Sql,
    },
    /// It does nothing to a schema, and its sum is not worked out: `tagDatabase`.
    Nothing,
    /// Liquibase itself makes the statements.
    Rendered(String),
}

/// Said of a change set whose failure ends nothing.
pub(super) const UNNOTICED: &str = "failOnError is false: where a statement of it fails Liquibase goes on and ends as if all were well";

/// Elements of a change set that are no changes.
const ABOUT: &[&str] = &[
    "id",
    "author",
    "context",
    "contextFilter",
    "labels",
    "dbms",
    "runOnChange",
    "runAlways",
    "alwaysRun",
    "runInTransaction",
    "failOnError",
    "created",
    "runOrder",
    "ignore",
    "comment",
    "objectQuotingStrategy",
    "logicalFilePath",
    "runWith",
    "runWithSpoolFile",
    "validCheckSum",
    "preConditions",
    "preconditions",
    "rollback",
    "modifySql",
    "changes",
    "filePath",
    "onValidationFail",
    "schemaLocation",
];

/// What a tree says.
pub(super) fn read(path: &str, root: &Node) -> Log {
    let mut log = Log::default();
    let document = if root.name == "databaseChangeLog" { Some(root) } else { root.child("databaseChangeLog") };
    let Some(document) = document else {
        log.odd.push((1, "it has no databaseChangeLog".to_owned()));
        return log;
    };
    log.logical = document.get("logicalFilePath").map(str::to_owned);
    for node in &document.children {
        match node.name.as_str() {
            "changeSet" => log.said.push(Said::Set(Box::new(set(path, node, &mut log.odd)))),
            "include" | "includeAll" => {
                let is_folder = node.name == "includeAll";
                let at = if is_folder { "path" } else { "file" };
                let own = |name| node.get(name).map(str::to_owned);
                if own("filter").is_some() || own("resourceComparator").is_some() {
                    log.odd
                        .push((node.line, "it includes what a program of its own picks out or puts in order: not understood".to_owned()));
                }
                match own(at) {
                    Some(included) => log.said.push(Said::Include(Include {
                        path: included,
                        is_folder,
                        is_relative: node.flag("relativeToChangelogFile") == Some(true),
                        context: own("contextFilter").or_else(|| own("context")),
                        labels: own("labels"),
                        ends_with: own("endsWithFilter"),
                        line: node.line,
                    })),
                    None => log.odd.push((node.line, format!("{} without a {at}", node.name))),
                }
            }
            "property" => match (node.get("name"), node.child("value"), node.get("file")) {
                (Some(name), Some(value), _) => log.said.push(Said::Property {
                    name: name.to_owned(),
                    value: value.text.clone(),
                    dbms: node.get("dbms").map(str::to_owned),
                }),
                (_, _, Some(file)) => log.odd.push((node.line, format!("properties of {file} are not read: name them as placeholders"))),
                _ => log.odd.push((node.line, "a property without a name or a value".to_owned())),
            },
            "removeChangeSetProperty"
            | "changeLogId"
            | "logicalFilePath"
            | "objectQuotingStrategy"
            | "schemaLocation"
            | "context"
            | "contextFilter"
            | "preConditions"
            | "preconditions"
            | "" => {}
            other => log.odd.push((node.line, format!("{other} is not known in a change log"))),
        }
    }
    log
}

fn set(path: &str, node: &Node, odd: &mut Vec<(u32, String)>) -> ChangeSet {
    let own = |name| node.get(name).map(str::to_owned);
    if own("runOrder").is_some() {
        odd.push((node.line, "runOrder puts it elsewhere: its place in the order is not understood".to_owned()));
    }
    odd.extend((node.flag("failOnError") == Some(false)).then(|| (node.line, UNNOTICED.to_owned())));
    let mut sums: Vec<String> = Vec::new();
    for named in node.children.iter().filter(|child| child.name == "validCheckSum") {
        sums.extend(named.children.iter().chain([named]).map(|one| one.text.trim().to_owned()).filter(|sum| !sum.is_empty()));
    }
    let listed = node.child("changes").map(|changes| changes.children.as_slice()).unwrap_or_default();
    let direct = node.children.iter().filter(|child| !ABOUT.contains(&child.name.as_str()));
    let rollback = node.child("rollback").map(|back| {
        let mut changes: Vec<Change> = back.children.iter().filter(|child| !is_word(child)).map(|child| change(path, child)).collect();
        if !back.text.trim().is_empty() {
            changes.push(Change::Sql(sql(path, back, &back.text, back.line)));
        }
        changes
    });
    ChangeSet {
        id: own("id").unwrap_or_default(),
        author: own("author").unwrap_or_default(),
        line: node.line,
        logical: own("logicalFilePath"),
        context: own("contextFilter").or_else(|| own("context")),
        labels: own("labels"),
        dbms: own("dbms"),
        run_on_change: node.flag("runOnChange") == Some(true),
        run_always: node.flag("runAlways").or_else(|| node.flag("alwaysRun")) == Some(true),
        in_transaction: node.flag("runInTransaction") != Some(false),
        ignored: node.flag("ignore") == Some(true),
        preconditions: node.child("preConditions").or_else(|| node.child("preconditions")).is_some(),
        run_with: own("runWith"),
        valid_sums: sums,
        changes: listed.iter().chain(direct).map(|child| change(path, child)).collect(),
        // Another change set's is named: which of its changes are taken back is not worked out.
        rollback: rollback.filter(|_| node.child("rollback").is_none_or(|back| back.get("changeSetId").is_none())),
        is_modified: node.child("modifySql").is_some(),
    }
}

/// Attributes of a way back that names another change set.
fn is_word(node: &Node) -> bool {
    matches!(node.name.as_str(), "changeSetId" | "changeSetAuthor" | "changeSetPath" | "empty")
}

fn change(path: &str, node: &Node) -> Change {
    match node.name.as_str() {
        "sql" => {
            let inner = node.child("sql");
            let (text, line) = inner.map_or((&node.text, node.line), |inner| (&inner.text, inner.line));
            Change::Sql(sql(path, node, text, line))
        }
        "sqlFile" => Change::File {
            path: node.get("path").unwrap_or_default().to_owned(),
            is_relative: node.flag("relativeToChangelogFile") == Some(true),
            sql: sql(path, node, "", 1),
        },
        "tagDatabase" | "empty" | "output" => Change::Nothing,
        other => Change::Rendered(other.to_owned()),
    }
}

fn sql(path: &str, node: &Node, text: &str, line: u32) -> Sql {
    Sql {
        file: path.to_owned(),
        summed: text.trim().to_owned(),
        text: text.to_owned(),
        line,
        split: node.flag("splitStatements") != Some(false),
        strip: node.flag("stripComments") == Some(true),
        delimiter: node.child("endDelimiter").map(|delimiter| delimiter.text.clone()),
        dbms: node.get("dbms").map(str::to_owned),
    }
}

/// A file of SQL that says nothing about itself: one change set, sent as it is.
pub(super) fn raw(path: &str, text: &str) -> Log {
    let sql = Sql {
        file: path.to_owned(),
        summed: text.trim().to_owned(),
        text: text.to_owned(),
        line: 1,
        split: false,
        strip: false,
        delimiter: None,
        dbms: None,
    };
    let set = ChangeSet {
        id: "raw".to_owned(),
        author: "includeAll".to_owned(),
        line: 1,
        in_transaction: true,
        changes: vec![Change::Sql(sql)],
        ..ChangeSet::default()
    };
    Log { said: vec![Said::Set(Box::new(set))], ..Log::default() }
}
