//! Builds a text anew from its tokens, part by part, without recursion: views nest as deeply as users like.

use super::token::Tokens;

/// A part of the new text.
pub enum Part<'a> {
    /// These tokens, rewritten in turn.
    Range(usize, usize),
    /// This, as it is.
    Plain(&'a str),
    /// This, as it is, made up on the way.
    Made(String),
}

/// A spelling found: up to where it goes, and what stands there instead.
pub struct Found<'a> {
    pub end: usize,
    pub parts: Vec<Part<'a>>,
}

/// The text with every spelling that `form` knows replaced. `None` where there was none.
pub fn rewrite<'a>(tokens: &Tokens<'a>, form: impl Fn(&Tokens<'a>, usize, usize) -> Option<Found<'a>>) -> Option<String> {
    let mut text = String::with_capacity(tokens.text.len() + 16);
    let mut changed = false;
    let mut work = vec![Part::Range(0, tokens.all.len())];
    while let Some(part) = work.pop() {
        match part {
            Part::Plain(plain) => text.push_str(plain),
            Part::Made(made) => text.push_str(&made),
            Part::Range(mut at, to) => {
                while at < to {
                    if let Some(found) = form(tokens, at, to) {
                        changed = true;
                        if found.end < to {
                            work.push(Part::Range(found.end, to));
                            work.push(Part::Plain(tokens.gap(found.end - 1, found.end)));
                        }
                        work.extend(found.parts.into_iter().rev());
                        break;
                    }
                    text.push_str(tokens.text(at));
                    if at + 1 < to {
                        text.push_str(tokens.gap(at, at + 1));
                    }
                    at += 1;
                }
            }
        }
    }
    changed.then_some(text)
}
