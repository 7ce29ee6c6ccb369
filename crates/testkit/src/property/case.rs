//! One case file, read for one server: `tests/golden/<family>/property/<kind>/<property>.sql`. What the lines mean stands
//! in the README beside the folders. Does not live here: what is done with a case.

use std::path::Path;

use evenkeel_core::kind::{ALL, Class, Engine, Kind, Property};

/// Ends a statement that is meant to fail.
pub const FAILS: &str = "; -- fails";

/// The server a case is read for: `since` and words like `mariadb` are resolved for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct On {
    pub engine: Engine,
    /// Major version of PostgreSQL, major × 100 + minor of the others.
    pub version: u16,
}

impl On {
    /// Whether words before a line, such as `mariadb since 11.4`, are about this server. The error says what is not
    /// understood; `bounds` takes the versions they name.
    fn is_meant(self, words: &str, bounds: &mut Vec<u16>) -> Result<bool, String> {
        let mut is_meant = true;
        let mut words = words.split_whitespace();
        while let Some(word) = words.next() {
            match word {
                "postgresql" => is_meant &= self.engine == Engine::PostgreSql,
                "mysql" => is_meant &= self.engine == Engine::MySql,
                "mariadb" => is_meant &= self.engine == Engine::MariaDb,
                "since" | "until" => {
                    let text = words.next().unwrap_or_default();
                    let version = version(text).ok_or(format!("'{text}' is no version"))?;
                    // A bound of the other vendor, `mariadb since 11.4`, says nothing about this one.
                    if is_meant {
                        bounds.push(version);
                    }
                    is_meant &= if word == "since" { self.version >= version } else { self.version <= version };
                }
                other => return Err(format!("'{other}' is not understood here")),
            }
        }
        Ok(is_meant)
    }
}

/// `17` is 17, `11.4` is 1104.
fn version(text: &str) -> Option<u16> {
    match text.split_once('.') {
        Some((major, minor)) => major.parse::<u16>().ok()?.checked_mul(100)?.checked_add(minor.parse().ok()?),
        None => text.parse().ok(),
    }
}

/// `mariadb 11.8`.
fn flavor(text: &str) -> Option<(Engine, u16)> {
    let (vendor, series) = text.split_once(' ')?;
    let engine = Engine::ALL.into_iter().find(|engine| engine.name().eq_ignore_ascii_case(vendor))?;
    Some((engine, version(series)?))
}

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

    pub(super) fn parse(text: &str) -> Result<Self, String> {
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
    /// A server of its own, of another vendor or series.
    pub flavor: Option<(Engine, u16)>,
    /// A server of its own, which streams from the reference's. In place: it begins to between the captures.
    pub replica: bool,
    /// Clauses of its CREATE DATABASE.
    pub clauses: Option<String>,
}

impl Ground {
    pub fn is_other_server(&self) -> bool {
        !self.settings.is_empty() || !self.initdb.is_empty() || self.major.is_some() || self.flavor.is_some() || self.replica
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
    /// Whether it is about this server; otherwise the rest says what it would be elsewhere.
    pub applies: bool,
    /// Whether it is about this engine, in whatever version.
    pub is_of_engine: bool,
    /// Versions where something begins or ends in it.
    pub bounds: Vec<u16>,
    /// One database, captured before and after the change, because it touches the whole server.
    pub in_place: bool,
    /// All databases of the server are captured.
    pub all_databases: bool,
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
    pub implied: Vec<Line>,
}

impl Case {
    /// Reads a file. The error says what is wrong with it.
    pub fn read(root: &Path, path: &str, on: On) -> Result<Self, String> {
        let text = std::fs::read_to_string(root.join(path)).map_err(|error| format!("{path}: {error}"))?;
        Self::parse(path, &text, on).map_err(|problem| format!("{path}: {problem}"))
    }

