//! Queries as servers print them in views and sub-selects: every part in one spelling, in the order it is printed.
//!
//! What follows from the select list is unified too: servers sort and group by a name of the list, its expression or its number;
//! MariaDB writes windows out where MySQL keeps their names.

use super::parser::{Parser, Unread};
use super::token::{self, Token};

/// A read query. What stands behind the last SELECT is kept apart.
#[derive(Debug, Clone, Default)]
pub struct Query {
    with: String,
    body: String,
    order: String,
    pub limit: String,
    lock: String,
    items: Vec<Item>,
    /// SELECTs with UNION, EXCEPT or INTERSECT between.
    is_set: bool,
    is_intersection: bool,
}

/// One of the select list: an expression and its name, if any.
#[derive(Debug, Clone)]
struct Item {
    text: String,
    name: Option<String>,
    /// The name it has outside, where that is said outside.
    outer: Option<String>,
}

impl Item {
    /// The name it is shown with.
    const fn shown(&self) -> Option<&String> {
        match &self.outer {
            Some(outer) => Some(outer),
            None => self.name.as_ref(),
        }
    }
}

/// How what is sorted or grouped by is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Name,
    Expression,
}

/// Words between SELECT and its list.
const MODIFIERS: &[&str] = &[
    "distinct",
    "straight_join",
    "high_priority",
    "sql_small_result",
    "sql_big_result",
    "sql_buffer_result",
    "sql_no_cache",
    "sql_cache",
    "sql_calc_found_rows",
];

impl Query {
    pub fn text(&self) -> String {
        let mut text = format!("{}{}", self.with, self.body);
        for (word, part) in [(" order by ", &self.order), (" limit ", &self.limit), (" ", &self.lock)] {
            if !part.is_empty() {
                text.push_str(word);
                text.push_str(part);
            }
        }
        text
    }

    /// Whether parentheses around it would say something.
    fn is_closed(&self) -> bool {
        !(self.with.is_empty() && self.order.is_empty() && self.limit.is_empty() && self.lock.is_empty())
    }
}

