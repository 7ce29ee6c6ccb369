//! Settings of a scratch server as arguments of its program: no option file, so nothing of one is inherited either.

use std::path::{Path, PathBuf};

use evenkeel_launcher::Program;

use super::fault::Fault;
use super::servers::ServerBinaries;

/// `--name=value` for each; the last one of a name wins.
pub fn arguments(settings: &[(String, String)]) -> Result<Vec<String>, Fault> {
    settings.iter().map(|(name, value)| argument(name, value)).collect()
}

fn argument(name: &str, value: &str) -> Result<String, Fault> {
    let bad = |reason| Err(Fault::BadSetting { name: name.to_owned(), reason });
    if name.is_empty() || name.starts_with('-') || !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')) {
        return bad("a name has letters, digits, '_', '-' and '.'");
    }
    if value.contains('\0') {
        return bad("a value has no zero byte");
    }
    Ok(format!("--{name}={value}"))
}

/// A program that reads no option file (that must be its first argument) and finds its own files. Temporary files must
/// not be shared: a starting MariaDB removes those of other servers from its tmpdir, and these then fail.
pub fn program(path: impl Into<PathBuf>, binaries: &ServerBinaries, run_dir: &Path) -> Program {
    Program::new(path)
        .arg("--no-defaults")
        .arg(format!("--basedir={}", binaries.base_dir().display()))
        .arg(format!("--datadir={}", run_dir.join("data").display()))
        .arg(format!("--tmpdir={}", run_dir.display()))
        .env("TZ", "UTC")
        .env("LC_ALL", "C")
}

/// Small files that are never forced to disk, for making a data directory and for the server. Nobody wants these files after a
/// crash of the machine; after one of the server they are whole, because what is committed was written. Native asynchronous I/O takes a share of a kernel-wide limit, which many servers exhaust.
/// <https://dev.mysql.com/doc/refman/en/innodb-parameters.html> <https://mariadb.com/kb/en/innodb-system-variables/>
pub fn files(binaries: &ServerBinaries) -> Vec<(String, String)> {
    let log_size = if binaries.flavor.redo_log_is_one_capacity() { "innodb_redo_log_capacity" } else { "innodb_log_file_size" };
    let mut settings = vec![
        ("innodb_flush_log_at_trx_commit", "2"),
        ("innodb_doublewrite", "0"),
        ("innodb_use_native_aio", "0"),
        ("innodb_buffer_pool_size", "32M"),
        (log_size, "8M"),
    ];
    if !binaries.flavor.is_mariadb() {
        // Keys take longer to make than all the rest; the socket needs none.
        settings.extend([
            ("auto_generate_certs", "OFF"),
            ("caching_sha2_password_auto_generate_rsa_keys", "OFF"),
            ("loose_sha256_password_auto_generate_rsa_keys", "OFF"),
        ]);
    }
    owned(&settings)
}

/// What every scratch server runs with, besides [`files`].
pub fn server(binaries: &ServerBinaries, run_dir: &Path, server_id: u32) -> Vec<(String, String)> {
    let mut settings = owned(&[
        ("skip_networking", "ON"),
        ("character_set_server", "utf8mb4"),
        ("default_time_zone", "+00:00"),
        ("sync_binlog", "0"),
        ("table_open_cache", "400"),
        ("table_definition_cache", "400"),
        ("max_connections", "100"),
    ]);
    let run = |name: &str, file: &str| (name.to_owned(), run_dir.join(file).display().to_string());
    settings.extend([run("socket", super::SOCKET), run("pid_file", "pid")]);
    settings.push(("server_id".into(), server_id.to_string()));
    if !binaries.flavor.is_mariadb() {
        // The X protocol has a port and a socket of its own.
        settings.extend(owned(&[("mysqlx", "OFF"), ("secure_file_priv", "NULL"), ("disable_log_bin", "ON")]));
    }
    settings
}

pub fn owned(settings: &[(&str, &str)]) -> Vec<(String, String)> {
    settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn what_cannot_be_an_argument_is_refused() {
        assert_eq!(argument("sql_mode", "A,B 'x'").unwrap(), "--sql_mode=A,B 'x'");
        for (name, value) in [("", "x"), ("a b", "x"), ("a=b", "x"), ("--a", "x"), ("a", "x\0y")] {
            assert!(matches!(argument(name, value), Err(Fault::BadSetting { .. })), "{name}");
        }
    }
}
