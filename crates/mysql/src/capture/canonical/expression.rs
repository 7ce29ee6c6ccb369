//! Expressions in one spelling: parentheses where an operand has operators of its own, aliases of functions unified.
//!
//! Lives here: operators and what follows from them. Neighbours: `call` for functions, `query` for what stands behind
//! SELECT, `parser` for the tokens. Precedence: <https://mariadb.com/docs/server/reference/sql-structure/operators/operator-precedence>

use super::parser::{Parser, Unread};
use super::token::{self, Token};

/// A read expression: its text, and as much of its structure as decides how it is printed inside of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// Needs no parentheses anywhere.
    Atom(String),
    /// Binds by operators of that level, its own text; the level lets `a + b - c` stand without parentheses.
    Operation(u8, String),
    /// At least two, no two of a kind nested.
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Xor(Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    Compare(Box<Expr>, &'static str, Box<Expr>),
    /// `x [not] like y`, `x is [not] null`: what stands before and behind the place of NOT.
    Test(String, bool, String),
    Row(Vec<Expr>),
}

/// Levels of precedence, from OR to COLLATE.
pub mod level {
    pub const OR: u8 = 1;
    pub const XOR: u8 = 2;
    pub const AND: u8 = 3;
    pub const NOT: u8 = 4;
    pub const COMPARE: u8 = 5;
    pub const TEST: u8 = 6;
    pub const BIT_OR: u8 = 7;
    pub const BIT_AND: u8 = 8;
    pub const SHIFT: u8 = 9;
    pub const ADD: u8 = 10;
    pub const MULTIPLY: u8 = 11;
    pub const BIT_XOR: u8 = 12;
    pub const UNARY: u8 = 13;
    pub const COLLATE: u8 = 14;
}

/// So many operators in a row, `a = b = c`, and no person wrote it.
const MOST_WRAPPED: u8 = 24;

const UNITS: &[&str] = &[
    "microsecond",
    "second",
    "minute",
    "hour",
    "day",
    "week",
    "month",
    "quarter",
    "year",
    "second_microsecond",
    "minute_microsecond",
    "minute_second",
    "hour_microsecond",
    "hour_second",
    "hour_minute",
    "day_microsecond",
    "day_second",
    "day_minute",
    "day_hour",
    "year_month",
];

impl Expr {
    /// The text, as it stands alone.
    pub fn text(&self) -> String {
        let joined = |parts: &[Self], word: &str| parts.iter().map(Self::operand).collect::<Vec<_>>().join(word);
        match self {
            Self::Atom(text) | Self::Operation(_, text) => text.clone(),
            Self::And(parts) => joined(parts, " and "),
            Self::Or(parts) => joined(parts, " or "),
            Self::Xor(a, b) => format!("{} xor {}", a.operand(), b.operand()),
            Self::Not(inner) => format!("not {}", inner.operand()),
            Self::Compare(a, op, b) => format!("{} {op} {}", a.operand(), b.operand()),
            Self::Test(before, negated, behind) => {
                if *negated {
                    negated_test(before, behind)
                } else {
                    format!("{before} {behind}")
                }
            }
            Self::Row(parts) => format!("({})", list(parts)),
        }
    }

    /// The text, as it stands beside an operator.
    pub fn operand(&self) -> String {
        match self {
            Self::Atom(text) => text.clone(),
            Self::Row(_) => self.text(),
            _ => format!("({})", self.text()),
        }
    }

    /// As an operand of AND, OR, XOR, NOT and IS TRUE, which all ask whether it is zero: MySQL writes the question out,
    /// MariaDB does so for columns.
    fn truth(self) -> Self {
        match self {
            Self::Compare(inner, "<>", zero) if is_zero(&zero) => *inner,
            other => other,
        }
    }

    /// NOT of it, as the servers fold it.
    pub fn negated(self) -> Self {
        match self.truth() {
            Self::Test(before, negated, behind) => Self::Test(before, !negated, behind),
            Self::Compare(a, op, b) => match op {
                "=" => Self::compare(*a, "<>", *b),
                "<>" => Self::compare(*a, "=", *b),
                "<" => Self::Compare(a, ">=", b),
                ">=" => Self::Compare(a, "<", b),
                ">" => Self::Compare(a, "<=", b),
                "<=" => Self::Compare(a, ">", b),
                _ => Self::Not(Box::new(Self::Compare(a, op, b))),
            },
            Self::Not(inner) => Self::Compare(inner, "<>", Box::new(Self::Atom("0".into()))),
            // An EXISTS and a scalar sub-select are asked as they are.
            Self::Atom(text) if text.starts_with("exists (") || text.starts_with('(') => Self::Not(Box::new(Self::Atom(text))),
            it @ (Self::And(_) | Self::Or(_) | Self::Xor(..) | Self::Row(_)) => Self::Not(Box::new(it)),
            number => Self::Compare(Box::new(number), "=", Box::new(Self::Atom("0".into()))),
        }
    }

    fn all(parts: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match part.truth() {
                Self::And(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        Self::And(flat)
    }

    fn any(parts: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match part.truth() {
                Self::Or(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        Self::Or(flat)
    }

    /// A comparison: rows part by part as MySQL does, a zero on the right.
    pub fn compare(a: Self, op: &'static str, b: Self) -> Self {
        match (a, b) {
            (Self::Row(a), Self::Row(b)) if matches!(op, "=" | "<>") && a.len() == b.len() && a.len() > 1 => {
                let pairs = a.into_iter().zip(b).map(|(a, b)| Self::compare(a, op, b)).collect();
                if op == "=" { Self::all(pairs) } else { Self::any(pairs) }
            }
            (zero, b) if matches!(op, "=" | "<>" | "<=>") && is_zero(&zero) && !is_zero(&b) => {
                Self::Compare(Box::new(b), op, Box::new(zero))
            }
            (a, b) => Self::Compare(Box::new(a), op, Box::new(b)),
        }
    }

    fn test(subject: &Self, negated: bool, behind: String) -> Self {
        Self::Test(subject.operand(), negated, behind)
    }
}

fn is_zero(it: &Expr) -> bool {
    matches!(it, Expr::Atom(text) if text == "0")
}

/// `is null` takes its NOT inside.
fn negated_test(before: &str, behind: &str) -> String {
    behind.strip_prefix("is ").map_or_else(|| format!("{before} not {behind}"), |what| format!("{before} is not {what}"))
}

pub fn list(parts: &[Expr]) -> String {
    parts.iter().map(Expr::text).collect::<Vec<_>>().join(", ")
}

impl Parser<'_> {
    /// Any expression.
    pub fn expression(&mut self) -> Result<Expr, Unread> {
        self.nested(|parser| parser.binary(level::OR))
    }

    /// An expression of that level or tighter.
    fn binary(&mut self, least: u8) -> Result<Expr, Unread> {
        let mut left = self.prefix(least)?;
        let mut wrapped = 0;
        while let Some((found, op)) = self.operator() {
            if found < least {
                break;
            }
            // Each of these puts parentheses around what stands before it.
            wrapped += u8::from(!matches!(found, level::OR | level::AND | level::ADD | level::MULTIPLY));
            if wrapped > MOST_WRAPPED {
                return Err(Unread);
            }
            left = self.behind(left, found, op)?;
        }
        Ok(left)
    }

    fn prefix(&mut self, least: u8) -> Result<Expr, Unread> {
        if least <= level::NOT && self.eat_word("not") {
            return Ok(self.nested(|parser| parser.binary(level::NOT))?.negated());
        }
        if self.eat_op("!") {
            return Ok(self.nested(|parser| parser.binary(level::UNARY))?.negated());
        }
        if self.eat_op("+") {
            return self.nested(|parser| parser.binary(level::UNARY));
        }
        for op in ["-", "~"] {
            if self.eat_op(op) {
                let inner = self.nested(|parser| parser.binary(level::UNARY))?;
                return Ok(match inner {
                    Expr::Atom(text) if op == "-" && text.starts_with(|c: char| c.is_ascii_digit()) => Expr::Atom(format!("-{text}")),
                    Expr::Atom(text) if !text.starts_with('-') => Expr::Operation(level::UNARY, format!("{op}{text}")),
                    other => Expr::Operation(level::UNARY, format!("{op}({})", other.text())),
                });
            }
        }
        self.primary()
    }

    /// The operator that comes next, with its level and the one name it has here.
    fn operator(&self) -> Option<(u8, &'static str)> {
        Some(match self.peek()? {
            Token::Op(op) => match *op {
                "||" => (level::OR, "or"),
                "&&" => (level::AND, "and"),
                "=" | "<=>" | ">=" | ">" | "<=" | "<" | "<>" => (level::COMPARE, op),
                "!=" => (level::COMPARE, "<>"),
                "|" => (level::BIT_OR, op),
                "&" => (level::BIT_AND, op),
                "<<" | ">>" => (level::SHIFT, op),
                "+" | "-" => (level::ADD, op),
                "*" | "/" | "%" => (level::MULTIPLY, op),
                "^" => (level::BIT_XOR, op),
                _ => return None,
            },
            Token::Word(word) => match &*word.to_ascii_lowercase() {
                "or" => (level::OR, "or"),
                "xor" => (level::XOR, "xor"),
                "and" => (level::AND, "and"),
                "is" => (level::COMPARE, "is"),
                "not" => (level::TEST, "not"),
                "between" => (level::TEST, "between"),
                "in" => (level::TEST, "in"),
                "like" => (level::TEST, "like"),
                "regexp" | "rlike" => (level::TEST, "regexp"),
                "member" => (level::TEST, "member"),
                "div" => (level::MULTIPLY, "div"),
                "mod" => (level::MULTIPLY, "%"),
                "collate" => (level::COLLATE, "collate"),
                _ => return None,
            },
            _ => return None,
        })
    }

    /// What an operator makes of what stands before it and what comes behind.
    fn behind(&mut self, left: Expr, found: u8, op: &'static str) -> Result<Expr, Unread> {
        self.step();
        match op {
            "and" => self.chain(left, level::AND).map(Expr::all),
            "or" => self.chain(left, level::OR).map(Expr::any),
            "xor" => {
                let right = self.nested(|parser| parser.binary(level::AND))?;
                Ok(Expr::Xor(Box::new(left.truth()), Box::new(right.truth())))
            }
            "is" => self.is(left),
            "not" | "between" | "in" | "like" | "regexp" | "member" => {
                let negated = op == "not";
                let op = if negated { self.operator().map_or("", |(_, op)| op) } else { op };
                if negated {
                    self.step();
                }
                self.test(&left, negated, op)
            }
            "collate" => {
                let name = self.word()?;
                Ok(Expr::Operation(level::COLLATE, format!("{} collate {}", left.operand(), super::charset(&name))))
            }
            _ if found == level::COMPARE => self.compared(left, op),
            _ => {
                // `interval(a, 1, 2)` is a function.
                let interval = if found == level::ADD && self.is_word("interval") { self.attempt(Self::interval) } else { None };
                let right = match interval {
                    Some(interval) => interval,
                    None => self.nested(|parser| parser.binary(found + 1))?.operand(),
                };
                // Additions and multiplications in a row read as they are printed, from the left.
                let before = match &left {
                    Expr::Operation(own, text) if *own == found && matches!(found, level::ADD | level::MULTIPLY) => text.clone(),
                    other => other.operand(),
                };
                Ok(Expr::Operation(found, format!("{before} {op} {right}")))
            }
        }
    }

    /// The operands of one AND or OR in a row, however many.
    fn chain(&mut self, first: Expr, of: u8) -> Result<Vec<Expr>, Unread> {
        let mut parts = vec![first];
        loop {
            parts.push(self.nested(|parser| parser.binary(of + 1))?);
            if self.operator().is_none_or(|(found, _)| found != of) {
                return Ok(parts);
            }
            self.step();
        }
    }

    fn is(&mut self, left: Expr) -> Result<Expr, Unread> {
        let negated = self.eat_word("not");
        let what = self.word()?;
        Ok(match &*what {
            "null" | "unknown" => Expr::test(&left, negated, "is null".into()),
            "true" | "false" => Expr::test(&left.truth(), negated, format!("is {what}")),
            _ => return Err(Unread),
        })
    }

    fn test(&mut self, left: &Expr, negated: bool, op: &str) -> Result<Expr, Unread> {
        let behind = match op {
            "between" => {
                let from = self.nested(|parser| parser.binary(level::BIT_OR))?.operand();
                self.expect_word("and")?;
                let to = self.nested(|parser| parser.binary(level::TEST))?.operand();
                format!("between {from} and {to}")
            }
            "in" => {
                self.expect_op("(")?;
                let inner = match self.subquery() {
                    Some(query) => query?.text(),
                    None => list(&self.arguments()?),
                };
                self.expect_op(")")?;
                format!("in ({inner})")
            }
            "like" => {
                let pattern = self.nested(|parser| parser.binary(level::BIT_OR))?.operand();
                let escape = if self.eat_word("escape") { Some(self.primary()?.operand()) } else { None };
                // The backslash is what escapes anyway.
                match escape.filter(|escape| escape != "'\\\\'") {
                    Some(escape) => format!("like {pattern} escape {escape}"),
                    None => format!("like {pattern}"),
                }
            }
            "regexp" => format!("regexp {}", self.nested(|parser| parser.binary(level::BIT_OR))?.operand()),
            "member" => {
                self.expect_word("of")?;
                self.expect_op("(")?;
                let inner = self.expression()?.text();
                self.expect_op(")")?;
                format!("member of ({inner})")
            }
            _ => return Err(Unread),
        };
        Ok(Expr::test(left, negated, behind))
    }

    fn compared(&mut self, left: Expr, op: &'static str) -> Result<Expr, Unread> {
        for word in ["all", "any", "some"] {
            if self.is_word(word) && self.is_op_at(1, "(") {
                self.step();
                self.expect_op("(")?;
                let query = self.subquery().ok_or(Unread)??.text();
                self.expect_op(")")?;
                let right = Expr::Atom(format!("{} ({query})", if word == "some" { "any" } else { word }));
                return Ok(Expr::Compare(Box::new(left), op, Box::new(right)));
            }
        }
        let right = self.nested(|parser| parser.binary(level::TEST))?;
        Ok(Expr::compare(left, op, right))
    }

    /// `interval x unit`, behind a plus or minus.
    pub fn interval(&mut self) -> Result<String, Unread> {
        self.expect_word("interval")?;
        let amount = self.expression()?.operand();
        let unit = self.word()?;
        if UNITS.contains(&&*unit) { Ok(format!("interval {amount} {unit}")) } else { Err(Unread) }
    }

    fn primary(&mut self) -> Result<Expr, Unread> {
        let Some(next) = self.peek().cloned() else { return Err(Unread) };
        match next {
            Token::Op("(") => self.parenthesised(),
            Token::Name(_) => self.name(),
            Token::Word(word) => self.worded(&word.to_lowercase()),
            Token::Text { ref charset, ref text } => {
                // information_schema cannot show what is beyond the basic plane: there is a `?` or four.
                let is_other = charset.as_deref().is_some_and(|charset| !token::is_unicode(charset));
                self.doubt(is_other || text.contains('?') || text.chars().any(|c| c > '\u{ffff}'));
                self.step();
                Ok(Expr::Atom(token::shown(&next).into_owned()))
            }
            Token::Hex(_) | Token::HexText(_) => {
                self.doubt(true);
                self.step();
                Ok(Expr::Atom(token::shown(&next).into_owned()))
            }
            Token::Number(_) | Token::Variable(_) => {
                self.step();
                Ok(Expr::Atom(token::shown(&next).into_owned()))
            }
            Token::Op(_) | Token::Hint(_) => Err(Unread),
        }
    }

    /// A sub-select, a row, or an expression whose parentheses say nothing.
    fn parenthesised(&mut self) -> Result<Expr, Unread> {
        self.expect_op("(")?;
        if let Some(query) = self.subquery() {
            let text = query?.text();
            self.expect_op(")")?;
            return Ok(Expr::Atom(format!("({text})")));
        }
        if self.is_word("match") {
            let found = self.matching()?;
            self.expect_op(")")?;
            return Ok(found);
        }
        let mut parts = self.arguments()?;
        self.expect_op(")")?;
        match parts.len() {
            0 => Err(Unread),
            1 => parts.pop().ok_or(Unread),
            _ => Ok(Expr::Row(parts)),
        }
    }

    /// One or more expressions with commas between.
    pub fn arguments(&mut self) -> Result<Vec<Expr>, Unread> {
        let mut parts = vec![self.expression()?];
        while self.eat_op(",") {
            parts.push(self.expression()?);
        }
        Ok(parts)
    }
}