    pub(super) fn parse(path: &str, text: &str, on: On) -> Result<Self, String> {
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
            applies: true,
            is_of_engine: true,
            bounds: Vec::new(),
            in_place: false,
            all_databases: false,
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
        // What the declaration says about servers holds by itself.
        for engines in std::iter::once(&kind.spec().engines).chain(property.map(|property| &property.engines)) {
            case.is_of_engine &= engines.since(on.engine).is_some();
            case.applies &= engines.has(on.engine, on.version);
            case.bounds.extend(engines.since(on.engine).filter(|since| *since > 0));
        }
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
                case.finish(&done, on)?;
            }
            match comment.split_once(": ") {
                Some((name, value)) => case.order(name, value.trim(), on)?,
                None if comment == "in place" => case.in_place = true,
                None if comment == "all databases" => (case.in_place, case.all_databases) = (true, true),
                None if comment == "replica" => case.replica = true,
                None if comment == "replica ends" => (case.replica, case.replica_ends) = (true, true),
                None if comment == "candidate replica" => case.candidate.replica = true,
                None => section = Some((comment.to_owned(), String::new())),
            }
        }
        if let Some(done) = section {
            case.finish(&done, on)?;
        }
        if case.applies {
            case.check()?;
        }
        Ok(case)
    }

    fn order(&mut self, name: &str, value: &str, on: On) -> Result<(), String> {
        match name {
            "since" | "until" | "only on" => {
                let words = if name == "only on" { value.to_owned() } else { format!("{name} {value}") };
                self.applies &= on.is_meant(&words, &mut self.bounds)?;
                // Versions come and go; the engine stays.
                let engine: Vec<&str> = words.split_whitespace().take_while(|word| !matches!(*word, "since" | "until")).collect();
                self.is_of_engine &= on.is_meant(&engine.join(" "), &mut Vec::new())?;
            }
            "with" => self.with = Some(value.to_owned()),
            "migration role" => self.migration_role = Some(value.to_owned()),
            "only" => self.only = value.split(", ").map(str::to_owned).collect(),
            "reference database" => self.reference_clauses = Some(value.to_owned()),
            "candidate database" => self.candidate.clauses = Some(value.to_owned()),
            "candidate major" => self.candidate.major = Some(value.parse().map_err(|_| format!("{name}: '{value}' is no major version"))?),
            "candidate flavor" => self.candidate.flavor = Some(flavor(value).ok_or(format!("'{value}' is no vendor and series"))?),
            "candidate initdb" => self.candidate.initdb.push(value.to_owned()),
            "candidate server" => {
                let (name, value) = value.split_once('=').ok_or(format!("'{value}' is no setting=value"))?;
                self.candidate.settings.push((name.trim().to_owned(), value.trim().to_owned()));
            }
            "expect" if self.expected.kind.is_empty() => self.expected = Line::parse(value)?,
            "implies" => self.implied.push(Line::parse(value)?),
            _ => {
                let (order, words) = name.split_once(' ').unwrap_or((name, ""));
                if !matches!(order, "expect" | "implies" | "with") || words.is_empty() {
                    return Err(format!("'-- {name}: …' is not understood here"));
                }
                let line = Line::parse(value);
                match (on.is_meant(words, &mut self.bounds).map_err(|problem| format!("'-- {name}: …': {problem}"))?, order) {
                    (true, "expect") => self.expected = line?,
                    (true, "implies") => self.implied.push(line?),
                    (true, _) => self.with = Some(value.to_owned()),
                    (false, "with") => {}
                    // Wrong for everybody is wrong here too.
                    (false, _) => drop(line?),
                }
            }
        }
        Ok(())
    }

    fn finish(&mut self, (name, sql): &(String, String), on: On) -> Result<(), String> {
        let (name, separately) = name.strip_suffix(", separately").map_or((name.as_str(), false), |name| (name, true));
        // `-- candidate, mariadb since 11.4`: SQL for some servers only.
        let (name, words) = name.split_once(", ").unwrap_or((name, ""));
        if !on.is_meant(words, &mut self.bounds)? {
            return Ok(());
        }
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
fn lines_are_for_servers() {
    let text = "-- expect: table app.t options\n-- implies mariadb since 11.4: table app.t engine: a -> b\n-- implies until 14: table app.t options\n\
                -- candidate, postgresql\nselect 1\n-- candidate, mysql\nselect 2\n-- candidate, mariadb\nselect 3\n";
    let read = |engine, version| Case::parse("table/options.sql", text, On { engine, version }).expect("it is understood");
    let (old, new, mysql) = (read(Engine::PostgreSql, 13), read(Engine::PostgreSql, 18), read(Engine::MySql, 907));
    assert_eq!((old.implied.len(), new.implied.len(), old.bounds), (1, 0, vec![14]));
    assert_eq!((new.change, mysql.change), (vec!["select 1".to_owned()], vec!["select 2".to_owned()]));
    assert_eq!(read(Engine::MariaDb, 1108).implied.len(), 1);
    let engine = Case::parse(
        "table/engine.sql",
        "-- expect: table t engine\n-- candidate\nselect 1\n",
        On { engine: Engine::PostgreSql, version: 18 },
    );
    assert!(!engine.expect("it is understood").applies);
}

#[test]
fn a_case_that_is_not_understood_is_refused() {
    let on = On { engine: Engine::PostgreSql, version: 18 };
    let problem = |path: &str, text: &str| Case::parse(path, text, on).expect_err("it was accepted");
    assert!(problem("tabel/options.sql", "").contains("no kind"));
    assert!(problem("table/option.sql", "").contains("table declares no option"));
    assert!(problem("table/options.sql", "-- sinse: 14\n").contains("not understood"));
    assert!(problem("table/options.sql", "-- candidate\nselect 1\n").contains("expects nothing"));
    assert!(problem("table/options.sql", "-- expect: table app.t options\n").contains("nothing differs"));
    let other = "-- candidate\nselect 1\n-- expect: table app.t persistence\n";
    assert!(problem("table/options.sql", other).contains("not what the file is about"));
}
