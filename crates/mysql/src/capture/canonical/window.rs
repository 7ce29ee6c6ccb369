//! Windows: what stands behind OVER, and windows that are named.

use super::expression::{Expr, list};
use super::parser::{Parser, Unread};
use super::token::Token;

impl Parser<'_> {
    /// The windows that this select names, found by looking ahead: they stand behind what uses them.
    pub fn windows_ahead(&mut self) -> Result<Vec<(String, String)>, Unread> {
        let (mut ahead, mut open) = (0, 0_usize);
        loop {
            match self.peek_at(ahead) {
                None => return Ok(Vec::new()),
                Some(Token::Op("(")) => open += 1,
                Some(Token::Op(")")) if open == 0 => return Ok(Vec::new()),
                Some(Token::Op(")")) => open -= 1,
                Some(Token::Word(word)) if open == 0 => match &*word.to_ascii_lowercase() {
                    "window" => break,
                    "union" | "except" | "intersect" => return Ok(Vec::new()),
                    _ => {}
                },
                Some(_) => {}
            }
            ahead += 1;
        }
        let back = self.position();
        self.go_to(back + ahead);
        let found = self.named_windows();
        self.go_to(back);
        found
    }

    /// Past the windows, which are written out where they are used.
    pub fn skip_windows(&mut self) -> Result<(), Unread> {
        self.named_windows().map(|_| ())
    }

    fn named_windows(&mut self) -> Result<Vec<(String, String)>, Unread> {
        self.expect_word("window")?;
        let before = std::mem::take(&mut self.windows);
        let mut found = Vec::new();
        loop {
            let name = self.identifier()?;
            self.expect_word("as")?;
            self.windows.clone_from(&found);
            let inner = self.window()?;
            found.push((name, inner));
            if !self.eat_op(",") {
                break;
            }
        }
        self.windows = before;
        Ok(found)
    }

    /// A call of a distribution with the order of its values: `percentile_cont(0.5) within group (order by a)`.
    pub fn within(&mut self, call: &str) -> Result<Expr, Unread> {
        for word in ["within", "group"] {
            self.expect_word(word)?;
        }
        self.expect_op("(")?;
        for word in ["order", "by"] {
            self.expect_word(word)?;
        }
        let order = self.sorted()?;
        self.expect_op(")")?;
        Ok(Expr::Atom(format!("{call} within group (order by {order})")))
    }

    /// A call with its OVER.
    pub fn over(&mut self, call: &str) -> Result<Expr, Unread> {
        let mut text = call.to_owned();
        while !self.is_word("over") {
            text.push_str(&format!(" {}", self.word()?));
        }
        self.step();
        let window = if self.is_op("(") { self.window()? } else { self.known_window()? };
        Ok(Expr::Atom(format!("{text} over ({window})")))
    }

    fn known_window(&mut self) -> Result<String, Unread> {
        let name = self.identifier()?;
        self.windows.iter().find(|(known, _)| *known == name).map(|(_, window)| window.clone()).ok_or(Unread)
    }

    /// `(w partition by a order by b rows …)`, without the parentheses.
    fn window(&mut self) -> Result<String, Unread> {
        self.expect_op("(")?;
        let mut parts = Vec::new();
        if matches!(self.peek(), Some(Token::Name(_))) {
            parts.push(self.known_window()?);
        }
        if self.eat_word("partition") {
            self.expect_word("by")?;
            parts.push(format!("partition by {}", list(&self.arguments()?)));
        }
        if self.eat_word("order") {
            self.expect_word("by")?;
            parts.push(format!("order by {}", self.sorted()?));
        }
        while !self.is_op(")") {
            match self.peek() {
                Some(Token::Word(word)) if word.eq_ignore_ascii_case("interval") => parts.push(self.interval()?),
                Some(Token::Word(_)) => parts.push(self.word()?),
                _ => parts.push(self.expression()?.operand()),
            }
        }
        self.expect_op(")")?;
        parts.retain(|part| !part.is_empty());
        Ok(parts.join(" "))
    }
}
