//! Cargo: how the checks of one exercise are built, and what it says about that.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::exercise::Exercise;

/// The programs that compile, by their real paths: rustup's stand-ins read files in the user's home.
pub(crate) struct Toolchain {
    sysroot: PathBuf,
    home: PathBuf,
}

impl Toolchain {
    /// Finds them, and downloads what the workspace depends on, since a contained build has no network. Where that is not
    /// possible, the build says what it lacks.
    pub(crate) fn find(workspace: &Path) -> Result<Self> {
        let rustc = |args: &[&str]| -> Result<String> {
            let output = Command::new("rustc").args(args).output().context("rustc does not run")?;
            Ok(String::from_utf8(output.stdout)?.trim().to_owned())
        };
        let sysroot = PathBuf::from(rustc(&["--print", "sysroot"])?).canonicalize()?;
        let host = rustc(&["--print", "host-tuple"])?;
        let default = || env::home_dir().map(|home| home.join(".cargo"));
        let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(default).context("no home folder")?;
        let mut cargo = Command::new(sysroot.join("bin/cargo"));
        let _ = cargo.args(["fetch", "--quiet", "--locked", "--target", &host]).current_dir(workspace).status();
        Ok(Self { sysroot, home })
    }

    /// The command that builds the checks of an exercise.
    pub(crate) fn build(&self, exercise: &Exercise, target: &Path) -> Vec<String> {
        let cargo = self.sysroot.join("bin/cargo").display().to_string();
        let target = target.display().to_string();
        let options = ["test", "--no-run", "--quiet", "--offline", "--features=exercises", "--message-format=json"];
        let what = ["--package", &exercise.chapter, "--test", &exercise.name, "--target-dir", &target];
        [&*cargo].into_iter().chain(options).chain(what).map(str::to_owned).collect()
    }

    /// What a contained build of this workspace may read, beside the system.
    pub(crate) fn folders(&self, root: &Path) -> Vec<PathBuf> {
        let of_cargo = ["registry", "git", "config.toml", ".package-cache"].map(|name| self.home.join(name));
        // Cargo reads the settings of every folder above.
        let settings = root.ancestors().map(|folder| folder.join(".cargo/config.toml"));
        [root.to_owned(), self.sysroot.clone()].into_iter().chain(of_cargo).chain(settings).collect()
    }

    /// The environment of a build.
    pub(crate) fn variables(&self) -> Vec<(String, String)> {
        let rustc = self.sysroot.join("bin/rustc");
        [("CARGO_HOME", &self.home), ("RUSTC", &rustc)]
            .map(|(name, path)| (name.into(), path.display().to_string()))
            .into()
    }
}

/// What a build said.
#[derive(Default)]
pub(crate) struct Messages {
    /// The checks' program, if it was built.
    pub(crate) program: Option<PathBuf>,
    /// The first error in the answer, else the first in its checks: then the answer has not the names or types that they use.
    pub(crate) error: Option<String>,
    /// Warnings in the answer.
    pub(crate) warnings: Vec<String>,
}

impl Messages {
    /// Reads the lines of `--message-format=json`.
    pub(crate) fn read(lines: &str, exercise: &Exercise) -> Self {
        let mut read = Self::default();
        let mut error_of_checks = None;
        let lines = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        for line in lines.filter(|line| line["target"]["name"] == *exercise.name) {
            if let Some(program) = line["executable"].as_str() {
                read.program = Some(program.into());
            }
            let message = &line["message"];
            let text = message["rendered"].as_str().unwrap_or_default().trim_end().replace("checks/../", "");
            match (message["level"].as_str(), in_file(message, &exercise.file())) {
                (Some("error"), true) => _ = read.error.get_or_insert(text),
                (Some("error"), false) => _ = error_of_checks.get_or_insert(text),
                (Some("warning"), true) => read.warnings.push(text),
                _ => {}
            }
        }
        let of_checks =
            |text| format!("the checks cannot use this file (was a name, a type or a signature changed?)\n{text}");
        read.error = read.error.or(error_of_checks.map(of_checks));
        read
    }
}

/// Whether a message is about this file. The checks name it as `exercises/checks/../NAME.rs`.
fn in_file(message: &Value, file: &str) -> bool {
    let mut spans = message["spans"].as_array().into_iter().flatten();
    spans.any(|span| span["file_name"].as_str().is_some_and(|name| name.replace("checks/../", "").ends_with(file)))
}
