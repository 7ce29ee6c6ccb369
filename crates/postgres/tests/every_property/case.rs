//! One case file, read: `tests/golden/postgres/property/<kind>/<property>.sql`. What the lines mean stands in the
//! README beside the folders. Does not live here: what is done with a case (`trial`).

use std::ops::RangeInclusive;
use std::path::Path;

use evenkeel_core::kind::{ALL, Class, Engine, Kind, Property};

use crate::place::FAILS;

/// The versions that run every case.
const OLDEST: u32 = 13;
const NEWEST: u32 = 18;

/// One difference as a case lists it: `column app.t.id type`, with `: integer -> bigint` where the values matter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    pub kind: String,
    pub object: String,
    /// A property, or `missing`, `extra`, `name` for a rename.
    pub attribute: String,
    pub values: Option<(String, String)>,
}

impl Line {
    /// Without the values.
    pub fn place(&self) -> String {
        format!("{} {} {}", self.kind, self.object, self.attribute)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let (place, values) = match text.split_once(": ") {
            Some((place, values)) => {
                let (expected, found) =
                    values.split_once("->").ok_or(format!("'{values}' has no '->' between what is expected and found"))?;
                (place, Some((expected.trim().to_owned(), found.trim().to_owned())))
            }
            None => (text, None),
        };
        let wrong = || format!("'{text}' is not: <kind> <object> <attribute>");
        let (kind, rest) = place.trim().split_once(' ').ok_or_else(wrong)?;
        let (object, attribute) = rest.rsplit_once(' ').ok_or_else(wrong)?;
        Ok(Self { kind: kind.to_owned(), object: object.to_owned(), attribute: attribute.to_owned(), values })
    }
}

/// SQL of one section; more than one text where each statement is sent alone.
pub type Statements = Vec<String>;

/// What the candidate has of its own, beside the changed SQL.
#[derive(Debug, Default, Clone)]
pub struct Ground {
    /// A server of its own with these settings.
    pub settings: Vec<(String, String)>,
    /// A server of its own made with these arguments of initdb.
    pub initdb: Vec<String>,
    /// A server of its own, of another major version.
    pub major: Option<u32>,
    /// A server of its own, which streams from the reference's. In place: it begins to between the captures.
    pub replica: bool,
    /// Clauses of its CREATE DATABASE.
    pub clauses: Option<String>,
}

impl Ground {
    pub fn is_other_server(&self) -> bool {
        !self.settings.is_empty() || !self.initdb.is_empty() || self.major.is_some() || self.replica
    }
}

/// One change and what it must show as.
#[derive(Debug, Clone)]
pub struct Case {
    /// `column/type.sql`, below the folder of all cases.
    pub path: String,
    pub kind: Kind,
    /// Nothing: the case is about an object that one side lacks.
    pub property: Option<&'static Property>,
    pub since: u32,
    pub until: u32,
    /// One database, captured before and after the change, because it touches the whole server.
    pub in_place: bool,
    /// A replica streams from the server while the case is tried.
    pub replica: bool,
    /// It ends between the captures.
    pub replica_ends: bool,
    /// Run on it, before the change.
    pub on_replica: Statements,
    pub migration_role: Option<String>,
    /// Only these kinds are looked at: everything else differs too, and is other cases' business.
    pub only: Vec<String>,
    pub reference_clauses: Option<String>,
    pub candidate: Ground,
    pub server: Statements,
    pub setup: Statements,
    pub reference: Statements,
    /// Run in a session of its own, which stays in its transaction while the candidate is changed.
    pub meanwhile: Statements,
    pub change: Statements,
    pub cleanup: Statements,
    pub expected: Line,
    /// What a missing object takes along, as the report says it: `2 columns, 1 owner`.
    pub with: Option<String>,
    /// With the major versions it is implied on.
    pub implied: Vec<(RangeInclusive<u32>, Line)>,
}

