//! Starting the program the way a user does, in a folder of its own and with nothing in its environment.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// How a run ended.
#[derive(Debug)]
pub struct Ran {
    /// The exit code; `None` where a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    pub took: Duration,
}

impl Ran {
    fn of(output: &Output, begun: Instant) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout.clone()).expect("stdout is UTF-8"),
            stderr: String::from_utf8(output.stderr.clone()).expect("stderr is UTF-8"),
            took: begun.elapsed(),
        }
    }

    /// Asserts the exit code; shows everything where it is another.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
        self
    }

    /// Asserts that stdout or stderr says it.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(
            self.stdout.contains(text) || self.stderr.contains(text),
            "nobody says {text:?}\nstdout:\n{}\nstderr:\n{}",
            self.stdout,
            self.stderr
        );
        self
    }

    /// Asserts that neither says it.
    #[track_caller]
    pub fn hides(self, text: &str) -> Self {
        assert!(!self.stdout.contains(text), "stdout says {text:?}:\n{}", self.stdout);
        assert!(!self.stderr.contains(text), "stderr says {text:?}:\n{}", self.stderr);
        self
    }

    /// stdout as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}\n{}\n{}", self.stdout, self.stderr))
    }
}

/// A folder to run in.
pub struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// The program with these arguments, not yet started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_evenkeel"));
        command.args(arguments).current_dir(self.folder.path()).env_clear().stdin(Stdio::null());
        // Where HOME is, password and service files are looked for.
        command.env("HOME", self.folder.path()).env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, &[])
    }

    pub fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
        let begun = Instant::now();
        let output = self.command(arguments).envs(variables.iter().copied()).output().unwrap();
        Ran::of(&output, begun)
    }

    /// Runs it in a shell, with `$E` for the program.
    pub fn shell(&self, script: &str, variables: &[(&str, &str)]) -> Ran {
        let begun = Instant::now();
        let mut command = Command::new("bash");
        command.args(["-c", script]).current_dir(self.folder.path()).env_clear().env("E", env!("CARGO_BIN_EXE_evenkeel"));
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", self.folder.path());
        Ran::of(&command.envs(variables.iter().copied()).stdin(Stdio::null()).output().unwrap(), begun)
    }
}

/// The digest in a line of `evenkeel digest`.
pub fn digest(ran: &Ran) -> String {
    ran.stdout.split_whitespace().nth(2).unwrap_or_else(|| panic!("no digest: {ran:?}")).to_owned()
}

/// All fixtures shared by several tests.
pub const SHOP: &str = "
    CREATE SCHEMA app;
    CREATE TABLE app.customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, mail text UNIQUE);
    CREATE TABLE app.orders (id bigint PRIMARY KEY, customer bigint REFERENCES app.customers, total numeric(12,2) DEFAULT 0 CHECK (total >= 0));
    CREATE INDEX orders_customer ON app.orders (customer) WHERE total > 0;
    CREATE VIEW app.big AS SELECT o.id, c.name FROM app.orders o JOIN app.customers c ON c.id = o.customer WHERE o.customer > 1000;
    CREATE FUNCTION app.twice(x int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT x * 2';
";

/// The path as text.
pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The same for MySQL and MariaDB.
pub const MYSQL_SHOP: &str = "
    CREATE TABLE customers (id bigint AUTO_INCREMENT PRIMARY KEY, name varchar(100) NOT NULL, mail varchar(100) UNIQUE) COMMENT 'who buys';
    CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint, total decimal(12,2) DEFAULT 0 CHECK (total >= 0), placed timestamp DEFAULT current_timestamp(),
      KEY orders_customer (customer), CONSTRAINT orders_of FOREIGN KEY (customer) REFERENCES customers (id) ON DELETE CASCADE);
    CREATE TABLE parts (id int, year int) PARTITION BY RANGE (year) (PARTITION p0 VALUES LESS THAN (2020), PARTITION p1 VALUES LESS THAN MAXVALUE);
    CREATE VIEW big AS SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer WHERE o.customer > 1000;
    CREATE FUNCTION twice(x int) RETURNS int DETERMINISTIC RETURN x * 2;
    CREATE PROCEDURE clean() DELETE FROM orders WHERE total = 0;
    CREATE TRIGGER orders_total BEFORE INSERT ON orders FOR EACH ROW SET NEW.total = coalesce(NEW.total, 0);
    CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DO CALL clean();
    INSERT INTO customers (name) VALUES ('a'), ('b'), ('c'); INSERT INTO orders (id, customer) VALUES (1, 1), (2, 2), (3, 2);
";
