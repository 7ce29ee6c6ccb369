//! Generated objects: tables, views, routines, triggers and events, each by a seed of its own.
//!
//! Two streams of chance: what an object is, and how its names are spelled. A mutation takes another choice at one place.

use fastrand::Rng;

/// How names and values are written that a server takes for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// As they are.
    Plain,
    /// Names of columns, indexes, constraints, routines and events in any case, by this seed; constraints without a name in any order.
    Other(u64),
}

/// One object in the making.
pub struct Maker {
    chance: Rng,
    spelling: Option<Rng>,
    /// The choice that is taken otherwise, counted from the first.
    mutant: Option<usize>,
    choices: usize,
}

const COLUMNS: &[&str] = &["day", "total", "note", "kind", "place", "ref", "size", "key_of"];

impl Maker {
    pub fn new(seed: u64, spelling: Spelling, mutant: Option<usize>) -> Self {
        let spelling = match spelling {
            Spelling::Plain => None,
            Spelling::Other(other) => Some(Rng::with_seed(seed ^ other)),
        };
        Self { chance: Rng::with_seed(seed), spelling, mutant, choices: 0 }
    }

    /// How many choices there were.
    pub const fn choices(&self) -> usize {
        self.choices
    }

    /// One of several that all mean something else.
    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        let mut at = self.chance.usize(..of.len());
        if self.mutant == Some(self.choices) {
            at = (at + 1) % of.len();
        }
        self.choices += 1;
        of[at]
    }

    /// A name, in the case that it has this time.
    fn name(&mut self, name: &str) -> String {
        let Some(rng) = &mut self.spelling else { return name.to_owned() };
        match rng.usize(..3) {
            0 => name.to_uppercase(),
            1 => name[..1].to_uppercase() + &name[1..],
            _ => name.to_owned(),
        }
    }

    fn shuffled(&mut self, mut items: Vec<String>) -> Vec<String> {
        if let Some(rng) = &mut self.spelling {
            rng.shuffle(&mut items);
        }
        items
    }

    /// A number that is not zero, as everything may be divided by it.
    fn number(&mut self) -> &'static str {
        self.pick(&["1", "2", "7", "-3", "10", "1.5"])
    }

    fn value(&mut self, columns: &[String], depth: usize) -> String {
        if depth == 0 {
            return if self.chance.bool() { self.number().to_owned() } else { self.column(columns) };
        }
        let (left, right) = (self.value(columns, depth - 1), self.value(columns, depth - 1));
        match self.chance.usize(..4) {
            0 => format!("({left} {} {right})", self.pick(&["+", "-", "*"])),
            1 => format!("{}({left}, {right})", self.pick(&["ifnull", "greatest", "least"])),
            2 => format!("abs({left})"),
            _ => format!("case when {left} {} {right} then {left} else {right} end", self.pick(&["<", ">="])),
        }
    }

    fn column(&mut self, columns: &[String]) -> String {
        let names: Vec<&str> = columns.iter().map(String::as_str).collect();
        let name = self.pick(&names).to_owned();
        self.name(&name)
    }

    fn condition(&mut self, columns: &[String], depth: usize) -> String {
        if depth > 0 && self.chance.usize(..3) > 0 {
            let (left, right) = (self.condition(columns, depth - 1), self.condition(columns, depth - 1));
            let not = if self.chance.usize(..4) == 0 { "not " } else { "" };
            return format!("{not}({left} {} {right})", self.pick(&["and", "or"]));
        }
        let value = self.value(columns, 1);
        match self.chance.usize(..5) {
            0 => format!("{value} between {} and {}", self.number(), self.pick(&["100", "200", "300"])),
            1 => format!("{value} in ({}, {})", self.pick(&["11", "12"]), self.pick(&["13", "14"])),
            2 => format!("{} is {}null", self.column(columns), self.pick(&["", "not "])),
            3 => format!(
                "concat({}, {}) = {}",
                self.column(columns),
                self.pick(&["'a'", "'A'", "'a '"]),
                self.pick(&["'x''y'", "'%'", "''"])
            ),
            _ => format!("{value} {} {}", self.pick(&["<", ">", "<=", ">=", "="]), self.number()),
        }
    }

    /// A table of its own, with keys, checks and foreign keys that are named or not.
    pub fn table(&mut self, number: u64) -> String {
        let count = self.chance.usize(1..5);
        let mut names: Vec<String> = COLUMNS.iter().map(|name| (*name).to_owned()).collect();
        self.chance.shuffle(&mut names);
        names.truncate(count);
        let mut parts = vec![format!("{} int not null primary key", self.name("id"))];
        for name in &names {
            let kind = self.pick(&["int", "bigint", "decimal(9,2)", "smallint unsigned"]);
            let more = self.pick(&["", " not null default 5", " default 6", " not null default -7"]);
            let comment = self.pick(&["", " comment 'one'", " comment 'it''s'"]);
            parts.push(format!("{} {kind}{more}{comment}", self.name(name)));
        }
        let text = self.pick(&["varchar(20)", "char(7)", "varchar(20) collate utf8mb4_bin", "enum('a','b')", "enum('a','B')"]);
        parts.push(format!("{} {text}", self.name("words")));
        if self.chance.bool() {
            let value = self.value(&names, 1);
            parts.push(format!("{} bigint as ({value}) {}", self.name("made"), self.pick(&["stored", "virtual"])));
        }
        let mut unnamed = Vec::new();
        for at in 0..self.chance.usize(..3) {
            let check = format!("check ({})", self.condition(&names, 2));
            if self.chance.bool() {
                parts.push(format!("constraint {} {check}", self.name(&format!("check{number}_{at}"))));
            } else {
                unnamed.push(check);
            }
        }
        for at in 0..self.chance.usize(..3) {
            let kind = self.pick(&["key", "unique key"]);
            let first = self.column(&names);
            let direction = self.pick(&["", ", ID"]);
            parts.push(format!("{kind} {} ({first}{direction})", self.name(&format!("key{at}"))));
        }
        if self.chance.usize(..3) == 0 {
            parts.push(format!("{} int", self.name("parent")));
            let action = self.pick(&["", " on delete cascade", " on delete set null", " on update cascade"]);
            let key = format!("foreign key ({}) references base ({}){action}", self.name("parent"), self.name("id"));
            // An index of its own, since the one that the server makes is called after the constraint.
            parts.push(format!("key {} ({})", self.name("parents"), self.name("parent")));
            if self.chance.bool() {
                parts.push(format!("constraint {} {key}", self.name(&format!("check{number}_0"))));
            } else {
                unnamed.push(key);
            }
        }
        parts.extend(self.shuffled(unnamed));
        format!("create table o{number} ({}) {}", parts.join(", "), self.pick(&["", "comment = 'told'", "row_format = compressed"]))
    }

    /// A query over the base tables.
    pub fn view(&mut self, number: u64) -> String {
        let columns: Vec<String> = ["id", "amount", "price"].map(str::to_owned).into();
        let join = self.pick(&["base", "base join other using (id)", "base left join other using (id)"]);
        let values: Vec<String> = (0..self.chance.usize(1..4)).map(|_| self.value(&columns, 2)).collect();
        let named: Vec<String> = (0..values.len()).map(|at| self.name(&format!("c{at}"))).collect();
        // One column list in two ways: before the query, or within it.
        let is_before = self.spelling.as_mut().is_some_and(Rng::bool);
        let list: Vec<String> =
            values.iter().zip(&named).map(|(value, name)| if is_before { value.clone() } else { format!("{value} as {name}") }).collect();
        let head = if is_before { format!(" ({})", named.join(", ")) } else { String::new() };
        format!("create view o{number}{head} as select {} from {join} where {}", list.join(", "), self.condition(&columns, 2))
    }

    pub fn routine(&mut self, number: u64) -> String {
        let name = self.name(&format!("o{number}"));
        let value = self.pick(&["1", "2", "p + 1", "p * 2"]);
        let security = self.pick(&["", "sql security invoker "]);
        if self.chance.bool() {
            let kind = self.pick(&["int", "bigint", "varchar(5)"]);
            format!("create function {name}(p {kind}) returns bigint no sql {security}return {value}")
        } else {
            format!("create procedure {name}(p int) {security}select {value} from base where id = {}", self.number())
        }
    }

    pub fn trigger(&mut self, number: u64) -> String {
        let moment = self.pick(&["before insert", "before update", "after delete"]);
        let variable = self.pick(&["@a", "@b"]);
        format!("create trigger o{number} {moment} on base for each row set {variable} = {}", self.number())
    }

    pub fn event(&mut self, number: u64) -> String {
        let every = self.pick(&["1 day", "2 day", "1 week"]);
        let state = self.pick(&["enable", "disable"]);
        let name = self.name(&format!("o{number}"));
        format!("create event {name} on schedule every {every} starts '2036-01-01' {state} do set @a = {}", self.number())
    }

    /// The object of that number.
    pub fn object(&mut self, number: u64) -> String {
        match number % 8 {
            0..=3 => self.table(number),
            4 | 5 => self.view(number),
            6 => self.routine(number),
            _ if number % 16 < 8 => self.trigger(number),
            _ => self.event(number),
        }
    }
}

/// What the objects stand on.
pub const BASE: &str = "create table base (id int primary key, amount int, price decimal(9,2)); create table other (id int primary key)";
