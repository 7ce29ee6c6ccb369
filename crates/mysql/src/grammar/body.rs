//! Whether a semicolon ends a statement or a line of a routine's body, as far as words tell: there is no parser here.
//!
//! Lives here: blocks that are open (`BEGIN`, `IF`, `CASE`, loops) and where a body begins. That `IF(` and `REPEAT(` are functions too
//! is told by where they stand. Does not live here: cutting (`split`).
//! <https://dev.mysql.com/doc/refman/en/sql-compound-statements.html>

/// What is known of a statement so far.
#[derive(Debug, Default)]
pub(super) struct Body {
    /// A quote or comment does not end.
    pub is_broken: bool,
    head: Head,
    blocks: Vec<Block>,
    depth: usize,
    last: Last,
}

/// How far the beginning of a statement is read.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Head {
    #[default]
    Nothing,
    /// `CREATE` or `ALTER`, and not yet of what.
    Verb,
    /// A bare `BEGIN`: a transaction, unless `NOT ATOMIC` follows.
    Begin,
    /// A thing with a body, before it.
    Before(Thing),
    /// A body may begin.
    Ready,
    /// It began with a statement that is no block.
    Single,
    /// It began with a block.
    Blocks,
    /// It has none.
    Without,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Thing {
    Routine,
    Trigger,
    Event,
}

/// An open block: one whose parts are statements, or `CASE` in an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Block {
    Statements,
    Expression,
}

/// What stood before.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Last {
    /// A statement of the body may begin here.
    Start,
    End,
    /// `.`, `,`, `=` or `(`: a name follows, or an expression.
    Joint,
    /// A kind of thing or a word after which a name may be called like a block.
    Kind,
    /// `CHARACTER`, which `SET` follows.
    Character,
    #[default]
    Other,
}

/// Things that `CREATE` makes and that have no body.
const WITHOUT: &[&str] = &["table", "view", "index", "database", "schema", "user", "role", "server", "sequence", "tablespace"];
/// Words that begin a body of one statement.
const SINGLE: &[&str] = &["return", "select", "insert", "update", "delete", "replace", "call", "with", "values", "signal"];

impl Body {
    /// Whether a semicolon here is one of its body.
    pub fn is_open(&self) -> bool {
        !self.blocks.is_empty()
    }

    pub fn word(&mut self, word: &str) {
        const LONGEST: usize = 12;
        if word.len() > LONGEST {
            self.last = Last::Other;
            return;
        }
        let word = word.to_ascii_lowercase();
        let word = word.as_str();
        match self.head {
            Head::Nothing => {
                self.head = match word {
                    "create" | "alter" => Head::Verb,
                    "begin" => Head::Begin,
                    // MariaDB runs these outside of routines too.
                    "if" | "case" | "loop" | "while" | "repeat" | "for" => {
                        self.last = Last::Start;
                        Head::Blocks
                    }
                    _ => Head::Without,
                };
                if self.head == Head::Blocks {
                    self.within(word);
                }
            }
            Head::Begin if word == "not" => self.last = Last::Kind,
            Head::Begin if word == "atomic" && self.last == Last::Kind => {
                self.head = Head::Blocks;
                self.blocks.push(Block::Statements);
                self.last = Last::Start;
            }
            Head::Verb => {
                self.last = Last::Kind;
                self.head = match word {
                    "procedure" | "function" => Head::Before(Thing::Routine),
                    "trigger" => Head::Before(Thing::Trigger),
                    "event" => Head::Before(Thing::Event),
                    _ if WITHOUT.contains(&word) => Head::Without,
                    _ => Head::Verb,
                };
            }
            Head::Before(Thing::Trigger) if word == "row" => (self.head, self.last) = (Head::Ready, Last::Start),
            Head::Before(Thing::Event) if word == "do" => (self.head, self.last) = (Head::Ready, Last::Start),
            Head::Ready => self.ready(word),
            Head::Blocks => self.within(word),
            Head::Begin | Head::Before(_) | Head::Single | Head::Without => {}
        }
    }

    /// Where a body may begin.
    fn ready(&mut self, word: &str) {
        let is_set = word == "set" && self.last != Last::Character;
        match word {
            "begin" | "if" | "case" | "loop" | "while" | "repeat" | "for" if self.depth == 0 => {
                self.head = Head::Blocks;
                self.last = Last::Start;
                self.within(word);
            }
            _ if self.depth == 0 && (is_set || SINGLE.contains(&word)) => self.head = Head::Single,
            "character" | "char" => self.last = Last::Character,
            _ => self.last = Last::Other,
        }
    }

    /// Within a body.
    fn within(&mut self, word: &str) {
        let (last, is_start) = (self.last, self.last == Last::Start);
        self.last = Last::Other;
        let opens = match word {
            "begin" => last != Last::Joint && last != Last::End,
            "case" | "loop" | "while" => last != Last::End,
            "if" | "repeat" | "for" => is_start,
            _ => false,
        };
        if opens {
            self.blocks.push(if word == "case" && !is_start { Block::Expression } else { Block::Statements });
        }
        let are_statements = self.blocks.last() == Some(&Block::Statements);
        match word {
            "begin" | "loop" | "repeat" if opens => self.last = Last::Start,
            "do" => self.last = Last::Start,
            "then" | "else" if are_statements => self.last = Last::Start,
            // What a handler does.
            "sqlexception" | "sqlwarning" | "found" => self.last = Last::Start,
            "end" if last != Last::Joint => {
                self.blocks.pop();
                self.last = Last::End;
            }
            _ => {}
        }
    }

    pub fn sign(&mut self, sign: &str) {
        match sign {
            "(" => self.depth += 1,
            ")" => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 && self.head == Head::Before(Thing::Routine) {
                    self.head = Head::Ready;
                }
            }
            _ => {}
        }
        self.last = match sign {
            // Behind a label too.
            ";" | ":" => Last::Start,
            "." | "," | "=" | "(" => Last::Joint,
            _ => Last::Other,
        };
    }

    /// A name or text in quotes.
    pub const fn other(&mut self) {
        if matches!(self.head, Head::Nothing) {
            self.head = Head::Without;
        }
        self.last = Last::Other;
    }
}
