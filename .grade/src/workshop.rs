//! From an answer's text to its verdict: the text is laid over a pristine copy, built, and its checks run.
//!
//! The copy of the whole workspace lies in `target/grade/copy`, without the answers that come with the exercises. A
//! student's own answer is built where it lies. A build only reads what a student wrote: no code of an answer runs before
//! its checks do.

use std::env;
use std::fs::{self, File};
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, anyhow, bail, ensure};
use tempfile::NamedTempFile;

use crate::cargo::{Messages, Toolchain};
use crate::contain::{self, Containment, Done};
use crate::exercise::{CHAPTERS, Exercise};
use crate::run;
use crate::verdict::{Graded, Verdict};

/// Where answers are built, and how they are contained.
pub(crate) struct Workshop {
    /// The workspace that is built.
    pub(crate) root: PathBuf,
    target: PathBuf,
    toolchain: Toolchain,
    pub(crate) containment: Containment,
    /// One build at a time: they share a workspace.
    turn: Mutex<()>,
    _only_grader: Option<File>,
}

impl Workshop {
    /// Builds where the answers lie, beside what the student has built already.
    pub(crate) fn in_place(workspace: &Path) -> Result<Self> {
        let program = env::current_exe()?; // TARGET/debug/grade
        let target = program.ancestors().nth(2).context("the grader lies in no target folder")?;
        Self::new(workspace, workspace.to_owned(), target.to_owned(), None)
    }

    /// Builds in a pristine copy. Waits while another grader works in the same place.
    pub(crate) fn with_copy(workspace: &Path) -> Result<Self> {
        let place = workspace.join("target/grade");
        fs::create_dir_all(place.join("build"))?;
        let lock = File::create(place.join("lock"))?;
        if lock.try_lock().is_err() {
            eprintln!("waiting for another grader that works in target/grade");
            lock.lock()?;
        }
        let copy = place.join("copy");
        copy_workspace(workspace, &copy)?;
        Self::new(workspace, copy, place.join("build"), Some(lock))
    }

    fn new(workspace: &Path, root: PathBuf, target: PathBuf, _only_grader: Option<File>) -> Result<Self> {
        let toolchain = Toolchain::find(workspace)?;
        Ok(Self { root, target, toolchain, containment: Containment::probe()?, turn: Mutex::new(()), _only_grader })
    }

    /// Builds an answer and runs its checks; without a text, the one that is in the exercise's file. It never fails: what the
    /// grader cannot do is a verdict, too.
    pub(crate) fn grade(&self, exercise: &Exercise, answer: Option<&str>) -> Graded {
        let graded = panic::catch_unwind(AssertUnwindSafe(|| -> Result<Graded> {
            let (program, warnings) = self.build(exercise, answer)?;
            Ok(Graded::new(run::checks(exercise, program.path(), self.containment.measures), warnings))
        }));
        let graded = graded.unwrap_or_else(|_| Err(anyhow!("the grader panicked")));
        graded.unwrap_or_else(|why| Graded::without_checks(why.into()))
    }

    /// A copy of the checks' program, since the next build replaces it, and the compiler's warnings.
    fn build(&self, exercise: &Exercise, answer: Option<&str>) -> Result<(NamedTempFile, Vec<String>)> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let file = self.root.join(exercise.file());
        if let Some(text) = answer {
            fs::write(&file, text)?; // its new time makes Cargo build it
        }
        let done = self.compile(exercise);
        if answer.is_some() {
            fs::copy(&exercise.starter, &file)?;
        }
        let done = done?;
        // Unless it was killed, Cargo has ended by itself.
        ensure!(matches!(done.verdict, Verdict::EndedEarly(_)), done.verdict);
        let messages = Messages::read(&done.stdout, exercise);
        let Some(program) = messages.program else {
            // The compiler itself was killed: its time was over.
            ensure!(messages.error.is_some() || !done.stderr.contains("SIGKILL"), Verdict::Killed("time".to_owned()));
            let unknown = || format!("the build of {} failed: {}", exercise.id, done.stderr);
            bail!(Verdict::DoesNotCompile(messages.error.with_context(unknown)?));
        };
        let copy = NamedTempFile::new_in(&self.target)?;
        fs::copy(program, copy.path())?;
        Ok((copy, messages.warnings))
    }

    /// Runs Cargo. A build that takes too long on a slow machine has a second try, for which what was built by then is kept.
    fn compile(&self, exercise: &Exercise) -> Result<Done> {
        let spec = self.toolchain.build(exercise, &self.root, &self.target, self.containment.measures);
        for _ in 0..2 {
            let done = contain::run(&spec, Stdio::null())?;
            if done.verdict != Verdict::Hung {
                return Ok(done);
            }
        }
        bail!("timed out, slow machine: the build took longer than {} seconds, twice", spec.limits.seconds)
    }
}

/// Makes a new copy. Files keep their times, so that what was built from an earlier copy is not built again.
fn copy_workspace(workspace: &Path, to: &Path) -> Result<()> {
    let script = r#"rm -rf "$0" && mkdir "$0" && cp -a "$@" "$0" && rm -rf "$0"/*/exercises/answers"#;
    let parts = CHAPTERS.iter().chain(&[".grade", "Cargo.toml", "Cargo.lock"]).map(|part| workspace.join(part));
    let status = Command::new("sh").args(["-c", script]).arg(to).args(parts).status()?;
    ensure!(status.success(), "the workspace cannot be copied");
    Ok(())
}
