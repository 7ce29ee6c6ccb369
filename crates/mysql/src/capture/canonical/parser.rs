//! The tokens of one text, read from left to right with bounds on depth and work.

use super::Context;
use super::token::{self, Token};

/// The text is not of the grammar that is understood here; it is compared token by token then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unread;

/// Deeper texts are not read: the stack is not ours to use up.
const DEEPEST: usize = 96;

/// Parentheses that could begin a sub-select or not are tried both ways; a text that makes that costly is not read.
const WORK_PER_TOKEN: usize = 40;

pub struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    depth: usize,
    work: usize,
    /// The own database, whose name is left out.
    own: Option<&'a str>,
    /// Something was read that another vendor may print otherwise, or mean otherwise.
    pub is_doubtful: bool,
    /// Windows by name, of the select that is being read.
    pub windows: Vec<(String, String)>,
    /// What the columns of the next SELECT are called from outside.
    pub renaming: Option<Vec<String>>,
}

impl<'a> Parser<'a> {
    pub fn new(tokens: &'a [Token], context: Context<'a>) -> Self {
        Self {
            tokens,
            at: 0,
            depth: 0,
            work: tokens.len().saturating_mul(WORK_PER_TOKEN).saturating_add(10_000),
            own: context.scope.one(),
            is_doubtful: false,
            windows: Vec::new(),
            renaming: None,
        }
    }

    /// One level deeper.
    pub fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Unread>) -> Result<T, Unread> {
        if self.depth >= DEEPEST || self.work == 0 {
            return Err(Unread);
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// Reads, or goes back to where it was.
    pub fn attempt<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Unread>) -> Option<T> {
        let (at, is_doubtful, windows) = (self.at, self.is_doubtful, self.windows.clone());
        let result = read(self).ok();
        if result.is_none() {
            (self.at, self.is_doubtful, self.windows) = (at, is_doubtful, windows);
        }
        result
    }

    pub fn doubt(&mut self, is_doubtful: bool) {
        self.is_doubtful |= is_doubtful;
    }

    pub fn is_own(&self, database: &str) -> bool {
        self.own == Some(database)
    }

    pub fn is_at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    pub fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at)
    }

    pub fn peek_at(&self, ahead: usize) -> Option<&'a Token> {
        self.tokens.get(self.at + ahead)
    }

    /// Where it stands, to go back to after a look ahead.
    pub fn position(&self) -> usize {
        self.at
    }

    pub fn go_to(&mut self, position: usize) {
        self.at = position;
    }

    pub fn step(&mut self) {
        self.at += 1;
        self.work = self.work.saturating_sub(1);
    }

    pub fn is_word(&self, word: &str) -> bool {
        self.is_word_at(0, word)
    }

    pub fn is_word_at(&self, ahead: usize, word: &str) -> bool {
        matches!(self.peek_at(ahead), Some(Token::Word(found)) if found.eq_ignore_ascii_case(word))
    }

    pub fn is_op_at(&self, ahead: usize, op: &str) -> bool {
        matches!(self.peek_at(ahead), Some(Token::Op(found)) if *found == op)
    }

    pub fn is_op(&self, op: &str) -> bool {
        self.is_op_at(0, op)
    }

    pub fn eat_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        if found {
            self.step();
        }
        found
    }

    pub fn eat_op(&mut self, op: &str) -> bool {
        let found = self.is_op(op);
        if found {
            self.step();
        }
        found
    }

    pub fn expect_word(&mut self, word: &str) -> Result<(), Unread> {
        if self.eat_word(word) { Ok(()) } else { Err(Unread) }
    }

    pub fn expect_op(&mut self, op: &str) -> Result<(), Unread> {
        if self.eat_op(op) { Ok(()) } else { Err(Unread) }
    }

    /// Any bare word, in lower case.
    pub fn word(&mut self) -> Result<String, Unread> {
        let Some(Token::Word(word)) = self.peek() else { return Err(Unread) };
        self.step();
        Ok(word.to_lowercase())
    }

    /// An identifier: MariaDB leaves the names of common table expressions bare.
    pub fn identifier(&mut self) -> Result<String, Unread> {
        let (Some(Token::Name(name)) | Some(Token::Word(name))) = self.peek() else { return Err(Unread) };
        self.step();
        Ok(token::name(name))
    }

    /// The tokens of the parentheses that open here, as they are, up to where they close.
    pub fn run(&mut self) -> Result<&'a [Token], Unread> {
        self.expect_op("(")?;
        let (start, mut open) = (self.at, 1_usize);
        while let Some(next) = self.peek() {
            match next {
                Token::Op("(") => open += 1,
                Token::Op(")") => open -= 1,
                _ => {}
            }
            self.step();
            if open == 0 {
                return self.tokens.get(start..self.at - 1).ok_or(Unread);
            }
        }
        Err(Unread)
    }
}