impl Case {
    /// Reads a file. The error says what is wrong with it.
    pub fn read(root: &Path, path: &str) -> Result<Self, String> {
        let text = std::fs::read_to_string(root.join(path)).map_err(|error| format!("{path}: {error}"))?;
        Self::parse(path, &text).map_err(|problem| format!("{path}: {problem}"))
    }

    fn parse(path: &str, text: &str) -> Result<Self, String> {
        let (folder, file) = path.split_once('/').ok_or("a case lies in the folder of its kind")?;
        let kind = ALL.iter().copied().find(|kind| kind.name() == folder).ok_or(format!("no kind is called {folder}"))?;
        let stem = file.strip_suffix(".sql").ok_or("a case is an .sql file")?;
        let name = stem.split('.').next().unwrap_or(stem);
        let property = match name {
            "_missing" => None,
            name => {
                Some(kind.spec().all_properties().find(|property| property.name == name).ok_or(format!("{folder} declares no {name}"))?)
            }
        };
        let mut case = Self {
            path: path.to_owned(),
            kind,
            property,
            since: property.map_or(0, |property| u32::from(property.engines.since(Engine::PostgreSql).unwrap_or(0))),
            until: u32::MAX,
            in_place: false,
            replica: false,
            replica_ends: false,
            on_replica: Vec::new(),
            migration_role: None,
            only: Vec::new(),
            reference_clauses: None,
            candidate: Ground::default(),
            server: Vec::new(),
            setup: Vec::new(),
            reference: Vec::new(),
            meanwhile: Vec::new(),
            change: Vec::new(),
            cleanup: Vec::new(),
            expected: Line { kind: String::new(), object: String::new(), attribute: String::new(), values: None },
            with: None,
            implied: Vec::new(),
        };
        let mut section: Option<(String, String)> = None;
        for line in text.lines() {
            let Some(comment) = line.strip_prefix("-- ") else {
                match &mut section {
                    Some((_, sql)) => {
                        sql.push_str(line);
                        sql.push('\n');
                    }
                    None if line.trim().is_empty() => {}
                    None => return Err(format!("'{line}' stands before the first section")),
                }
                continue;
            };
            // Prose begins with a capital letter, everything else is an order.
            if comment.starts_with(|letter: char| letter.is_ascii_uppercase()) {
                continue;
            }
            if let Some(done) = section.take() {
                case.finish(&done)?;
            }
            match comment.split_once(": ") {
                Some((name, value)) => case.order(name, value.trim())?,
                None if comment == "in place" => case.in_place = true,
                None if comment == "replica" => case.replica = true,
                None if comment == "replica ends" => (case.replica, case.replica_ends) = (true, true),
                None if comment == "candidate replica" => case.candidate.replica = true,
                None => section = Some((comment.to_owned(), String::new())),
            }
        }
        if let Some(done) = section {
            case.finish(&done)?;
        }
        case.check()?;
        Ok(case)
    }

    /// Whether that version may differ from its neighbours in this case: the oldest and newest, and where something begins or ends.
    pub fn is_telling(&self, major: u32) -> bool {
        let mut ranges = self.implied.iter().map(|(majors, _)| majors);
        major == OLDEST
            || major == NEWEST
            || self.since == major
            || self.until == major
            || ranges.any(|majors| *majors.start() == major || *majors.end() == major)
    }

