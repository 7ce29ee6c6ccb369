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

/// Parameters of URLs that only other clients know, with the client: they say how it works, not where the server is.
const OTHERS: &[(&str, &[&str])] = &[
    // https://www.prisma.io/docs/orm/overview/databases/postgresql#arguments
    (
        "Prisma",
        &[
            "connection_limit",
            "pgbouncer",
            "pool_timeout",
            "schema",
            "single_use_connections",
            "socket_timeout",
            "sslaccept",
            "sslidentity",
            "statement_cache_size",
        ],
    ),
    // https://jdbc.postgresql.org/documentation/use/#connection-parameters
    (
        "JDBC",
        &[
            "ApplicationName",
            "adaptiveFetch",
            "allowEncodingChanges",
            "assumeMinServerVersion",
            "autosave",
            "binaryTransfer",
            "cleanupSavepoints",
            "connectTimeout",
            "currentSchema",
            "databaseMetadataCacheFields",
            "defaultRowFetchSize",
            "escapeSyntaxCallMode",
            "hostRecheckSeconds",
            "loadBalanceHosts",
            "logUnclosedConnections",
            "loggerLevel",
            "loginTimeout",
            "preferQueryMode",
            "prepareThreshold",
            "preparedStatementCacheQueries",
            "preparedStatementCacheSizeMiB",
            "quoteReturningIdentifiers",
            "reWriteBatchedInserts",
            "readOnly",
            "readOnlyMode",
            "receiveBufferSize",
            "sendBufferSize",
            "socketFactory",
            "socketTimeout",
            "sslResponseTimeout",
            "sslfactory",
            "stringtype",
            "tcpKeepAlive",
            "tcpNoDelay",
            "unknownLength",
            "useUnicode",
            "characterEncoding",
        ],
    ),
    // https://node-postgres.com/apis/client, https://github.com/porsager/postgres
    (
        "node-postgres",
        &[
            "connectionTimeoutMillis",
            "encoding",
            "fetch_types",
            "idleTimeoutMillis",
            "idle_in_transaction_session_timeout",
            "idle_timeout",
            "keepAlive",
            "keepAliveInitialDelayMillis",
            "lock_timeout",
            "max",
            "max_lifetime",
            "prepare",
            "query_timeout",
            "statement_timeout",
            "uselibpqcompat",
        ],
    ),
    // https://magicstack.github.io/asyncpg/current/api/, https://docs.sqlalchemy.org/en/20/dialects/postgresql.html
    (
        "asyncpg or SQLAlchemy",
        &[
            "async_fallback",
            "command_timeout",
            "max_cacheable_statement_size",
            "max_cached_statement_lifetime",
            "max_overflow",
            "pool_pre_ping",
            "pool_recycle",
            "prepared_statement_cache_size",
            "prepared_statement_name_func",
            "server_settings",
            "timeout",
        ],
    ),
    // https://pkg.go.dev/github.com/jackc/pgx/v5/pgxpool, https://pkg.go.dev/github.com/lib/pq
    (
        "pgx or lib/pq",
        &[
            "binary_parameters",
            "default_query_exec_mode",
            "description_cache_capacity",
            "disable_prepared_binary_result",
            "pool_health_check_period",
            "pool_max_conn_idle_time",
            "pool_max_conn_lifetime",
            "pool_max_conn_lifetime_jitter",
            "pool_max_conns",
            "pool_min_conns",
            "pool_min_idle_conns",
            "sslinline",
            "statement_cache_capacity",
            "statement_cache_mode",
            "search_path",
            "x-migrations-table",
            "x-migrations-table-quoted",
            "x-multi-statement",
            "x-statement-timeout",
        ],
    ),
    // https://docs.rs/sqlx
    ("sqlx", &["statement-cache-capacity"]),
    // https://guides.rubyonrails.org/configuring.html#configuring-a-database
    (
        "Rails",
        &[
            "advisory_locks",
            "checkout_timeout",
            "insert_returning",
            "min_messages",
            "pool",
            "prepared_statements",
            "reaping_frequency",
            "schema_search_path",
            "statement_limit",
            "variables",
        ],
    ),
    // https://docs.djangoproject.com/en/stable/ref/settings/#databases
    ("Django", &["conn_health_checks", "conn_max_age", "disable_server_side_cursors"]),
    // https://www.npgsql.org/doc/connection-string-parameters.html
    (
        "Npgsql",
        &["CommandTimeout", "MaxAutoPrepare", "MaxPoolSize", "MinPoolSize", "Multiplexing", "NoResetOnClose", "Pooling", "SearchPath"],
    ),
    ("a connection pool", &["maxConnections", "max_connections", "min_size", "max_size", "pool_mode", "pool_size", "supa", "workaround"]),
];

/// The client that a parameter means something to.
pub(super) fn others(name: &str) -> Option<&'static str> {
    OTHERS.iter().find(|(_, names)| names.iter().any(|known| known.eq_ignore_ascii_case(name))).map(|(client, _)| *client)
}

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
