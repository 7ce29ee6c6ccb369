//! The parameters a URL may carry, under the names the clients give their options.
//!
//! Lives here: the list (<https://dev.mysql.com/doc/refman/en/connection-options.html>). Does not live here: what the
//! values mean (`target`, `tls`), and which of them option files set (`options`).

pub(super) const PARAMETERS: &[&str] =
    &["socket", "protocol", "ssl-mode", "ssl-ca", "ssl-cert", "ssl-key", "defaults-file", "defaults-group-suffix", "connect-timeout"];

/// The known parameter that differs in one or two letters, for `did you mean`.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    // Other drivers leave the hyphen out.
    let without = |text: &str| text.replace('-', "");
    PARAMETERS
        .iter()
        .map(|known| (distance(&without(known), &without(name)), *known))
        .filter(|(distance, known)| *distance <= 2 && *distance < known.len() / 2)
        .min()
        .map(|(_, known)| known)
}

/// Levenshtein's distance, over bytes: parameters are ASCII.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.bytes().enumerate() {
        let mut next = vec![i + 1];
        for (j, right) in b.bytes().enumerate() {
            let at = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX - 1);
            let replaced = at(&row, j) + usize::from(left != right);
            next.push(replaced.min(at(&row, j + 1) + 1).min(at(&next, j) + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
