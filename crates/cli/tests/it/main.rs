//! The command line on real servers: what it prints, how it ends, what it never does.
//!
//! `run` starts the program; every other file is one promise of the contract.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod concurrency;
mod configuration;
mod diagnose;
mod ending;
mod environments;
mod gate;
mod guides;
mod halt;
mod history;
mod history_check;
mod history_code;
mod history_hostile;
mod history_long;
mod history_repair;
mod history_strangers;
mod history_tools;
mod hostile;
mod locks;
mod manifest_file;
mod mysql_accounts;
mod mysql_broken;
mod mysql_concurrency;
mod mysql_history;
mod mysql_hostile;
mod mysql_letters;
mod mysql_manifest;
mod mysql_outage;
mod mysql_preflight;
mod mysql_read_only;
mod outage;
mod patch;
mod patch_bad;
mod preflight;
mod privilege;
mod read_only;
mod real_tools;
mod reference;
mod rehearse;
mod run;
mod schemas;
mod secrets;
mod silence;
mod verbs;
