//! Builds answers in pristine copies of the chapters, under containment.
//!
//! A copy lies in `target/grade/copy/CHAPTER`, without the answers that come with the exercises. All copies share a target
//! folder, so that a chapter and its dependencies are built once. A build only reads what a student wrote: no code of an
//! answer runs before its checks do.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use anyhow::{Context, Result, ensure};

use crate::cargo::{self, Messages};
use crate::contain::spec::{MIB, Spec, code};
use crate::contain::{Contained, Containment, Done};
use crate::exercise::Exercise;
use crate::scratch::Scratch;
use crate::verdict::{Limit, Verdict};

/// What a build left.
pub(crate) struct Built {
    /// The checks' program, in a folder that is gone with this.
    pub(crate) folder: Scratch,
    /// What the compiler warned of in the answer.
    pub(crate) warnings: Vec<String>,
}

impl Built {
    /// The checks' program.
    pub(crate) fn program(&self) -> PathBuf {
        self.folder.path().join("program")
    }
}

/// Where answers are built.
pub(crate) struct Workshop {
    workspace: PathBuf,
    place: PathBuf,
    toolchain: cargo::Toolchain,
    pub(crate) containment: Containment,
    /// One build at a time: they share a target folder.
    turn: Mutex<()>,
    _only_grader: File,
}

impl Workshop {
    /// Copies the chapters of these exercises. Waits while another grader works in the same place.
    pub(crate) fn open(workspace: &Path, containment: Containment, exercises: &[Exercise]) -> Result<Self> {
        let place = workspace.join("target/grade");
        fs::create_dir_all(&place)?;
        let lock = File::create(place.join("lock"))?;
        if lock.try_lock().is_err() {
            eprintln!("waiting for another grader that works in target/grade");
            lock.lock()?;
        }
        let toolchain = cargo::Toolchain::find()?;
        let turn = Mutex::new(());
        let workshop =
            Self { workspace: workspace.to_owned(), place, toolchain, containment, turn, _only_grader: lock };
        workshop.toolchain.fetch(workspace);
        let mut chapters = BTreeSet::new();
        for exercise in exercises {
            chapters.extend(workshop.needed_by(&exercise.chapter)?);
            chapters.insert(exercise.chapter.clone());
        }
        workshop.copy_profile()?;
        for chapter in chapters {
            workshop.copy(&chapter).with_context(|| format!("the copy of {chapter}"))?;
        }
        Ok(workshop)
    }

    /// A chapter's copy.
    pub(crate) fn folder(&self, chapter: &str) -> PathBuf {
        self.place.join("copy").join(chapter)
    }

    /// The chapters that this one depends on: none, but for the comparison.
    fn needed_by(&self, chapter: &str) -> Result<Vec<String>> {
        let manifest = fs::read_to_string(self.workspace.join(chapter).join("Cargo.toml"))?;
        let name = |line: &str| Some(line.split_once("path = \"../")?.1.split_once('"')?.0.to_owned());
        Ok(manifest.lines().filter_map(name).collect())
    }

    /// The profile of the workspace, which a chapter outside it would not have.
    fn copy_profile(&self) -> Result<()> {
        let manifest = fs::read_to_string(self.workspace.join("Cargo.toml"))?;
        let profile = manifest.find("[profile").map_or("", |start| &manifest[start..]);
        replace(&self.profile(), profile.as_bytes())
    }

    fn profile(&self) -> PathBuf {
        self.place.join("profile.toml")
    }

    fn copy(&self, chapter: &str) -> Result<()> {
        let to = self.folder(chapter);
        synchronize(&self.workspace.join(chapter), &to)?;
        replace(&to.join("Cargo.lock"), &fs::read(self.workspace.join("Cargo.lock"))?)
    }

