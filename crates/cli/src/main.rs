//! The command line.
use evenkeel_core::digest::Tree;
use evenkeel_core::file::{self, Part};
use evenkeel_core::kind::Dimension;
use evenkeel_core::port::{Environment, Request, Silent};
use evenkeel_postgres::{
    connect::{ProcessEnvironment, Target},
    environment::PostgresEnvironment,
};
fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let args: Vec<String> = std::env::args().collect();
    let t = std::time::Instant::now();
    let env = PostgresEnvironment::new(Target::parse(&args[2], &ProcessEnvironment).unwrap());
    let mut req = Request::new("x");
    if args[1] == "digest" {
        req.dimensions = vec![Dimension::Schema];
    }
    let m = env
        .capture(&req, &Silent)
        .map_err(|e| {
            eprintln!("{e:#?}");
            std::process::exit(1)
        })
        .unwrap();
    eprintln!("captured {:?}", t.elapsed());
    let tree = Tree::of(&m);
    eprintln!("hashed {:?} gaps {:?}", t.elapsed(), m.gaps);
    if args[1] == "digest" {
        println!("{:?}", tree.branch(Dimension::Schema).map(|b| b.digest));
    } else {
        print!("{}", String::from_utf8(file::write(&m, Part::Stable).unwrap()).unwrap());
    }
}
