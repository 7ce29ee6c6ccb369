//! What a rehearsal demands, as it is written. Neighbour: `core/rehearsal`, which judges.

use super::raw::{RawBytes, RawGates};
use crate::args::duration;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::rehearsal::{Limits, Part, Undoing};
use std::ops::Range;
use std::path::Path;
use toml::Spanned;

/// What is worth a word of it: keys that mean nothing as they stand.
pub fn notes(raw: &RawGates, path: &Path) -> Vec<String> {
    let is_idle = raw.unsigned && raw.keys.is_empty();
    is_idle.then(|| format!("[gates] in {}: unsigned means nothing without keys", path.display())).into_iter().collect()
}

/// The limits, each with its place.
///
/// # Errors
/// A length of time, a word or a part that is none; no reason where there is no going back.
pub fn limits(raw: RawGates, place: impl Fn(Range<usize>) -> String) -> Result<Limits, Box<Trouble>> {
    let mut limits = Limits::default();
    let wrong = |key: &str, span: Range<usize>, expected: &str, found: String, fix: &str| {
        let trouble = Trouble::new(Class::Configuration, format!("cannot read {key} under [gates]"));
        Box::new(trouble.expected(expected).found(found).origin(place(span)).fix(fix))
    };
    let time = |key: &str, text: &Spanned<String>| {
        let time = duration(text.get_ref())
            .map_err(|why| wrong(key, text.span(), "a length of time such as 500ms or 2s", why, &format!("{key} = \"2s\"")))?;
        Ok::<_, Box<Trouble>>((time, place(text.span())))
    };
    if let Some(hold) = &raw.lock_hold {
        limits.lock_hold = time("lock_hold", hold)?;
    }
    if let Some(blocked) = &raw.blocked {
        limits.blocked = time("blocked", blocked)?;
    }
    if let Some(recovery) = &raw.recovery {
        limits.recovery = time("recovery", recovery)?;
    }
    if let Some(lag) = &raw.lag {
        limits.lag = time("lag", lag)?;
    }
    if let Some(undo) = raw.undo {
        let reason = raw.undo_reason.as_ref().map(|reason| reason.get_ref().trim().to_owned()).filter(|reason| !reason.is_empty());
        let undoing = match (undo.get_ref().as_str(), reason) {
            ("exact", _) => Undoing::Exact,
            ("forward-only", Some(reason)) => Undoing::ForwardOnly(reason),
            ("forward-only", None) => {
                let fix = "undo_reason = \"…\": who goes on when there is no way back, and how";
                return Err(wrong("undo", undo.span(), "a reason beside forward-only", "no undo_reason".to_owned(), fix));
            }
            (other, _) => {
                return Err(wrong("undo", undo.span(), "\"exact\" or \"forward-only\"", format!("{other:?}"), "undo = \"exact\""));
            }
        };
        limits.undo = (undoing, place(undo.span()));
    } else if let Some(reason) = &raw.undo_reason {
        let fix = "undo = \"forward-only\", or remove the reason";
        return Err(wrong("undo_reason", reason.span(), "undo = \"forward-only\" beside it", "no undo".to_owned(), fix));
    }
    if let Some(require) = raw.require {
        let span = require.span();
        let known = Part::ALL.map(Part::name).join(", ");
        let mut parts = Vec::new();
        for name in require.get_ref() {
            let part = Part::named(name).ok_or_else(|| {
                wrong("require", span.clone(), &format!("some of {known}"), format!("{name:?}"), "require = [\"run\", \"undo\"]")
            })?;
            parts.push(part);
        }
        if !parts.contains(&Part::Run) {
            let fix = "require = [\"run\", …]";
            return Err(wrong("require", span, "\"run\" among them", "a list without it".to_owned(), fix));
        }
        parts.sort_unstable();
        parts.dedup();
        limits.require = (parts, place(span));
    }
    if let Some(written) = raw.in_place_bytes {
        let count = match written.get_ref() {
            RawBytes::Count(count) => Some(*count),
            RawBytes::Text(text) => bytes(text),
        };
        let found = || match written.get_ref() {
            RawBytes::Count(count) => count.to_string(),
            RawBytes::Text(text) => format!("{text:?}"),
        };
        let count = count.ok_or_else(|| {
            let expected = "a number of bytes, or one with kB, MB, GB, KiB, MiB or GiB behind it";
            wrong("in_place_bytes", written.span(), expected, found(), "in_place_bytes = \"1GB\"")
        })?;
        limits.in_place_bytes = (count, place(written.span()));
    }
    Ok(limits)
}

/// `200MB`.
fn bytes(text: &str) -> Option<u64> {
    const UNITS: [(&str, u64); 7] =
        [("kb", 1000), ("mb", 1_000_000), ("gb", 1_000_000_000), ("kib", 1 << 10), ("mib", 1 << 20), ("gib", 1 << 30), ("", 1)];
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (count, unit) = text.split_at_checked(end)?;
    let (_, factor) = UNITS.iter().find(|(name, _)| unit.trim().eq_ignore_ascii_case(name))?;
    count.parse::<u64>().ok()?.checked_mul(*factor)
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn bytes_have_units_or_none() {
        assert_eq!([bytes("200MB"), bytes("1 GiB"), bytes("7"), bytes("0kB")], [Some(200_000_000), Some(1 << 30), Some(7), Some(0)]);
        for wrong in ["", "MB", "-1", "1.5GB", "1TB", "99999999999GB", "ä"] {
            assert_eq!(bytes(wrong), None, "{wrong}");
        }
    }
}
