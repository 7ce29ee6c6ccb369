//! Names and calls: what a bare word, a back-quoted name or a function with its arguments means.
//!
//! Found by experiment: `tests/golden/mysql/canonical` holds what was asked, the tests what the servers printed.

use super::expression::{Expr, level, list};
use super::parser::{Parser, Unread};
use super::token::{self, Token};

/// Functions under one name each. On the left what some server prints, or a person may write.
const ALIASES: &[(&str, &str)] = &[
    ("adddate", "date_add"),
    ("ceil", "ceiling"),
    ("character_length", "char_length"),
    ("current_date", "curdate"),
    ("current_time", "curtime"),
    ("day", "dayofmonth"),
    ("glength", "st_length"),
    ("lcase", "lower"),
    ("localtime", "current_timestamp"),
    ("localtimestamp", "current_timestamp"),
    ("mid", "substr"),
    ("now", "current_timestamp"),
    ("octet_length", "length"),
    ("power", "pow"),
    ("schema", "database"),
    ("sha", "sha1"),
    ("srid", "st_srid"),
    ("st_geometryfromtext", "st_geomfromtext"),
    ("st_geometryfromwkb", "st_geomfromwkb"),
    ("stddev", "std"),
    ("stddev_pop", "std"),
    ("subdate", "date_sub"),
    ("substring", "substr"),
    ("system_user", "user"),
    ("ucase", "upper"),
    ("var_pop", "variance"),
];

/// Functions that may stand without parentheses.
const BARE: &[&str] = &[
    "current_date",
    "current_role",
    "current_time",
    "current_timestamp",
    "current_user",
    "localtime",
    "localtimestamp",
    "utc_date",
    "utc_time",
    "utc_timestamp",
];

/// Words that end an expression or begin something else, and so are no names.
const RESERVED: &[&str] = &[
    "and",
    "as",
    "asc",
    "between",
    "by",
    "cross",
    "desc",
    "div",
    "else",
    "end",
    "except",
    "for",
    "from",
    "group",
    "having",
    "in",
    "inner",
    "intersect",
    "into",
    "is",
    "join",
    "left",
    "like",
    "limit",
    "lock",
    "mod",
    "natural",
    "not",
    "on",
    "or",
    "order",
    "over",
    "regexp",
    "right",
    "rlike",
    "select",
    "separator",
    "straight_join",
    "then",
    "union",
    "using",
    "when",
    "where",
    "window",
    "with",
    "xor",
];

/// The one name of a function.
#[must_use]
pub fn unified(name: &str) -> String {
    let name = name.to_lowercase();
    ALIASES.binary_search_by_key(&&*name, |(alias, _)| alias).ok().and_then(|at| ALIASES.get(at)).map_or(name, |(_, one)| (*one).to_owned())
}