    fn order(&mut self, name: &str, value: &str) -> Result<(), String> {
        let number = || value.parse::<u32>().map_err(|_| format!("{name}: '{value}' is no major version"));
        match name {
            "since" => self.since = self.since.max(number()?),
            "with" => self.with = Some(value.to_owned()),
            "until" => self.until = number()?,
            "migration role" => self.migration_role = Some(value.to_owned()),
            "only" => self.only = value.split(", ").map(str::to_owned).collect(),
            "reference database" => self.reference_clauses = Some(value.to_owned()),
            "candidate database" => self.candidate.clauses = Some(value.to_owned()),
            "candidate major" => self.candidate.major = Some(number()?),
            "candidate initdb" => self.candidate.initdb.push(value.to_owned()),
            "candidate server" => {
                let (name, value) = value.split_once('=').ok_or(format!("'{value}' is no setting=value"))?;
                self.candidate.settings.push((name.trim().to_owned(), value.trim().to_owned()));
            }
            "expect" if self.expected.kind.is_empty() => self.expected = Line::parse(value)?,
            "implies" => self.implied.push((0..=u32::MAX, Line::parse(value)?)),
            _ if name.starts_with("implies ") => {
                let major = |text: &str| text.parse::<u32>().map_err(|_| format!("'{name}': '{text}' is no major version"));
                let range = match name.split_once(' ').and_then(|(_, range)| range.split_once(' ')) {
                    Some(("since", text)) => major(text)?..=u32::MAX,
                    Some(("until", text)) => 0..=major(text)?,
                    _ => return Err(format!("'-- {name}: …' is not understood here")),
                };
                self.implied.push((range, Line::parse(value)?));
            }
            _ => return Err(format!("'-- {name}: …' is not understood here")),
        }
        Ok(())
    }

    fn finish(&mut self, (name, sql): &(String, String)) -> Result<(), String> {
        let (name, separately) = name.strip_suffix(", separately").map_or((name.as_str(), false), |name| (name, true));
        let statements = if separately { split(sql) } else { vec![sql.trim().to_owned()] };
        if statements.iter().all(String::is_empty) {
            return Err(format!("the section '-- {name}' is empty"));
        }
        let slot = match name {
            "server" => &mut self.server,
            "setup" => &mut self.setup,
            "reference" => &mut self.reference,
            "meanwhile" => &mut self.meanwhile,
            "on replica" => &mut self.on_replica,
            "candidate" => &mut self.change,
            "cleanup" => &mut self.cleanup,
            _ => return Err(format!("no section is called '-- {name}'")),
        };
        slot.extend(statements);
        Ok(())
    }

    fn check(&self) -> Result<(), String> {
        if self.expected.kind.is_empty() {
            return Err("it expects nothing: it needs one line '-- expect: <kind> <object> <attribute>'".to_owned());
        }
        if self.change.is_empty()
            && self.reference.is_empty()
            && self.candidate.clauses.is_none()
            && !self.candidate.is_other_server()
            && !self.replica_ends
        {
            return Err("nothing differs: it needs a section '-- candidate' or '-- reference'".to_owned());
        }
        let attribute = self.expected.attribute.as_str();
        let fits = match self.property {
            None => self.expected.kind == self.kind.name() && matches!(attribute, "missing" | "extra"),
            // The order of columns shows at their table.
            Some(property) if property.class == Class::Order => attribute == "column_order",
            Some(property) => self.expected.kind == self.kind.name() && attribute == property.name,
        };
        if fits { Ok(()) } else { Err(format!("it expects '{}', which is not what the file is about", self.expected.place())) }
    }
}

/// Statements that end with `;` (or `; -- fails`) at the end of a line.
fn split(sql: &str) -> Statements {
    let mut statements = Vec::new();
    let mut statement = String::new();
    for line in sql.lines() {
        statement.push_str(line);
        statement.push('\n');
        if line.trim_end().ends_with(';') || line.trim_end().ends_with(FAILS) {
            statements.push(std::mem::take(&mut statement).trim().to_owned());
        }
    }
    if !statement.trim().is_empty() {
        statements.push(statement.trim().to_owned());
    }
    statements
}

#[test]
fn a_case_that_is_not_understood_is_refused() {
    let problem = |path: &str, text: &str| Case::parse(path, text).expect_err("it was accepted");
    assert!(problem("tabel/options.sql", "").contains("no kind"));
    assert!(problem("table/option.sql", "").contains("table declares no option"));
    assert!(problem("table/options.sql", "-- sinse: 14\n").contains("not understood"));
    assert!(problem("table/options.sql", "-- candidate\nselect 1\n").contains("expects nothing"));
    assert!(problem("table/options.sql", "-- expect: table app.t options\n").contains("nothing differs"));
    let other = "-- candidate\nselect 1\n-- expect: table app.t persistence\n";
    assert!(problem("table/options.sql", other).contains("not what the file is about"));
}
