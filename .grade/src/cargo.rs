//! Cargo: how the checks of one exercise are built, and what it says about that.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::contain::{Limits, Measures, Spec};
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

    /// How the checks of an exercise are built in the workspace `root`.
    pub(crate) fn build(&self, exercise: &Exercise, root: &Path, target: &Path, measures: Measures) -> Spec {
        let text = |path: &Path| path.display().to_string();
        let (cargo, rustc) = (self.sysroot.join("bin/cargo"), self.sysroot.join("bin/rustc"));
        let options = ["test", "--no-run", "--quiet", "--offline", "--features=exercises", "--message-format=json"];
        let what = ["--package", &exercise.chapter, "--test", &exercise.name, "--target-dir", &text(target)];
        let system = ["/usr", "/lib", "/lib64", "/bin", "/sbin", "/proc", "/sys", "/dev", "/etc/ld.so.cache"];
        let of_cargo = ["registry", "git", "config.toml", ".package-cache"].map(|name| self.home.join(name));
        // Cargo reads the settings of every folder above.
        let settings = root.ancestors().map(|folder| folder.join(".cargo/config.toml"));
        let ours = [root.to_owned(), self.sysroot.clone()];
        Spec {
            command: [&*text(&cargo)].into_iter().chain(options).chain(what).map(str::to_owned).collect(),
            folder: Some(root.to_owned()),
            variables: vec![("CARGO_HOME".into(), text(&self.home)), ("RUSTC".into(), text(&rustc))],
            read: system.map(PathBuf::from).into_iter().chain(ours).chain(of_cargo).chain(settings).collect(),
            write: vec![target.to_owned()],
            stranger: false,
            limits: Limits::BUILD,
            measures,
        }
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
        let mut errors = Vec::new();
        let mut error_of_checks = None;
        let lines = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        for line in lines.filter(|line| line["target"]["name"] == *exercise.name) {
            if let Some(program) = line["executable"].as_str() {
                read.program = Some(program.into());
            }
            let message = &line["message"];
            // The checks name the answer as `exercises/checks/../NAME.rs`.
            let text = message["rendered"].as_str().unwrap_or_default().trim_end().replace("checks/../", "");
            match (message["level"].as_str(), text.contains(&exercise.file())) {
                (Some("error"), true) => errors.push(text),
                (Some("error"), false) => _ = error_of_checks.get_or_insert(text),
                (Some("warning"), true) => read.warnings.push(text),
                _ => {}
            }
        }
        let of_checks = |text| format!("the checks cannot use it (was a name, a type or a signature changed?)\n{text}");
        let first = errors.first().map(|first| format!("{first}\n\nthis is error 1 of {}", errors.len()));
        read.error = first.or(error_of_checks.map(of_checks));
        read
    }
}