impl Parser<'_> {
    /// A column, or a call of a stored function. A name of three parts begins with its database.
    pub fn name(&mut self) -> Result<Expr, Unread> {
        let mut parts = vec![self.part()?];
        while self.is_op(".") {
            self.step();
            parts.push(self.part()?);
        }
        let is_call = self.is_op("(");
        if (parts.len() > 2 || is_call && parts.len() == 2) && parts.first().is_some_and(|first| self.is_own(first)) {
            parts.remove(0);
        }
        let name = parts.iter().map(|part| token::name(part)).collect::<Vec<_>>().join(".");
        if !is_call {
            return Ok(Expr::Atom(name));
        }
        self.step();
        let arguments = if self.is_op(")") { Vec::new() } else { self.arguments()? };
        self.expect_op(")")?;
        Ok(Expr::Atom(format!("{name}({})", list(&arguments))))
    }

    fn part(&mut self) -> Result<String, Unread> {
        match self.peek() {
            Some(Token::Name(name)) => {
                self.step();
                Ok(name.clone())
            }
            _ => Err(Unread),
        }
    }

    /// What begins with a bare word.
    pub fn worded(&mut self, word: &str) -> Result<Expr, Unread> {
        if word == "case" {
            return self.case();
        }
        if word == "match" {
            return self.matching();
        }
        if self.is_op_at(1, "(") {
            self.step();
            return self.call(word);
        }
        if let Some(Token::Text { text, .. }) = self.peek_at(1)
            && matches!(word, "date" | "time" | "timestamp")
        {
            self.step();
            self.step();
            return Ok(Expr::Atom(format!("{word}{}", token::text(text))));
        }
        if RESERVED.contains(&word) {
            return Err(Unread);
        }
        self.step();
        Ok(Expr::Atom(match word {
            _ if BARE.contains(&word) => format!("{}()", unified(word)),
            "true" => "1".to_owned(),
            "false" => "0".to_owned(),
            _ => word.to_owned(),
        }))
    }

    fn case(&mut self) -> Result<Expr, Unread> {
        self.expect_word("case")?;
        let mut text = "case".to_owned();
        if !self.is_word("when") {
            text.push_str(&format!(" {}", self.expression()?.operand()));
        }
        while self.eat_word("when") {
            let condition = self.expression()?.text();
            self.expect_word("then")?;
            text.push_str(&format!(" when {condition} then {}", self.expression()?.text()));
        }
        if self.eat_word("else") {
            text.push_str(&format!(" else {}", self.expression()?.text()));
        }
        self.expect_word("end")?;
        Ok(Expr::Atom(format!("{text} end")))
    }

    /// `match a,b against ('x' in boolean mode)`, with parentheses around the columns or without.
    pub fn matching(&mut self) -> Result<Expr, Unread> {
        self.expect_word("match")?;
        let is_wrapped = self.eat_op("(");
        let columns = self.arguments()?;
        if is_wrapped {
            self.expect_op(")")?;
        }
        self.expect_word("against")?;
        self.expect_op("(")?;
        let Some(Token::Text { .. } | Token::Variable(_) | Token::Name(_)) = self.peek() else { return Err(Unread) };
        let mut sought = match self.peek() {
            Some(Token::Name(_)) => self.name()?.text(),
            Some(other) => {
                self.step();
                token::shown(other).into_owned()
            }
            None => return Err(Unread),
        };
        while let Ok(word) = self.word() {
            sought.push_str(&format!(" {word}"));
        }
        self.expect_op(")")?;
        Ok(Expr::Atom(format!("match ({}) against ({sought})", list(&columns))))
    }

    /// A call; its name is read already.
    fn call(&mut self, word: &str) -> Result<Expr, Unread> {
        let name = unified(word);
        match &*name {
            "exists" => return self.exists(),
            "cast" => return self.cast(),
            "convert" => return self.convert(),
            "trim" => return self.trim(),
            "extract" => return self.extract(),
            "group_concat" => return self.group_concat(),
            "date_add" | "date_sub" => {
                if let Some(found) = self.attempt(|parser| parser.moved(&name)) {
                    return Ok(found);
                }
            }
            _ => {}
        }
        self.expect_op("(")?;
        if matches!(&*name, "nextval" | "lastval" | "setval") {
            return self.sequence(&name);
        }
        let mut arguments = self.inside(&name)?;
        self.expect_op(")")?;
        let found = match (&*name, arguments.len()) {
            ("isnull", 1) => Expr::Test(arguments.remove(0).operand(), false, "is null".into()),
            ("mod", 2) => Expr::Operation(level::MULTIPLY, format!("{} % {}", factor(&arguments, 0), operand(&arguments, 1))),
            ("regexp_like", 2) => Expr::Test(operand(&arguments, 0), false, format!("regexp {}", operand(&arguments, 1))),
            // What MySQL writes into a view with ROLLUP, and means nothing to a reader.
            ("rollup_group_item", 2) | ("rollup_sum_switcher", 1) => arguments.swap_remove(0),
            ("current_timestamp" | "curtime" | "sysdate", 1) if operand(&arguments, 0) == "0" => Expr::Atom(format!("{name}()")),
            ("weight_string", 4) if arguments.iter().skip(1).map(Expr::text).eq(["0", "0", "1"]) => {
                Expr::Atom(format!("{name}({})", operand(&arguments, 0)))
            }
            _ => {
                // The first day of a week that is not named is a setting of the session in MariaDB, and 0 in MySQL.
                self.doubt(name == "week");
                Expr::Atom(format!("{name}({})", list(&arguments)))
            }
        };
        let found = if self.is_word("within") { self.within(&found.text())? } else { found };
        if self.is_word("over")
            || matches!(self.peek(), Some(Token::Word(word)) if matches!(&*word.to_ascii_lowercase(), "respect" | "ignore"))
        {
            return self.over(&found.text());
        }
        Ok(found)
    }

    /// Arguments up to the closing parenthesis, with the words some functions know.
    fn inside(&mut self, name: &str) -> Result<Vec<Expr>, Unread> {
        if self.is_op(")") {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        // MySQL says it of what it writes around a sum, too.
        let is_distinct = self.eat_word("distinct") && name != "rollup_sum_switcher";
        loop {
            // In JSON a truth is no number. MariaDB prints 1 for both.
            let truth = ["true", "false"].into_iter().find(|truth| self.is_word(truth)).filter(|_| name.starts_with("json_"));
            let argument = match truth.filter(|_| self.is_op_at(1, ",") || self.is_op_at(1, ")")) {
                Some(truth) => {
                    self.step();
                    self.doubt(true);
                    Expr::Atom(truth.to_owned())
                }
                None if self.is_op("*") => {
                    self.step();
                    Expr::Atom("0".to_owned())
                }
                None => self.expression()?,
            };
            self.doubt(name.starts_with("json_") && matches!(&argument, Expr::Atom(text) if matches!(&**text, "0" | "1")));
            found.push(argument);
            if self.eat_op(",") {
                continue;
            }
            break;
        }
        let last = found.last().map(Expr::text).unwrap_or_default();
        if name == "json_value" && self.is_word("returning") {
            let mut behind = String::new();
            while !self.is_op(")") {
                behind.push(' ');
                behind.push_str(&self.typed()?);
            }
            // What it gives where nothing is said. MariaDB has no such clause.
            if behind != " returning char(512)" {
                found.pop();
                found.push(Expr::Atom(format!("{last}{behind}")));
            }
        } else if matches!(name, "char" | "weight_string") && !self.is_op(")") {
            let mut behind = String::new();
            while !self.is_op(")") {
                behind.push(' ');
                behind.push_str(&self.typed()?);
            }
            found.pop();
            found.push(Expr::Atom(format!("{last}{behind}")));
        }
        self.doubt(name == "char");
        if is_distinct && let Some(first) = found.first_mut() {
            *first = Expr::Atom(format!("distinct {}", first.text()));
        }
        Ok(found)
    }

    /// A word with what may follow it in parentheses: `decimal(10,2)`, `char(5) charset latin1`.
    fn typed(&mut self) -> Result<String, Unread> {
        let mut text = self.word()?;
        if matches!(&*text, "charset") || text == "set" {
            text = format!("{text} {}", super::charset(&self.word()?));
        }
        if self.is_op("(") {
            let inner: Vec<_> = self.run()?.iter().map(token::shown).collect();
            text.push_str(&format!("({})", inner.concat()));
        }
        Ok(text)
    }

    fn exists(&mut self) -> Result<Expr, Unread> {
        self.expect_op("(")?;
        let mut query = self.subquery().ok_or(Unread)??;
        // MariaDB adds it: the first row decides.
        if query.limit == "1" {
            query.limit.clear();
        }
        self.expect_op(")")?;
        Ok(Expr::Atom(format!("exists ({})", query.text())))
    }

    fn cast(&mut self) -> Result<Expr, Unread> {
        self.expect_op("(")?;
        let inner = self.expression()?.text();
        let mut target = Vec::new();
        if self.eat_word("at") {
            return Err(Unread);
        }
        self.expect_word("as")?;
        while !self.is_op(")") {
            target.push(self.typed()?);
        }
        self.expect_op(")")?;
        Ok(Expr::Atom(format!("cast({inner} as {})", target.join(" "))))
    }

    fn convert(&mut self) -> Result<Expr, Unread> {
        self.expect_op("(")?;
        let inner = self.expression()?.text();
        self.expect_word("using")?;
        let charset = super::charset(&self.word()?);
        self.expect_op(")")?;
        Ok(Expr::Atom(format!("convert({inner} using {charset})")))
    }

    /// MySQL prints `trim(trailing x)` where MariaDB prints `rtrim(x)`: it loses the FROM.
    fn trim(&mut self) -> Result<Expr, Unread> {
        self.expect_op("(")?;
        let side = ["both", "leading", "trailing"].into_iter().find(|side| self.eat_word(side));
        self.eat_word("from");
        let first = self.expression()?.text();
        let second = if self.eat_word("from") { Some(self.expression()?.text()) } else { None };
        self.expect_op(")")?;
        Ok(Expr::Atom(match (side, second) {
            (side, Some(from)) => format!("trim({} {first} from {from})", side.unwrap_or("both")),
            (Some("leading"), None) => format!("ltrim({first})"),
            (Some("trailing"), None) => format!("rtrim({first})"),
            (_, None) => format!("trim({first})"),
        }))
    }

    fn extract(&mut self) -> Result<Expr, Unread> {
        self.expect_op("(")?;
        let unit = self.word()?;
        self.expect_word("from")?;
        let from = self.expression()?.text();
        self.expect_op(")")?;
        Ok(Expr::Atom(format!("extract({unit} from {from})")))
    }

    /// `date_add(x, interval 1 day)` and `adddate(x, 1)`: additions.
    fn moved(&mut self, name: &str) -> Result<Expr, Unread> {
        self.expect_op("(")?;
        let subject = self.expression()?;
        self.expect_op(",")?;
        let by = if self.is_word("interval") { self.interval()? } else { format!("interval {} day", self.expression()?.operand()) };
        self.expect_op(")")?;
        let op = if name == "date_add" { "+" } else { "-" };
        let subject = match &subject {
            Expr::Operation(level::ADD, text) => text.clone(),
            other => other.operand(),
        };
        Ok(Expr::Operation(level::ADD, format!("{subject} {op} {by}")))
    }

    fn group_concat(&mut self) -> Result<Expr, Unread> {
        self.expect_op("(")?;
        let mut text = if self.eat_word("distinct") { "distinct ".to_owned() } else { String::new() };
        text.push_str(&list(&self.arguments()?));
        if self.eat_word("order") {
            self.expect_word("by")?;
            text.push_str(&format!(" order by {}", self.sorted()?));
        }
        let separator = if self.eat_word("separator") { self.expression()?.text() } else { "','".to_owned() };
        text.push_str(&format!(" separator {separator}"));
        if self.eat_word("limit") {
            text.push_str(&format!(" limit {}", self.limited()?));
        }
        self.expect_op(")")?;
        Ok(Expr::Atom(format!("group_concat({text})")))
    }

    /// A sequence is named like a table.
    fn sequence(&mut self, name: &str) -> Result<Expr, Unread> {
        let mut text = self.table_name()?;
        while self.eat_op(",") {
            text.push_str(&format!(", {}", self.expression()?.text()));
        }
        self.expect_op(")")?;
        Ok(Expr::Atom(format!("{name}({text})")))
    }
}

fn operand(arguments: &[Expr], at: usize) -> String {
    arguments.get(at).map(Expr::operand).unwrap_or_default()
}

fn factor(arguments: &[Expr], at: usize) -> String {
    match arguments.get(at) {
        Some(Expr::Operation(level::MULTIPLY, text)) => text.clone(),
        other => other.map(Expr::operand).unwrap_or_default(),
    }
}
