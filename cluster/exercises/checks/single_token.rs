//! The checks of the exercise `single_token`.

use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, process, thread};

use nix::poll::{PollFd, PollFlags, poll};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{Pid, pause};

use answer::Token;
use harness::process::fork;
use harness::{Check, Failure, Outcome, answered, ensure, equal, failure, look, setup};

#[forbid(unsafe_code)]
#[path = "../single_token.rs"]
pub mod answer;
pub mod harness;

const CHECKS: &[Check] = &[
    Check {
        name: "a free token is taken, and is free again when it was dropped",
        hint: "open the file, whether it exists or not, and lock it",
        more: "OpenOptions::new().create(true).truncate(false).write(true), then try_lock",
        run: free,
    },
    Check {
        name: "while one holds it, nobody else gets it",
        hint: "another process has other variables: only the kernel can say who holds the token",
        more: "open the file anew in each call: locks belong to an open file, also within one process",
        run: held,
    },
    Check {
        name: "a killed holder gives it back",
        hint: "a killed process runs no Drop: only what the kernel does for it happens",
        more: "that a file exists must mean nothing; whether it is locked is what counts",
        run: killed,
    },
    Check {
        name: "a process that waits for it sleeps, and then gets it",
        hint: "let the kernel wake you: no loop with a sleep in it",
        more: "File::lock sleeps until the lock is free; try_lock in a loop polls",
        run: waits,
    },
    Check {
        name: "a process that waited for it holds it alone",
        hint: "what does the one that waited hold, when the file has been removed meanwhile?",
        more: "never remove the file: it is empty, and does no harm",
        run: alone,
    },
    Check {
        name: "a child that the holder has forked does not keep it",
        hint: "the child has the same open file, so closing yours does not unlock it",
        more: "call File::unlock in drop",
        run: forked,
    },
    Check {
        name: "four processes take it in turn, and never two at once",
        hint: "between looking whether it is free and taking it, another process may take it",
        more: "one system call must do both: lock, or try_lock",
        run: in_turn,
    },
];

fn main() -> ExitCode {
    harness::run("cluster single_token", CHECKS)
}

/// The path of the token; its file is removed when the check has ended.
struct Place(PathBuf);

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn place() -> Place {
    Place(env::temp_dir().join(format!("token-{}", process::id())))
}

/// Whether the token can be taken now; it is given back at once.
fn is_free(path: &Path) -> Result<bool, Failure> {
    Ok(answered(Token::try_take(path))?.is_some())
}

/// The exit code of a child.
fn code(child: Pid) -> Result<i32, Failure> {
    match setup(waitpid(child, None))? {
        WaitStatus::Exited(_, code) => Ok(code),
        other => Err(failure(format!("a process ended otherwise than by its exit code: {other:?}"))),
    }
}

/// A process that takes the token when it is told to, says so, and keeps it until it is killed.
struct Holder {
    pid: Pid,
    go: PipeWriter,
    taken: PipeReader,
}

/// Starts a holder. It is forked while this process does not have the token, so it does not inherit the open file.
fn holder(path: &Path) -> Result<Holder, Failure> {
    let (mut told, go) = setup(io::pipe())?;
    let (taken, mut writer) = setup(io::pipe())?;
    let pid = fork(|| {
        told.read_exact(&mut [0]).expect("the check writes");
        let Ok(_token) = Token::take(path) else { return 1 };
        writer.write_all(b"!").expect("the check reads");
        loop {
            pause();
        }
    })?;
    Ok(Holder { pid, go, taken })
}

impl Holder {
    fn go(&mut self) -> Outcome {
        setup(self.go.write_all(b"!"))
    }

    /// Waits until it has the token, at most three seconds.
    fn has_it(&mut self) -> Outcome {
        let mut ready = [PollFd::new(self.taken.as_fd(), PollFlags::POLLIN)];
        let came = setup(poll(&mut ready, 3000_u16))? > 0 && self.taken.read_exact(&mut [0]).is_ok();
        ensure(
            came,
            "the token is free, and another process takes it",
            "it has the token",
            "nothing for 3 seconds, or an error",
        )
    }
}

fn free() -> Outcome {
    let place = place();
    let path = place.0.as_path();
    for round in 1..=3 {
        let token = answered(Token::try_take(path))?;
        ensure(token.is_some(), "nobody holds the token", "it is taken", format!("nothing, in round {round}"))?;
        drop(token);
        drop(answered(Token::take(path))?);
    }
    Ok(())
}

fn held() -> Outcome {
    let place = place();
    let path = place.0.as_path();
    let mut holder = holder(path)?;
    let token = answered(Token::take(path))?;
    equal("this process holds it; free for this process", &is_free(path)?, &false)?;
    let child = fork(|| Token::try_take(path).map_or(2, |token| i32::from(token.is_some())))?;
    equal("this process holds it; tokens for another process", &code(child)?, &0)?;
    drop(token);
    holder.go()?;
    holder.has_it()?;
    equal("another process holds it; free for this process", &is_free(path)?, &false)
}

fn killed() -> Outcome {
    let place = place();
    let path = place.0.as_path();
    equal("nobody holds it; free", &is_free(path)?, &true)?;
    let mut holder = holder(path)?;
    holder.go()?;
    holder.has_it()?;
    equal("another process holds it; free", &is_free(path)?, &false)?;
    setup(kill(holder.pid, Signal::SIGKILL))?;
    setup(waitpid(holder.pid, None))?;
    equal("its holder was killed with SIGKILL; free", &is_free(path)?, &true)
}

fn waits() -> Outcome {
    let place = place();
    let path = place.0.as_path();
    let mut holder = holder(path)?;
    let token = answered(Token::take(path))?;
    holder.go()?;
    let slept = look::sleeps(holder.pid);
    drop(token);
    ensure(slept, "a process that waits for the token ran again and again", "asleep in one system call", "awake")?;
    holder.has_it()
}

fn alone() -> Outcome {
    let place = place();
    let path = place.0.as_path();
    let mut holder = holder(path)?;
    let token = answered(Token::take(path))?;
    holder.go()?;
    look::sleeps(holder.pid);
    drop(token);
    holder.has_it()?;
    equal("the process that waited holds it now; free", &is_free(path)?, &false)
}

fn forked() -> Outcome {
    let place = place();
    let path = place.0.as_path();
    let token = answered(Token::take(path))?;
    fork(|| {
        loop {
            pause();
        }
    })?;
    drop(token);
    equal("the holder dropped it, its child lives on; free", &is_free(path)?, &true)
}

fn in_turn() -> Outcome {
    let place = place();
    let path = place.0.as_path();
    let inside = path.with_extension("inside");
    drop(answered(Token::take(path))?);
    let mut children = Vec::new();
    for _ in 0..4 {
        children.push(fork(|| {
            for _ in 0..25 {
                let Ok(_token) = Token::take(path) else { return 2 };
                if fs::File::create_new(&inside).is_err() {
                    return 1; // somebody else is inside
                }
                thread::yield_now();
                fs::remove_file(&inside).expect("nobody else removes it");
            }
            0
        })?);
    }
    let codes = children.into_iter().map(code).collect::<Result<Vec<i32>, _>>()?;
    equal("four processes, 25 times each; 1 is for two at once, 2 for an error", &codes, &vec![0; 4])
}
