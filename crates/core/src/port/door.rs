//! The way into a throwaway server for programs that know nothing of evenkeel. Neighbour: `workshop`, whose servers these are.

/// A port of this machine that leads to a throwaway server, for processes of our own user; shut when it is dropped.
pub trait Door: Send {
    fn port(&self) -> u16;

    /// How many connections were made through it.
    fn visits(&self) -> usize;
}

/// A throwaway server's database, for programs that know nothing of evenkeel. None of it is a secret: there is no password.
pub struct Opened {
    pub door: Box<dyn Door>,
    /// What a form of its address is called in a command (`{url}`), and the address.
    pub forms: Vec<(&'static str, String)>,
    /// Variables by which programs find a database.
    pub variables: Vec<(&'static str, String)>,
    /// Those that would lead them, or what they do there, elsewhere.
    pub without: &'static [&'static str],
}

/// How a throwaway server's database is reached through its door, as an engine writes that.
pub struct Reach<'a> {
    pub user: &'a str,
    pub database: &'a str,
    pub url: String,
    pub jdbc: String,
    /// As programs in Go want it: golang-migrate's URL, goose's.
    pub go: String,
    pub dsn: String,
    /// What goose calls the driver, and Laravel the connection.
    pub driver: &'a str,
    pub connection: &'a str,
    /// Variables of the server's own clients, beside those that all engines have in common.
    pub variables: Vec<(&'static str, String)>,
    pub without: &'static [&'static str],
}

impl Opened {
    /// Where doors are.
    pub const HOST: &'static str = "127.0.0.1";

    /// Through that door.
    #[must_use]
    pub fn through(door: Box<dyn Door>, reach: Reach<'_>) -> Self {
        let Reach { user, database, url, jdbc, go, dsn, driver, connection, variables, without } = reach;
        let text = str::to_owned;
        let port = door.port().to_string();
        let forms = vec![
            ("{url}", url.clone()),
            ("{jdbc}", jdbc),
            ("{go}", go),
            ("{dsn}", dsn),
            ("{driver}", text(driver)),
            ("{host}", text(Self::HOST)),
            ("{port}", port.clone()),
            ("{user}", text(user)),
            ("{database}", text(database)),
        ];
        let common = [
            ("DATABASE_URL", url.clone()),
            ("DB_URL", url),
            ("DB_CONNECTION", text(connection)),
            ("DB_HOST", text(Self::HOST)),
            ("DB_PORT", port),
            ("DB_DATABASE", text(database)),
            ("DB_USERNAME", text(user)),
            ("DB_PASSWORD", String::new()),
        ];
        Self { door, forms, variables: common.into_iter().chain(variables).collect(), without }
    }
}
