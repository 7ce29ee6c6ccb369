//! Text the server printed, cut into tokens: offsets, parentheses matched. Nothing is understood here; that is the neighbours' work.
//!
//! The server quotes every identifier that is no plain lower-case word, so an unquoted word with a capital letter is
//! always a keyword of the printer and never a name.

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
    /// Cuts the text. `None` where it is no text the server prints: an open quote, parentheses that do not match.
    pub fn of(text: &'a str) -> Option<Self> {
        let bytes = text.as_bytes();
        let mut all: Vec<Token> = Vec::with_capacity(text.len() / 4);
        let mut open = Vec::new();
        let mut at = 0;
        while let Some(byte) = bytes.get(at).copied() {
            let start = at;
            let kind = match byte {
                b' ' | b'\n' | b'\t' | b'\r' => {
                    at += 1;
                    continue;
                }
                b'\'' => {
                    at = closing(bytes, at + 1, b'\'', false)?;
                    Kind::Literal
                }
                b'E' | b'B' | b'X' if bytes.get(at + 1) == Some(&b'\'') => {
                    at = closing(bytes, at + 2, b'\'', byte == b'E')?;
                    Kind::Literal
                }
                b'"' => {
                    at = closing(bytes, at + 1, b'"', false)?;
                    Kind::Quoted
                }
                b'0'..=b'9' => {
                    at += 1;
                    while bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'.') {
                        at += 1;
                    }
                    Kind::Number
                }
                b'(' | b')' | b'[' | b']' | b'.' | b',' => {
                    at += 1;
                    match byte {
                        b'(' => Kind::Open,
                        b')' => Kind::Close,
                        b'[' => Kind::Bracket,
                        b']' => Kind::BracketEnd,
                        b'.' => Kind::Dot,
                        _ => Kind::Comma,
                    }
                }
                b':' if bytes.get(at + 1) == Some(&b':') => {
                    at += 2;
                    Kind::Cast
                }
                _ if is_word(byte) => {
                    while bytes.get(at).is_some_and(|byte| is_word(*byte) || byte.is_ascii_digit() || *byte == b'$') {
                        at += 1;
                    }
                    Kind::Word
                }
                _ => {
                    at += 1;
                    Kind::Sign
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
            all.push(Token { kind, start, end: at, partner });
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

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

/// The offset after the closing quote; a doubled quote closes nothing.
fn closing(bytes: &[u8], from: usize, quote: u8, escapes: bool) -> Option<usize> {
    let mut at = from;
    loop {
        match bytes.get(at)? {
            b'\\' if escapes => at += 2,
            byte if *byte == quote => {
                if bytes.get(at + 1) != Some(&quote) {
                    return Some(at + 1);
                }
                at += 2;
            }
            _ => at += 1,
        }
    }
}
