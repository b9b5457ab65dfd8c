//! Cargo: how the checks of one exercise are built, and what it says about that.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::exercise::Exercise;

/// The programs that compile, by their real paths: rustup's stand-ins read files in the user's home.
pub(crate) struct Toolchain {
    pub(crate) sysroot: PathBuf,
    home: PathBuf,
    host: String,
}

impl Toolchain {
    pub(crate) fn find() -> Result<Self> {
        let sysroot = PathBuf::from(ask(&["--print", "sysroot"])?.trim());
        let version = ask(&["-vV"])?;
        let host = version.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc -vV names no host")?;
        let default = || env::home_dir().map(|home| home.join(".cargo"));
        let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(default).context("no home folder")?;
        Ok(Self { sysroot: sysroot.canonicalize()?, home, host: host.to_owned() })
    }

    /// Downloads what the chapters depend on, since a contained build has no network. Where that is not possible, the
    /// build says what it lacks.
    pub(crate) fn fetch(&self, workspace: &Path) {
        let mut cargo = Command::new(self.sysroot.join("bin/cargo"));
        let _ = cargo.args(["fetch", "--quiet", "--locked", "--target", &self.host]).current_dir(workspace).status();
    }

    /// The command that builds the checks of an exercise in a chapter's copy.
    pub(crate) fn build(&self, exercise: &Exercise, target: &Path, profile: &Path) -> Vec<String> {
        let mut command = vec![self.sysroot.join("bin/cargo").display().to_string()];
        command.extend(test_arguments(&exercise.name));
        for (option, path) in [("--target-dir", target), ("--config", profile)] {
            command.extend([option.to_owned(), path.display().to_string()]);
        }
        command.push("--offline".to_owned());
        command
    }

    /// What a contained build may read, beside the system.
    pub(crate) fn folders(&self, copy: &Path) -> Vec<PathBuf> {
        let of_cargo = ["registry", "git", "config.toml", ".package-cache"].map(|name| self.home.join(name));
        // Cargo reads the settings of every folder above the copy.
        let settings = copy.ancestors().map(|folder| folder.join(".cargo/config.toml")).filter(|file| file.exists());
        [self.sysroot.clone()].into_iter().chain(of_cargo).chain(settings).collect()
    }

    /// The whole environment of a contained build, beside `PATH`.
    pub(crate) fn variables(&self, temporary: &Path) -> Vec<(&'static str, String)> {
        let path = |path: &Path| path.display().to_string();
        vec![
            ("CARGO_HOME", path(&self.home)),
            ("HOME", path(temporary)),
            ("TMPDIR", path(temporary)),
            ("RUSTC", path(&self.sysroot.join("bin/rustc"))),
        ]
    }
}

fn ask(args: &[&str]) -> Result<String> {
    let output = Command::new(env::var_os("RUSTC").unwrap_or("rustc".into())).args(args).output();
    Ok(String::from_utf8(output.context("rustc does not run")?.stdout)?)
}

fn test_arguments(name: &str) -> [String; 7] {
    ["test", "--no-run", "--quiet", "--features=exercises", "--message-format=json", "--test", name].map(str::to_owned)
}

/// Builds a student's own file where it lies, with the target folder of the workspace.
pub(crate) fn build_in_place(workspace: &Path, exercise: &Exercise) -> Result<Messages> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
    cargo.args(test_arguments(&exercise.name)).args(["--package", &exercise.chapter]).current_dir(workspace);
    let output = cargo.output().context("cargo does not run")?;
    let mut messages = Messages::read(&String::from_utf8_lossy(&output.stdout), exercise);
    if messages.program.is_none() && messages.error.is_none() {
        messages.error = Some(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(messages)
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
        for line in lines.lines() {
            let Ok(line) = serde_json::from_str::<Value>(line) else { continue };
            if line["target"]["name"] != *exercise.name {
                continue;
            }
            if let Some(program) = line["executable"].as_str() {
                read.program = Some(program.into());
            }
            let message = &line["message"];
            let text = || message["rendered"].as_str().unwrap_or_default().trim_end().replace("checks/../", "");
            match message["level"].as_str() {
                Some("error") if in_file(message, &exercise.file()) => read.error = read.error.or_else(|| Some(text())),
                Some("error") => error_of_checks = error_of_checks.or_else(|| Some(text())),
                Some("warning") if in_file(message, &exercise.file()) => read.warnings.push(text()),
                _ => {}
            }
        }
        read.error = read.error.or(error_of_checks.map(|text| {
            format!("the checks cannot use this file (was a name, a type or a signature changed?)\n{text}")
        }));
        read
    }
}

/// Whether a message is about this file. The checks name it as `exercises/checks/../NAME.rs`.
fn in_file(message: &Value, file: &str) -> bool {
    let spans = message["spans"].as_array().into_iter().flatten();
    let mut names = spans.filter_map(|span| span["file_name"].as_str());
    names.any(|name| name.replace("checks/../", "").ends_with(file))
}

/// Whether a file holds a body that was not written yet. No verdict: only a reason not to build it.
pub(crate) fn has_todo(file: &Path) -> bool {
    let text = fs::read_to_string(file).unwrap_or_default();
    text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains("todo!"))
}
