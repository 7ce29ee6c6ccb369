//! The parameters a URL may carry, under the names the clients give their options.
//!
//! Lives here: the list (<https://dev.mysql.com/doc/refman/en/connection-options.html>). Does not live here: what the
//! values mean (`target`, `tls`), and which of them option files set (`options`).

use evenkeel_core::connection;

pub(super) const PARAMETERS: &[&str] =
    &["socket", "protocol", "ssl-mode", "ssl-ca", "ssl-cert", "ssl-key", "defaults-file", "defaults-group-suffix", "connect-timeout"];

/// The known parameter that was meant, for `did you mean`.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    connection::nearest(name, PARAMETERS.iter().copied())
}