    /// Builds the checks of an exercise with this answer.
    ///
    /// # Errors
    /// The verdict of an answer that cannot be built.
    pub(crate) fn build(&self, exercise: &Exercise, answer: &[u8]) -> Result<Built, Verdict> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.try_build(exercise, answer).unwrap_or_else(|why| Err(Verdict::GraderError(format!("{why:#}"))))
    }

    fn try_build(&self, exercise: &Exercise, answer: &[u8]) -> Result<Result<Built, Verdict>> {
        let copy = self.folder(&exercise.chapter);
        let file = copy.join(exercise.file());
        fs::write(&file, answer)?;
        File::options().write(true).open(&file)?.set_modified(SystemTime::now())?;
        let done = self.compile(exercise, &copy)?;
        fs::copy(&exercise.starter, &file)?;
        if done.code == code::TIME {
            return Ok(Err(Verdict::Killed(Limit::Time)));
        }
        if let Some(limit) = Limit::from_code(done.code) {
            return Ok(Err(Verdict::Killed(limit)));
        }
        if done.too_much_output {
            return Ok(Err(Verdict::Killed(Limit::Output)));
        }
        let messages = Messages::read(&done.stdout, exercise);
        let Some(program) = messages.program else {
            let why =
                messages.error.with_context(|| format!("the build of {} failed: {}", exercise.id(), done.stderr))?;
            return Ok(Err(Verdict::DoesNotCompile(why)));
        };
        if let Some(outside) = self.file_outside(&program, &copy)? {
            let why = format!("it includes {}, a file outside its chapter", outside.display());
            return Ok(Err(Verdict::DoesNotCompile(why)));
        }
        let folder = Scratch::new()?;
        fs::copy(&program, folder.path().join("program"))?;
        Ok(Ok(Built { folder, warnings: messages.warnings }))
    }

    fn compile(&self, exercise: &Exercise, copy: &Path) -> Result<Done> {
        let scratch = Scratch::new()?;
        let target = self.place.join("build");
        fs::create_dir_all(&target)?;
        let mut spec =
            Spec::new(self.toolchain.build(exercise, &target, &self.profile()), copy, self.containment.measures);
        spec.limits.seconds = 300; // a chapter's dependencies, from a cold start
        spec.limits.cpu_seconds = 120;
        spec.limits.memory = 3072 * MIB;
        spec.limits.tasks = 512;
        spec.limits.file = 1024 * MIB;
        spec.limits.descriptors = 1024;
        spec.limits.output = 4 * MIB as usize;
        let of_system = ["/usr", "/lib", "/lib64", "/bin", "/sbin", "/proc", "/sys", "/dev", "/etc/ld.so.cache"];
        spec.read = of_system.iter().map(PathBuf::from).collect();
        spec.read.extend(self.toolchain.folders(copy));
        spec.read.push(self.profile());
        spec.read.extend(self.needed_by(&exercise.chapter)?.iter().map(|needed| self.folder(needed)));
        spec.write = vec![copy.to_owned(), target, scratch.path().to_owned()];
        Contained::start(&spec, Stdio::null(), &self.toolchain.variables(scratch.path()))?.wait()
    }

    /// A file that was compiled and is neither the chapter's nor the toolchain's: `include_str!` can name any.
    fn file_outside(&self, program: &Path, copy: &Path) -> Result<Option<PathBuf>> {
        let list = fs::read_to_string(program.with_extension("d"))?;
        let first = list.split("\n\n").next().unwrap_or_default().replace("\\\n", " ").replace("\\ ", "\0");
        let files = first.split_once(": ").map(|(_, files)| files).unwrap_or_default();
        let files = files.split_whitespace().map(|file| copy.join(file.replace('\0', " ")));
        for file in files {
            let real = file.canonicalize().unwrap_or(file);
            if !real.starts_with(copy.canonicalize()?) && !real.starts_with(&self.toolchain.sysroot) {
                return Ok(Some(real));
            }
        }
        Ok(None)
    }
}

/// Makes `to` a copy of the chapter `from`. A file that is the same already keeps its time, so that nothing is built again.
fn synchronize(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    let names = |folder: &Path| -> Result<Vec<_>> {
        fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name())).collect::<Result<Vec<_>>>()
    };
    let wanted: Vec<_> = names(from)?.into_iter().filter(|name| name != "answers" && name != "target").collect();
    for name in names(to)?.iter().filter(|name| !wanted.contains(name)) {
        let extra = to.join(name);
        if extra.is_dir() { fs::remove_dir_all(extra) } else { fs::remove_file(extra) }?;
    }
    for name in &wanted {
        let (source, copy) = (from.join(name), to.join(name));
        if source.is_dir() {
            synchronize(&source, &copy)?;
        } else if name == "Cargo.toml" {
            // The copy lies below the workspace, but is no member of it.
            replace(&copy, &[&fs::read(&source)?[..], b"\n[workspace]\n"].concat())?;
        } else {
            replace(&copy, &fs::read(&source)?)?;
        }
    }
    Ok(())
}

fn replace(file: &Path, content: &[u8]) -> Result<()> {
    if fs::read(file).is_ok_and(|old| old == content) {
        return Ok(());
    }
    ensure!(!file.is_dir(), "{} is a folder", file.display());
    fs::write(file, content).with_context(|| file.display().to_string())
}
