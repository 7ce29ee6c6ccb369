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
        let with_host =
            |name: &str| format!("say its host: --role {}, or {}", word(&format!("{name}@%")), word(&format!("{name}@localhost")));
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
                    .fix(format!("name one of them: --role {}", word(shown.first().map_or("name@host", String::as_str))))
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

/// One word of any shell: an account may be called `o'brien` or have a `$` in its name.
fn word(text: &str) -> String {
    if !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '@' | '%' | ':' | '/')) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_is_one_word_of_a_shell() {
        let account = |user: &str| Account { user: user.to_owned(), host: Some("%".to_owned()) };
        let fix = |fault: GrantsFault| fault.trouble().fix.unwrap_or_default();
        for (name, shown) in [("reader", "reader@%"), ("o'brien $HOME", "'o'\\''brien $HOME@%'"), ("a;b", "'a;b@%'"), ("", "@%")] {
            let accounts = vec![account(name), account("other")];
            assert_eq!(fix(GrantsFault::Which { name: name.to_owned(), accounts }), format!("name one of them: --role {shown}"));
            let none = fix(GrantsFault::Which { name: name.to_owned(), accounts: Vec::new() });
            assert!(none.starts_with(&format!("say its host: --role {shown}, or ")), "{none}");
            let hidden = fix(GrantsFault::Hidden { name: name.to_owned(), message: String::new() });
            assert!(hidden.starts_with(&format!("say its host: --role {shown}, or ")), "{hidden}");
        }
    }
}
