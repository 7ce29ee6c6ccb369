//! Every connection keyword of libpq 18, its environment variable, and whether evenkeel acts on it.
//!
//! Lives here: the list (<https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-PARAMKEYWORDS>,
//! <https://www.postgresql.org/docs/18/libpq-envars.html>). Does not live here: what the values mean (`target`, `tls`).

use evenkeel_core::connection;

/// What evenkeel does with a keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Support {
    Used,
    /// Taken and without effect here; ignoring it takes nothing from the user's safety.
    Ignored,
    /// Ignoring it would be wrong, and we cannot do it: a fault that says why.
    Refused(&'static str),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Keyword {
    pub name: &'static str,
    pub variable: Option<&'static str>,
    pub support: Support,
}

const fn used(name: &'static str, variable: &'static str) -> Keyword {
    Keyword { name, variable: Some(variable), support: Support::Used }
}

const fn plain(name: &'static str) -> Keyword {
    Keyword { name, variable: None, support: Support::Used }
}

const fn ignored(name: &'static str, variable: Option<&'static str>) -> Keyword {
    Keyword { name, variable, support: Support::Ignored }
}

const fn refused(name: &'static str, variable: Option<&'static str>, why: &'static str) -> Keyword {
    Keyword { name, variable, support: Support::Refused(why) }
}

pub(super) const KEYWORDS: &[Keyword] = &[
    used("service", "PGSERVICE"),
    used("servicefile", "PGSERVICEFILE"),
    used("host", "PGHOST"),
    used("hostaddr", "PGHOSTADDR"),
    used("port", "PGPORT"),
    used("dbname", "PGDATABASE"),
    used("user", "PGUSER"),
    used("password", "PGPASSWORD"),
    used("passfile", "PGPASSFILE"),
    used("connect_timeout", "PGCONNECT_TIMEOUT"),
    used("application_name", "PGAPPNAME"),
    plain("fallback_application_name"),
    used("options", "PGOPTIONS"),
    used("target_session_attrs", "PGTARGETSESSIONATTRS"),
    used("load_balance_hosts", "PGLOADBALANCEHOSTS"),
    used("sslmode", "PGSSLMODE"),
    used("sslnegotiation", "PGSSLNEGOTIATION"),
    used("sslrootcert", "PGSSLROOTCERT"),
    used("sslcert", "PGSSLCERT"),
    used("sslkey", "PGSSLKEY"),
    used("sslcertmode", "PGSSLCERTMODE"),
    used("sslsni", "PGSSLSNI"),
    used("ssl_min_protocol_version", "PGSSLMINPROTOCOLVERSION"),
    used("ssl_max_protocol_version", "PGSSLMAXPROTOCOLVERSION"),
    used("channel_binding", "PGCHANNELBINDING"),
    used("require_auth", "PGREQUIREAUTH"),
    used("gssencmode", "PGGSSENCMODE"),
    plain("keepalives"),
    plain("keepalives_idle"),
    plain("keepalives_interval"),
    plain("keepalives_count"),
    plain("tcp_user_timeout"),
    // Our session always speaks UTF-8 to the server.
    ignored("client_encoding", Some("PGCLIENTENCODING")),
    ignored("sslcompression", Some("PGSSLCOMPRESSION")),
    ignored("requiressl", None),
    ignored("krbsrvname", Some("PGKRBSRVNAME")),
    ignored("gsslib", Some("PGGSSLIB")),
    ignored("gssdelegation", Some("PGGSSDELEGATION")),
    // Protocol 3.0 is what we speak, and every server from 13 to 18 does.
    ignored("max_protocol_version", Some("PGMAXPROTOCOLVERSION")),
    ignored("authtype", None),
    ignored("tty", None),
    refused("min_protocol_version", Some("PGMINPROTOCOLVERSION"), "evenkeel speaks protocol 3.0 only"),
    refused("requirepeer", Some("PGREQUIREPEER"), "evenkeel cannot check the owner of the socket's server process"),
    refused("sslcrl", Some("PGSSLCRL"), "evenkeel does not read certificate revocation lists"),
    refused("sslcrldir", Some("PGSSLCRLDIR"), "evenkeel does not read certificate revocation lists"),
    refused("sslpassword", None, "evenkeel reads unencrypted client keys only"),
    refused("sslkeylogfile", None, "evenkeel never writes TLS keys to a file"),
    refused("replication", None, "evenkeel opens ordinary sessions only"),
    refused("scram_client_key", None, "evenkeel logs in with a password, not with SCRAM keys"),
    refused("scram_server_key", None, "evenkeel logs in with a password, not with SCRAM keys"),
    refused("oauth_issuer", None, "evenkeel cannot log in by OAuth"),
    refused("oauth_client_id", None, "evenkeel cannot log in by OAuth"),
    refused("oauth_client_secret", None, "evenkeel cannot log in by OAuth"),
    refused("oauth_scope", None, "evenkeel cannot log in by OAuth"),
];

pub(super) fn find(name: &str) -> Option<&'static Keyword> {
    KEYWORDS.iter().find(|keyword| keyword.name == name)
}

/// Its value must never be printed, not even in a message about that value.
pub(super) fn is_secret(name: &str) -> bool {
    matches!(name, "password" | "sslpassword" | "scram_client_key" | "scram_server_key" | "oauth_client_secret")
}

/// The known keyword that was meant, for `did you mean`.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    connection::nearest(name, KEYWORDS.iter().map(|keyword| keyword.name))
}