impl Parser<'_> {
    /// A query, where one begins here; `None` where something else does.
    pub fn subquery(&mut self) -> Option<Result<Query, Unread>> {
        let mut ahead = 0;
        while self.is_op_at(ahead, "(") {
            ahead += 1;
        }
        if !["select", "with", "values"].iter().any(|word| self.is_word_at(ahead, word)) {
            return None;
        }
        let found = self.attempt(|parser| {
            let query = parser.nested(Self::query)?;
            if parser.is_op(")") { Ok(query) } else { Err(Unread) }
        });
        match found {
            Some(query) => Some(Ok(query)),
            // `((select 1) + 1)`
            None if ahead > 0 => None,
            None => Some(Err(Unread)),
        }
    }

    pub fn query(&mut self) -> Result<Query, Unread> {
        let with = if self.is_word("with") { self.with()? } else { String::new() };
        let windows = std::mem::take(&mut self.windows);
        let mut query = self.set()?;
        self.windows = windows;
        query.with = with;
        Ok(query)
    }

    /// `with recursive a (x, y) as (…), b as (…) `
    fn with(&mut self) -> Result<String, Unread> {
        self.expect_word("with")?;
        let mut text = if self.eat_word("recursive") { "with recursive ".to_owned() } else { "with ".to_owned() };
        loop {
            let name = self.identifier()?;
            let mut columns = Vec::new();
            if self.eat_op("(") {
                columns.push(self.identifier()?);
                while self.eat_op(",") {
                    columns.push(self.identifier()?);
                }
                self.expect_op(")")?;
            }
            self.expect_word("as")?;
            self.expect_op("(")?;
            let query = self.nested(|parser| parser.named(&columns))?.text();
            self.expect_op(")")?;
            let columns = if columns.is_empty() { String::new() } else { format!(" ({})", columns.join(", ")) };
            text.push_str(&format!("{name}{columns} as ({query})"));
            if !self.eat_op(",") {
                text.push(' ');
                return Ok(text);
            }
            text.push_str(", ");
        }
    }

    /// A query whose columns are named outside of it: MariaDB writes those names into it.
    pub fn named(&mut self, columns: &[String]) -> Result<Query, Unread> {
        self.renaming = Some(columns.to_vec()).filter(|columns| !columns.is_empty());
        let query = self.query();
        self.renaming = None;
        query
    }

    /// SELECTs with set operators between, and what stands behind.
    fn set(&mut self) -> Result<Query, Unread> {
        let mut first = self.operand()?;
        let mut is_set = false;
        let mut is_intersection = true;
        while let Some(op) = ["union", "except", "intersect"].into_iter().find(|op| self.is_word(op)) {
            self.step();
            let all = self.eat_word("all");
            if !all {
                self.eat_word("distinct");
            }
            let right = self.operand()?;
            let left = if first.is_closed() || first.is_set && !first.is_intersection && op == "intersect" && !is_set {
                format!("({})", first.text())
            } else {
                first.text()
            };
            let right = if right.is_closed() || right.is_set { format!("({})", right.text()) } else { right.text() };
            first = Query { body: format!("{left} {op}{} {right}", if all { " all" } else { "" }), items: first.items, ..Query::default() };
            is_set = true;
            is_intersection &= op == "intersect";
        }
        if is_set {
            (first.is_set, first.is_intersection) = (true, is_intersection);
        }
        self.tail(first)
    }

    /// ORDER BY, LIMIT and locks behind a query.
    fn tail(&mut self, mut query: Query) -> Result<Query, Unread> {
        if ["order", "limit", "for", "lock"].iter().any(|word| self.is_word(word)) && query.is_closed() {
            query = Query { body: format!("({})", query.text()), items: query.items, ..Query::default() };
        }
        if self.eat_word("order") {
            self.expect_word("by")?;
            query.order = self.listed(&query.items, By::Name)?;
        }
        if self.eat_word("limit") {
            query.limit = self.limited()?;
        }
        while ["for", "lock"].iter().any(|word| self.is_word(word)) {
            while let Ok(word) = self.word() {
                query.lock.push_str(if query.lock.is_empty() { "" } else { " " });
                query.lock.push_str(&word);
            }
        }
        Ok(query)
    }

    fn operand(&mut self) -> Result<Query, Unread> {
        if self.eat_op("(") {
            let query = self.nested(Self::query)?;
            self.expect_op(")")?;
            return Ok(query);
        }
        if self.eat_word("values") {
            let mut rows = Vec::new();
            loop {
                self.expect_word("row")?;
                self.expect_op("(")?;
                rows.push(format!("row({})", super::expression::list(&self.arguments()?)));
                self.expect_op(")")?;
                if !self.eat_op(",") {
                    return Ok(Query { body: format!("values {}", rows.join(", ")), ..Query::default() });
                }
            }
        }
        self.select()
    }

    fn select(&mut self) -> Result<Query, Unread> {
        self.expect_word("select")?;
        let renaming = self.renaming.take();
        let mut text = "select".to_owned();
        while let Some(Token::Word(word)) = self.peek() {
            let word = word.to_ascii_lowercase();
            if !MODIFIERS.contains(&&*word) {
                break;
            }
            self.step();
            // A view keeps or loses these, and gives the same rows.
            if !matches!(&*word, "sql_no_cache" | "sql_cache" | "sql_calc_found_rows") {
                text.push_str(&format!(" {word}"));
            }
        }
        // Windows are named behind their use.
        self.windows = self.windows_ahead()?;
        let mut items = self.items()?;
        if let Some(names) = renaming.filter(|names| names.len() == items.len()) {
            items.iter_mut().zip(names).for_each(|(item, name)| item.outer = Some(name));
        }
        let shown: Vec<String> =
            items.iter().map(|item| item.shown().map_or_else(|| item.text.clone(), |name| format!("{} as {name}", item.text))).collect();
        text.push_str(&format!(" {}", shown.join(", ")));
        if self.eat_word("from") {
            text.push_str(&format!(" from {}", self.from()?));
        }
        if self.eat_word("where") {
            text.push_str(&format!(" where {}", self.expression()?.text()));
        }
        if self.is_word("group") {
            self.step();
            self.expect_word("by")?;
            text.push_str(&format!(" group by {}", self.listed(&items, By::Expression)?));
            if self.eat_word("with") {
                self.expect_word("rollup")?;
                text.push_str(" with rollup");
            }
        }
        if self.eat_word("having") {
            text.push_str(&format!(" having {}", self.expression()?.text()));
        }
        if self.is_word("window") {
            self.skip_windows()?;
        }
        Ok(Query { body: text, items, ..Query::default() })
    }

    fn items(&mut self) -> Result<Vec<Item>, Unread> {
        let mut items = Vec::new();
        loop {
            let text = self.expression()?.text();
            let name = if self.eat_word("as") {
                Some(self.identifier()?)
            } else if let Some(Token::Name(name)) = self.peek() {
                self.step();
                Some(token::name(name))
            } else {
                None
            };
            items.push(Item { text, name, outer: None });
            if !self.eat_op(",") {
                return Ok(items);
            }
        }
    }

    /// What is sorted by, as the name of the select list's expression where it is one of them; or grouped by, as the expression: there a
    /// name is that of a column first. Numbers are places in the list, so an expression that is one stays a name.
    fn listed(&mut self, items: &[Item], by: By) -> Result<String, Unread> {
        let mut parts = Vec::new();
        loop {
            let number = match self.peek() {
                Some(Token::Number(number)) => number.parse::<usize>().ok(),
                _ => None,
            };
            let text = self.expression()?.text();
            let by_number = number.filter(|number| *number.to_string() == *text).and_then(|number| items.get(number.checked_sub(1)?));
            let found = by_number.or_else(|| items.iter().find(|item| item.name.as_ref() == Some(&text)));
            let text = found.map_or(&text, |item| &item.text);
            let is_place = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            let named = || items.iter().find(|item| item.text == *text).and_then(Item::shown);
            let name = if by == By::Name || is_place { named() } else { None };
            parts.push(format!("{}{}", name.unwrap_or(text), self.direction()));
            if !self.eat_op(",") {
                return Ok(parts.join(", "));
            }
        }
    }

    /// ` desc`, or nothing.
    fn direction(&mut self) -> &'static str {
        if self.eat_word("desc") {
            return " desc";
        }
        self.eat_word("asc");
        ""
    }

    /// What a window or GROUP_CONCAT is sorted by.
    pub fn sorted(&mut self) -> Result<String, Unread> {
        let mut parts = Vec::new();
        loop {
            let text = self.expression()?.text();
            parts.push(format!("{text}{}", self.direction()));
            if !self.eat_op(",") {
                return Ok(parts.join(", "));
            }
        }
    }

    /// `10` or `5, 10`: what is left out, then how many.
    pub fn limited(&mut self) -> Result<String, Unread> {
        let first = self.count()?;
        if self.eat_op(",") {
            return Ok(format!("{first}, {}", self.count()?));
        }
        if self.eat_word("offset") {
            return Ok(format!("{}, {first}", self.count()?));
        }
        Ok(first)
    }

    fn count(&mut self) -> Result<String, Unread> {
        let Some(Token::Number(number)) = self.peek() else { return Err(Unread) };
        self.step();
        Ok(number.clone())
    }

    /// Tables and joins. Parentheses around what is joined first say nothing, and come and go with dump and restore.
    fn from(&mut self) -> Result<String, Unread> {
        self.joined().map(|(text, _)| text)
    }

    /// Tables and joins, and whether there is more than one.
    fn joined(&mut self) -> Result<(String, bool), Unread> {
        self.nested(|parser| {
            let (mut text, mut is_joined) = parser.source()?;
            while let Some(op) = parser.join()? {
                let (right, is_group) = parser.source()?;
                text = if is_group { format!("{text} {op} ({right})") } else { format!("{text} {op} {right}") };
                is_joined = true;
                if parser.eat_word("on") {
                    text.push_str(&format!(" on {}", parser.expression()?.text()));
                } else if parser.eat_word("using") {
                    let names: Vec<_> = parser.run()?.iter().map(token::shown).collect();
                    text.push_str(&format!(" using ({})", names.concat()));
                }
            }
            Ok((text, is_joined))
        })
    }

    fn join(&mut self) -> Result<Option<&'static str>, Unread> {
        if self.eat_op(",") || self.eat_word("join") {
            return Ok(Some("join"));
        }
        if self.eat_word("straight_join") {
            return Ok(Some("straight_join"));
        }
        for (word, op) in [("inner", "join"), ("cross", "join"), ("left", "left join"), ("right", "right join")] {
            if self.eat_word(word) {
                self.eat_word("outer");
                self.expect_word("join")?;
                return Ok(Some(op));
            }
        }
        Ok(None)
    }

    /// A table or what stands for one; or several with joins between, without their parentheses.
    fn source(&mut self) -> Result<(String, bool), Unread> {
        let lateral = if self.eat_word("lateral") { "lateral " } else { "" };
        if self.is_op("(") {
            self.step();
            if let Some(query) = self.subquery() {
                let text = query?.text();
                self.expect_op(")")?;
                return Ok((format!("{lateral}({text}){}", self.alias()?), false));
            }
            let inner = self.joined()?;
            self.expect_op(")")?;
            return Ok(inner);
        }
        if self.is_word("json_table") {
            self.step();
            return Ok((self.json_table()?, false));
        }
        let mut text = self.table_name()?;
        if self.is_word("partition") {
            self.step();
            let names: Vec<_> = self.run()?.iter().map(token::shown).collect();
            text.push_str(&format!(" partition ({})", names.concat()));
        }
        text.push_str(&self.alias()?);
        while ["use", "force", "ignore"].iter().any(|word| self.is_word(word)) {
            while let Ok(word) = self.word() {
                text.push_str(&format!(" {word}"));
            }
            let names: Vec<_> = self.run()?.iter().map(token::shown).collect();
            text.push_str(&format!(" ({})", names.concat()));
        }
        Ok((text, false))
    }

    /// A table, without the own database.
    pub fn table_name(&mut self) -> Result<String, Unread> {
        let Some(Token::Name(name)) = self.peek() else { return Err(Unread) };
        self.step();
        if !self.eat_op(".") {
            return Ok(token::name(name));
        }
        let table = self.identifier()?;
        Ok(if self.is_own(name) { table } else { format!("{}.{table}", token::name(name)) })
    }

    fn alias(&mut self) -> Result<String, Unread> {
        if self.eat_word("as") || matches!(self.peek(), Some(Token::Name(_))) {
            let mut text = format!(" {}", self.identifier()?);
            // Columns of a derived table.
            if self.is_op("(") {
                let names: Vec<_> = self.run()?.iter().map(token::shown).collect();
                text.push_str(&format!(" ({})", names.concat()));
            }
            return Ok(text);
        }
        Ok(String::new())
    }

    /// The document, and then tokens: only widths of whole numbers are spelled in two ways.
    fn json_table(&mut self) -> Result<String, Unread> {
        self.expect_op("(")?;
        let mut text = format!("json_table({}", self.expression()?.text());
        let mut open = 1_usize;
        let mut whole = false;
        while open > 0 {
            let next = self.peek().ok_or(Unread)?;
            let is_width =
                whole && matches!(next, Token::Op("(")) && matches!(self.peek_at(1), Some(Token::Number(_))) && self.is_op_at(2, ")");
            if is_width {
                (0..3).for_each(|_| self.step());
                whole = false;
                continue;
            }
            match next {
                Token::Op("(") => open += 1,
                Token::Op(")") => open -= 1,
                _ => {}
            }
            let shown = token::shown(next);
            whole = matches!(next, Token::Word(_)) && matches!(&*shown, "tinyint" | "smallint" | "mediumint" | "int" | "bigint");
            if !matches!(next, Token::Op(_)) || matches!(next, Token::Op("(")) && !text.ends_with('(') {
                text.push(' ');
            }
            text.push_str(&shown);
            self.step();
        }
        Ok(format!("{text}{}", self.alias()?))
    }
}
