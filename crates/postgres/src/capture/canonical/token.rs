//! Text the server printed, by its tokens: offsets, parentheses matched. Nothing is understood here; that is the neighbours' work.
//! `grammar::token` cuts it; what no server prints (comments, dollar quotes, quotes that do not close) makes the text none of ours.
//!
//! The server quotes every identifier that is no plain lower-case word, so an unquoted word with a capital letter is
//! always a keyword of the printer and never a name.

use crate::grammar::token::{self, Sort};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An unquoted word: keyword, type, or name.
    Word,
    /// A name in double quotes.
    Quoted,
    /// A literal in single quotes, its prefix (`E`, `B`, `X`) included.
    Literal,
    Number,
    Open,
    Close,
    /// `[`
    Bracket,
    /// `]`
    BracketEnd,
    Dot,
    Comma,
    /// `::`
    Cast,
    /// Anything else: operators, semicolons.
    Sign,
}

/// One token by its byte offsets.
#[derive(Debug, Clone, Copy)]
pub struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
    /// The matching parenthesis or bracket; its own place for anything else.
    pub partner: usize,
}

/// A printed text with its tokens.
pub struct Tokens<'a> {
    pub text: &'a str,
    pub all: Vec<Token>,
}

impl<'a> Tokens<'a> {
    /// Cuts the text. `None` where it is no text the server prints: an open quote, a comment, parentheses that do not match.
    pub fn of(text: &'a str) -> Option<Self> {
        let mut all: Vec<Token> = Vec::with_capacity(text.len() / 4);
        let mut open = Vec::new();
        for token in token::tokens(text) {
            let kind = match token.sort {
                Sort::Space => continue,
                Sort::Broken | Sort::Comment | Sort::Dollar => return None,
                Sort::Word => Kind::Word,
                Sort::Quoted => Kind::Quoted,
                Sort::Literal => Kind::Literal,
                Sort::Open => Kind::Open,
                Sort::Close => Kind::Close,
                Sort::Bracket => Kind::Bracket,
                Sort::BracketEnd => Kind::BracketEnd,
                Sort::Dot => Kind::Dot,
                Sort::Comma => Kind::Comma,
                Sort::Cast => Kind::Cast,
                Sort::Sign => Kind::Sign,
                Sort::Number | Sort::Parameter | Sort::Range => {
                    all.extend(finer(text, token, all.len()));
                    continue;
                }
            };
            let place = all.len();
            let mut partner = place;
            if matches!(kind, Kind::Open | Kind::Bracket) {
                open.push(place);
            } else if matches!(kind, Kind::Close | Kind::BracketEnd) {
                partner = open.pop()?;
                let opening = all.get_mut(partner)?;
                opening.partner = place;
                if (opening.kind == Kind::Open) != (kind == Kind::Close) {
                    return None;
                }
            }
            all.push(Token { kind, start: token.start, end: token.end, partner });
        }
        open.is_empty().then_some(Self { text, all })
    }

    /// The token's own text; empty past the end.
    pub fn text(&self, at: usize) -> &'a str {
        self.all.get(at).and_then(|token| self.text.get(token.start..token.end)).unwrap_or_default()
    }

    /// The token's kind; a sign past the end.
    pub fn kind(&self, at: usize) -> Kind {
        self.all.get(at).map_or(Kind::Sign, |token| token.kind)
    }

    /// Whether the token is that keyword of the printer.
    pub fn is(&self, at: usize, keyword: &str) -> bool {
        self.kind(at) == Kind::Word && self.text(at) == keyword
    }

    /// Whether these keywords follow each other from there on.
    pub fn are(&self, at: usize, keywords: &[&str]) -> bool {
        keywords.iter().enumerate().all(|(step, keyword)| self.is(at + step, keyword))
    }

    /// The matching parenthesis or bracket, or the token itself.
    pub fn partner(&self, at: usize) -> usize {
        self.all.get(at).map_or(at, |token| token.partner)
    }

    /// A name: quoted, or a word that is no keyword.
    pub fn is_name(&self, at: usize) -> bool {
        match self.kind(at) {
            Kind::Quoted => true,
            Kind::Word => !self.text(at).bytes().any(|byte| byte.is_ascii_uppercase()),
            _ => false,
        }
    }

    /// The places from `from` to before `to` that are in no parentheses of their own; a group shows as its opening.
    pub fn level(&self, from: usize, to: usize) -> impl Iterator<Item = usize> + '_ {
        let mut next = from;
        std::iter::from_fn(move || {
            let at = next;
            (at < to).then(|| {
                next = self.partner(at).max(at) + 1;
                at
            })
        })
    }

    /// Where that keyword stands between the places, outside parentheses.
    pub fn find(&self, keyword: &str, from: usize, to: usize) -> Option<usize> {
        self.level(from, to).find(|at| self.is(*at, keyword))
    }

    /// What stands between two tokens.
    pub fn gap(&self, after: usize, before: usize) -> &'a str {
        match (self.all.get(after), self.all.get(before)) {
            (Some(after), Some(before)) => self.text.get(after.end..before.start).unwrap_or_default(),
            _ => "",
        }
    }
}

/// A number with its signs apart (`1e+5` is three tokens), a parameter's sign and number, both dots of a range.
fn finer(text: &str, token: token::Token, from: usize) -> impl Iterator<Item = Token> {
    let bytes = text.as_bytes().get(token.start..token.end).unwrap_or_default();
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'.' || *byte == b'_';
    let is_dotted = !bytes.first().is_some_and(u8::is_ascii_digit);
    let mut cuts: Vec<usize> = (0..bytes.len())
        .filter(|at| {
            let here = bytes.get(*at).is_some_and(is_digit);
            let before = at.checked_sub(1).and_then(|before| bytes.get(before)).is_some_and(is_digit);
            *at == 0 || !here || !before || is_dotted && *at == 1
        })
        .collect();
    cuts.push(bytes.len());
    let kinds: Vec<Kind> = cuts
        .iter()
        .map(|at| match bytes.get(*at) {
            Some(b'.') => Kind::Dot,
            Some(byte) if is_digit(byte) => Kind::Number,
            _ => Kind::Sign,
        })
        .collect();
    let ends: Vec<usize> = cuts.iter().skip(1).copied().collect();
    let start = token.start;
    (from..).zip(cuts.into_iter().zip(ends).zip(kinds)).map(move |(partner, ((at, end), kind))| Token {
        kind,
        start: start + at,
        end: start + end,
        partner,
    })
}
