//! From what the user typed to an open session: URLs, option files, TLS, read-only sessions with bounded waits.
