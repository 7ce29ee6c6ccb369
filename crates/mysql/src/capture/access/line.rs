//! A line of `SHOW GRANTS`, as MySQL 8.0 and later and MariaDB 10.6 and later print it.
//!
//! The session pins `sql_mode` and `sql_quote_show_create`, so names come in back quotes; single quotes (MariaDB's PROXY
//! lines) are read all the same. What is not understood is no line, never a panic.

use crate::grammar::token::{self, Sort};

/// On what a privilege is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum On {
    /// `*.*`
    Server,
    /// A database, as the grant writes its name: a pattern.
    Database(String),
    /// A table or routine in that database.
    Inside { database: String, object: String, is_routine: bool },
}

/// A privilege by its name in upper case, and the columns it is limited to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Privilege {
    pub name: String,
    pub columns: Vec<String>,
}

/// What one line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// MySQL's partial revokes: it takes away what a line on `*.*` gives.
    pub revokes: bool,
    pub privileges: Vec<Privilege>,
    pub on: On,
    /// As printed: lines of one account or role have the same.
    pub grantee: String,
}

impl Line {
    /// Whether the privilege is among those named, on all columns.
    #[must_use]
    pub fn gives(&self, privilege: &str) -> bool {
        self.privileges.iter().any(|given| given.columns.is_empty() && (given.name == "ALL PRIVILEGES" || given.name == privilege))
    }
}

/// A word, a quoted name or a sign.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Name(String),
    Sign(char),
}

/// The privileges of one line; `None` for roles, proxies and whatever else is none.
#[must_use]
pub fn parse(text: &str) -> Option<Line> {
    let tokens = tokens(text)?;
    let mut tokens = tokens.iter().peekable();
    let revokes = match tokens.next()? {
        Token::Word(word) if word == "GRANT" => false,
        Token::Word(word) if word == "REVOKE" => true,
        _ => return None,
    };
    let privileges = privileges(&mut tokens)?;
    if privileges.iter().any(|privilege| privilege.name == "PROXY") {
        return None;
    }
    let mut is_routine = false;
    while let Some(Token::Word(_)) = tokens.peek() {
        tokens.next();
        is_routine = true;
    }
    let database = tokens.next()?;
    if tokens.next()? != &Token::Sign('.') {
        return None;
    }
    let on = match (database, tokens.next()?) {
        (Token::Sign('*'), Token::Sign('*')) if !is_routine => On::Server,
        (Token::Name(database), Token::Sign('*')) if !is_routine => On::Database(database.clone()),
        (Token::Name(database), Token::Name(object)) => On::Inside { database: database.clone(), object: object.clone(), is_routine },
        _ => return None,
    };
    match tokens.next()? {
        Token::Word(word) if word == "TO" || word == "FROM" => {}
        _ => return None,
    }
    // An account is a name, an @ and a name; a role a name; PUBLIC a word.
    let mut grantee = String::new();
    for token in tokens.take(3) {
        match token {
            Token::Name(name) => grantee.push_str(name),
            Token::Sign('@') => grantee.push('@'),
            Token::Word(word) if grantee.is_empty() => {
                grantee.clone_from(word);
                break;
            }
            _ => break,
        }
    }
    Some(Line { revokes, privileges, on, grantee })
}

/// Up to ON: words, each list with its columns in parentheses, separated by commas.
fn privileges<'a>(tokens: &mut std::iter::Peekable<impl Iterator<Item = &'a Token>>) -> Option<Vec<Privilege>> {
    let mut found = Vec::new();
    let mut current = Privilege { name: String::new(), columns: Vec::new() };
    loop {
        match tokens.next()? {
            Token::Word(word) if word == "ON" => break,
            Token::Word(word) => {
                if !current.name.is_empty() {
                    current.name.push(' ');
                }
                current.name.push_str(&word.to_ascii_uppercase());
            }
            Token::Sign(',') => found.push(std::mem::replace(&mut current, Privilege { name: String::new(), columns: Vec::new() })),
            Token::Sign('(') => loop {
                match tokens.next()? {
                    Token::Name(column) => current.columns.push(column.clone()),
                    Token::Sign(',') => {}
                    Token::Sign(')') => break,
                    _ => return None,
                }
            },
            _ => return None,
        }
    }
    found.push(current);
    // ALL is ALL PRIVILEGES, whichever a server prints.
    for privilege in &mut found {
        if privilege.name == "ALL" {
            privilege.name = "ALL PRIVILEGES".to_owned();
        }
    }
    found.iter().all(|privilege| !privilege.name.is_empty()).then_some(found)
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut found = Vec::new();
    for token in token::tokens(text) {
        found.push(match token.sort {
            Sort::Space => continue,
            Sort::Word => Token::Word(token.text.to_owned()),
            Sort::Name | Sort::Text => Token::Name(token.unquoted()),
            Sort::Sign => Token::Sign(token.text.chars().next()?),
            Sort::Comment | Sort::Opening | Sort::Closing | Sort::Broken => return None,
        });
    }
    Some(found)
}
