//! How often a table was used, as its server counts it, and what that says of the time since a moment.
//!
//! Lives here: the noun and the judgement. Does not live here: asking (`deploy/used` of each engine), what is refused for it
//! (`pipeline/deploy`).

use jiff::Timestamp;

/// Counts of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Used {
    pub reads: u64,
    pub writes: u64,
    /// RFC 3339: since when it counts; nothing where the server does not say.
    pub since: Option<String>,
    /// When it was last read, where the server keeps that.
    pub last_read: Option<String>,
    pub keeps_last: bool,
}

/// What that says of the time since a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Use {
    None,
    /// It was used: how.
    Some(String),
    /// Why nobody can tell.
    Untold(String),
}

impl Used {
    /// Whether it was used since a moment. What the server counted before and after is not told apart.
    #[must_use]
    pub fn after(&self, moment: &str) -> Use {
        let Self { reads, writes, since, last_read, keeps_last } = self;
        let is_later = |at: &Option<String>| match (at.as_deref().map(str::parse::<Timestamp>), moment.parse::<Timestamp>()) {
            (Some(Ok(at)), Ok(moment)) => Some(at > moment),
            _ => None,
        };
        let begun = since.as_deref().unwrap_or("the server does not say when");
        let counted = |count: u64, what: &str| match (count, is_later(since)) {
            (0, Some(false)) => Use::None,
            // What it forgot, it does not count.
            (0, _) => {
                Use::Untold(format!("no use of it is counted since {begun}, and what there was between {moment} and then is not kept"))
            }
            (_, Some(true)) => Use::Some(format!("it was {what} {count} times since {begun}")),
            _ => Use::Untold(format!("it was {what} {count} times since {begun}, and how often since {moment} is not kept")),
        };
        let read = match (keeps_last, last_read, is_later(last_read)) {
            (true, Some(at), Some(true)) => Use::Some(format!("it was last read {at}, after {moment}")),
            (true, Some(_), Some(false)) => Use::None,
            _ => counted(*reads, "read"),
        };
        match (read, counted(*writes, "written to")) {
            (Use::Some(one), Use::Some(two)) => Use::Some(format!("{one}; {two}")),
            (Use::Some(one), _) | (_, Use::Some(one)) => Use::Some(one),
            (Use::Untold(one), Use::Untold(two)) => Use::Untold(format!("{one}; {two}")),
            (Use::Untold(one), _) | (_, Use::Untold(one)) => Use::Untold(one),
            (Use::None, Use::None) => Use::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_before_and_after_is_told_apart_or_not_told() {
        let (before, moment, later) = ("2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z");
        let used = |reads, writes, since: &str, last: Option<&str>| Used {
            reads,
            writes,
            since: Some(since.to_owned()),
            last_read: last.map(str::to_owned),
            keeps_last: last.is_some(),
        };
        assert_eq!(used(0, 0, before, None).after(moment), Use::None);
        assert!(matches!(used(0, 0, later, None).after(moment), Use::Untold(_)), "it began to count anew after the moment");
        assert!(matches!(used(0, 0, later, Some(before)).after(moment), Use::Untold(_)), "nor are writes from before that kept");
        assert!(matches!(Used::default().after(moment), Use::Untold(_)), "nobody says since when it counts");
        assert!(matches!(used(1, 0, before, None).after(moment), Use::Untold(_)));
        assert!(matches!(used(1, 0, later, None).after(moment), Use::Some(_)));
        assert_eq!(used(1, 0, before, Some(before)).after(moment), Use::None);
        assert!(matches!(used(1, 0, before, Some(later)).after(moment), Use::Some(_)));
        assert!(matches!(used(1, 2, before, Some(before)).after(moment), Use::Untold(_)), "when it was written to is not kept");
        assert!(matches!(used(1, 2, before, Some(later)).after(moment), Use::Some(_)));
        assert!(matches!(Used { since: None, writes: 1, ..Used::default() }.after(moment), Use::Untold(_)));
        assert!(matches!(used(1, 0, later, None).after("soon"), Use::Untold(_)));
    }
}
