//! Change reality, and the tables follow.

use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use comparison::report::{Report, Row, Verdict};

fn overhead(preload: Option<&Path>) -> Row {
    let out = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_comparison"));
    command.args(["--quick", "--only", "overhead.create", "--out", out.path().to_str().unwrap()]);
    if let Some(library) = preload {
        command.env("LD_PRELOAD", library);
    }
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Report = serde_json::from_slice(&fs::read(out.path().join("report.json")).unwrap()).unwrap();
    report.tables[1].rows.iter().find(|row| row.key == "Overhead").unwrap().clone()
}

#[test]
fn with_a_slow_pthread_create_the_overhead_row_turns_round() {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("slow_pthread_create.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/shim/slow_pthread_create.rs");
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let built = Command::new(rustc)
        .args(["--edition", "2024", "--crate-type", "cdylib", "-C", "panic=abort", "-o"])
        .args([&library, Path::new(source)])
        .status();
    assert!(built.is_ok_and(|status| status.success()), "the library that slows pthread_create down was not built");

    let (as_it_is, slowed) = (overhead(None), overhead(Some(&library)));
    assert_ne!(as_it_is.verdict, Verdict::Contradicted, "{as_it_is:?}");
    assert_eq!(slowed.verdict, Verdict::Contradicted, "{slowed:?}");
    assert_ne!(as_it_is.measured["Thread"], slowed.measured["Thread"]);
}
