//! Runs the checks of a built answer, each in a contained process, and believes nothing but a report with its nonce.

use std::fs::{self, File, Permissions};
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::contain::spec::{Spec, code};
use crate::contain::{Contained, Containment, Done, unused_uid};
use crate::exercise::Exercise;
use crate::scratch::Scratch;
use crate::verdict::{CheckEnd, CheckResult, Limit};

/// Separates the parts of a report, as in the checks' harness.
const SEPARATOR: char = '\u{1f}';

/// One answer's built checks, and where they run.
pub(crate) struct Runner<'a> {
    containment: &'a Containment,
    scratch: Scratch,
    program: PathBuf,
    uid: Option<u32>,
}

impl<'a> Runner<'a> {
    /// Takes a copy of the program into a new folder that it can read, with a folder in it that it can write.
    pub(crate) fn new(containment: &'a Containment, program: &Path) -> Result<Self> {
        let scratch = Scratch::new()?;
        let copy = scratch.path().join("checks");
        fs::copy(program, &copy).with_context(|| program.display().to_string())?;
        fs::set_permissions(&copy, Permissions::from_mode(0o755))?;
        let uid = unused_uid();
        let home = scratch.path().join("home");
        fs::create_dir(&home)?;
        chown(&home, uid, uid)?;
        Ok(Self { containment, scratch, program: copy, uid })
    }

    /// Runs every check. With `stop`, not those after a second hang or after one that was killed, since a class waits.
    pub(crate) fn run(&self, exercise: &Exercise, stop: bool) -> Result<Vec<CheckResult>> {
        let mut results = Vec::new();
        let mut trouble = 0;
        for (n, (name, hint, more)) in self.list(exercise)?.into_iter().enumerate() {
            let (end, output) = if stop && trouble > 1 { (CheckEnd::NotRun, String::new()) } else { self.check(n) };
            trouble += match end {
                CheckEnd::Hung { .. } => 1,
                CheckEnd::Killed { .. } => 2,
                _ => 0,
            };
            results.push(CheckResult { name, hint, more, end, output });
        }
        Ok(results)
    }

    /// The checks by name, hint and further hint. They must be those of the source that the grader trusts.
    fn list(&self, exercise: &Exercise) -> Result<Vec<(String, String, String)>> {
        let done = Contained::start(&self.spec("--list".into()), Stdio::null(), &self.variables())?.wait()?;
        let lines = done.stdout.lines().map(|line| {
            let mut parts = line.split('\t').map(str::to_owned);
            let mut next = || parts.next().unwrap_or_default();
            (next(), next(), next())
        });
        let list: Vec<_> = lines.collect();
        ensure!(
            list.iter().map(|(name, ..)| name).eq(&exercise.checks),
            "the checks of {} could not be listed: {}{}",
            exercise.id(),
            done.stderr,
            done.stdout
        );
        Ok(list)
    }

    fn check(&self, n: usize) -> (CheckEnd, String) {
        self.try_check(n).unwrap_or_else(|why| (CheckEnd::GraderError { why: format!("{why:#}") }, String::new()))
    }

    fn try_check(&self, n: usize) -> Result<(CheckEnd, String)> {
        let nonce = nonce()?;
        let (ours, theirs) = UnixDatagram::pair()?;
        ours.send(nonce.as_bytes())?;
        ours.set_read_timeout(Some(Duration::from_millis(20)))?;
        let mut spec = self.spec("--one".into());
        spec.command.push(n.to_string());
        let mut contained = Contained::start(&spec, Stdio::from(OwnedFd::from(theirs)), &self.variables())?;
        let given_up = Instant::now() + Duration::from_secs(spec.limits.seconds + 20);
        let report = loop {
            let ended = contained.has_ended()?;
            let report = reports(&ours, &nonce);
            if ended {
                break report;
            }
            if report.is_some() {
                contained.end();
                break report;
            }
            ensure!(Instant::now() < given_up, "the supervisor does not end");
        };
        let done = contained.wait()?;
        let output = format!("{}{}", done.stdout, done.stderr);
        Ok((end(report, &done, spec.limits.seconds), output))
    }

    fn spec(&self, argument: String) -> Spec {
        let command = vec![self.program.display().to_string(), argument];
        let home = self.scratch.path().join("home");
        let mut spec = Spec::new(command, &home, self.containment.measures);
        spec.uid = self.uid;
        spec.read.push(self.scratch.path().to_owned());
        spec.write.push(home);
        if spec.measures.pid_namespace {
            spec.write.push("/dev/shm".into()); // its own, gone with it
        }
        spec
    }

    fn variables(&self) -> [(&'static str, String); 2] {
        let home = self.scratch.path().join("home").display().to_string();
        [("HOME", home.clone()), ("TMPDIR", home)]
    }
}

/// What the end of a check says. Going beyond a limit counts even where a report came before.
fn end(report: Option<CheckEnd>, done: &Done, seconds: u64) -> CheckEnd {
    if done.too_much_output {
        return CheckEnd::Killed { limit: Limit::Output };
    }
    if let Some(limit) = Limit::from_code(done.code) {
        return CheckEnd::Killed { limit };
    }
    if let Some(end) = report {
        return end;
    }
    match done.code {
        code::TIME => CheckEnd::Hung { seconds },
        code::SETUP => CheckEnd::GraderError { why: done.stderr.trim().to_owned() },
        code::SUCCESS => CheckEnd::EndedEarly { how: "exit code 0".into() },
        signal if signal > code::SIGNAL => CheckEnd::EndedEarly { how: format!("signal {}", signal - code::SIGNAL) },
        _ => CheckEnd::EndedEarly { how: "an exit code other than 0".into() },
    }
}

/// Reads all messages that are there, or waits a little for one; the first result with the nonce counts.
fn reports(socket: &UnixDatagram, nonce: &str) -> Option<CheckEnd> {
    let mut message = vec![0; 64 * 1024];
    for _ in 0..100 {
        let length = socket.recv(&mut message).ok()?;
        let text = String::from_utf8_lossy(&message[..length]);
        if let Some(end) = text.strip_prefix(nonce).and_then(parse) {
            return Some(end);
        }
    }
    None
}

fn parse(report: &str) -> Option<CheckEnd> {
    let mut parts = report.split(SEPARATOR).map(str::to_owned);
    let kind = parts.next()?;
    let mut next = || parts.next().unwrap_or_default();
    match kind.trim() {
        "passed" => Some(CheckEnd::Passed),
        "failed" => Some(CheckEnd::Failed { cause: next(), expected: next(), actual: next() }),
        "setup" => Some(CheckEnd::GraderError { why: next() }),
        _ => None, // it has begun
    }
}

fn nonce() -> io::Result<String> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.map(|byte| format!("{byte:02x}")).concat())
}
