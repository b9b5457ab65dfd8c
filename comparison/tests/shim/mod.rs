//! A library that changes what system calls do, built for a test.

use std::env;
use std::path::Path;
use std::process::Command;

pub(crate) fn build(library: &Path) {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/shim/slow.rs");
    let mut rustc = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc.args(["--edition", "2024", "--crate-type", "cdylib", "-C", "panic=abort", "-o"]);
    let built = rustc.args([library, Path::new(source)]).status();
    assert!(built.is_ok_and(|status| status.success()), "the library that slows calls down was not built");
}
