//! Why there is no script, and what a person is told about it.

use crate::capture::access::Account;
use crate::connect::Fault;
use evenkeel_core::fault::{Class, Trouble, Troublesome};

#[derive(Debug, thiserror::Error)]
pub enum GrantsFault {
    #[error(transparent)]
    Connect(#[from] Fault),
    /// A name without a host that several accounts have, or none.
    #[error("cannot tell which account {name:?} is")]
    Which {
        name: String,
        /// All that are called so.
        accounts: Vec<Account>,
    },
    /// Our account may not look them up.
    #[error("cannot look up which account {name:?} is")]
    Hidden { name: String, message: String },
}

impl Troublesome for GrantsFault {
    fn trouble(&self) -> Trouble {
        let trouble = || Trouble::new(Class::Usage, self.to_string()).origin("flag --role");
        let with_host = |name: &str| format!("say its host: --role {name}@%, or {name}@localhost");
        match self {
            Self::Connect(fault) => fault.trouble(),
            Self::Which { name, accounts } if accounts.is_empty() => trouble()
                .expected("an account or role of the server, or name@host for one that shall be made")
                .found("none that is called so")
                .fix(with_host(name)),
            Self::Which { accounts, .. } => {
                let shown: Vec<String> = accounts.iter().map(plain).collect();
                trouble()
                    .expected("one account")
                    .found(format!("{}: {}", accounts.len(), shown.join(", ")))
                    .fix(format!("name one of them: --role {}", shown.first().map_or("name@host", String::as_str)))
            }
            Self::Hidden { name, message } => {
                trouble().expected("SELECT on mysql.user, or an account with its host").found(message).fix(with_host(name))
            }
        }
    }
}

/// As `--role` takes it.
fn plain(account: &Account) -> String {
    account.host.as_ref().map_or_else(|| account.user.clone(), |host| format!("{}@{host}", account.user))
}
