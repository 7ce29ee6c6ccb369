//! URLs as people have them: parameters of other clients are named and left out of account, what nobody knows is refused.

use evenkeel_core::fault::Troublesome;
use evenkeel_postgres::connect::{Target, ThisMachine};

fn parsed(parameters: &str) -> Result<Target, String> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let url = format!("postgres://app:secret@localhost:5432/db?{parameters}");
    Target::parse(&url, &ThisMachine).map_err(|fault| format!("{:?}", fault.trouble()))
}

/// Parameters, and the clients whose they are.
const KNOWN: &[(&str, &[&str])] = &[
    ("pgbouncer=true&connection_limit=1&pool_timeout=0&schema=public", &["Prisma"]),
    ("sslaccept=strict&socket_timeout=5&statement_cache_size=0", &["Prisma"]),
    ("currentSchema=app&ApplicationName=x&prepareThreshold=0&reWriteBatchedInserts=true", &["JDBC"]),
    ("schema=app&currentSchema=app", &["JDBC", "Prisma"]),
    ("uselibpqcompat=true&statement_timeout=5000", &["node-postgres"]),
    ("prepared_statement_cache_size=0&command_timeout=5", &["asyncpg or SQLAlchemy"]),
    ("pool_max_conns=10&default_query_exec_mode=exec", &["pgx or lib/pq"]),
    ("binary_parameters=yes&search_path=app", &["pgx or lib/pq"]),
    ("statement-cache-capacity=1", &["sqlx"]),
    ("pool=5&prepared_statements=false", &["Rails"]),
    ("conn_max_age=60", &["Django"]),
    ("MaxPoolSize=5&Pooling=true", &["Npgsql"]),
    ("pool_size=10", &["a connection pool"]),
    ("sslmode=disable&application_name=x&channel_binding=prefer", &[]),
];

#[test]
fn parameters_of_other_clients_are_named_and_left_out() {
    for (parameters, clients) in KNOWN {
        let target = parsed(parameters).unwrap_or_else(|fault| panic!("{parameters}: {fault}"));
        let warnings = target.warnings();
        assert_eq!(warnings.len(), clients.len(), "{parameters}: {warnings:?}");
        for client in *clients {
            assert!(warnings.iter().any(|warning| warning.contains(client)), "{parameters}: {warnings:?}");
        }
        for name in parameters.split('&').filter_map(|pair| pair.split('=').next()).filter(|_| !clients.is_empty()) {
            assert!(warnings.iter().any(|warning| warning.contains(name)), "{name}: {warnings:?}");
        }
    }
}

#[test]
fn what_asks_for_tls_is_taken_at_its_word() {
    // No such file: so it was read.
    for parameters in ["ssl=verify-full&sslrootcert=/no/such/file", "ssl-mode=verify-ca&ssl-root-cert=/no/such/file"] {
        assert!(parsed(parameters).is_err_and(|fault| fault.contains("/no/such/file")), "{parameters}");
    }
    for parameters in ["ssl=sometimes", "ssl-mode=perhaps"] {
        assert!(parsed(parameters).is_err(), "{parameters}");
    }
}

#[test]
fn what_nobody_knows_is_refused() {
    for (parameters, near) in [("sslmod=require", "sslmode"), ("hots=db", "host"), ("conect_timeout=5", "connect_timeout")] {
        let fault = parsed(parameters).expect_err(parameters);
        assert!(fault.contains(near), "{fault}");
    }
    assert!(parsed("frobnicate=1").is_err());
    // It may be the rest of a password.
    let fault = parsed("password=a&schema=b@c").expect_err("a bare @");
    assert!(!fault.contains("schema"), "{fault}");
}

#[test]
fn keywords_of_libpq_hold_no_other_clients() {
    assert!(Target::parse("host=localhost schema=app", &ThisMachine).is_err());
}
