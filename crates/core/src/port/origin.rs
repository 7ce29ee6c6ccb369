//! What a server can say about when something became as it is, and whose work that was. Neighbour: `history` asks it of what no
//! migration explains.

use super::Limits;
use crate::history::effect::Spot;

/// What is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Sought<'a> {
    pub spots: &'a [Spot],
    /// Where a tool records, and its column that says when, if it has one.
    pub ledger: Option<Moments<'a>>,
    pub limits: Limits,
}

/// A table whose rows were written at known moments.
#[derive(Debug, Clone, Copy)]
pub struct Moments<'a> {
    pub schema: &'a str,
    pub table: &'a str,
    pub at: &'a str,
}

/// What it says, in words. It says little, and proves nothing: where it says nothing there is nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins {
    /// Of each that was asked about.
    pub of: Vec<Vec<String>>,
    /// Where else to look.
    pub besides: Vec<String>,
}

impl Origins {
    /// Nothing is known of so many.
    #[must_use]
    pub fn none(count: usize) -> Self {
        Self { of: vec![Vec::new(); count], besides: Vec::new() }
    }
}

/// The first two words of a statement: what it does, and nothing of what it says.
#[must_use]
pub fn first_words(statement: &str) -> String {
    let words: Vec<String> = statement.split_whitespace().take(2).map(str::to_uppercase).collect();
    words.join(" ")
}

/// The own name of what is asked about: the last part of its identity, without a list of arguments.
#[must_use]
pub fn own_name(spot: &Spot) -> &str {
    spot.identity.parts().next_back().unwrap_or_default().split('(').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::has_word;

    #[test]
    fn words_are_whole_and_statements_say_no_more_than_what_they_do() {
        for (text, word, is_there) in [
            ("ALTER TABLE orders ADD COLUMN \"Hot\" int", "hot", true),
            ("ALTER TABLE `orders` ADD `hot` int", "orders", true),
            ("ALTER TABLE orders ADD hot_fix int", "hot", false),
            ("ALTER TABLE orders ADD shot int", "hot", false),
            ("", "hot", false),
            ("x", "", false),
        ] {
            assert_eq!(has_word(text, word), is_there, "{text}");
        }
        assert_eq!(first_words("  alter\n table t add s text default 'secret'"), "ALTER TABLE");
    }
}
