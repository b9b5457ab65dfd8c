//! Signals under load: restarts one after another and ten at once, a primary that is stopped, a terminal that closes.

mod chapter;
mod common;

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use chapter::Scratch;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use common::client::{self, Client};
use common::load::load;
use common::{PROGRAM, Service, for_each, hear_hangups, lives, send, state, wait_until, within_deadline};

const SCHEDULES: [&str; 3] = ["round-robin", "shared", "reuseport"];

#[test]
fn restarts_asked_for_again_and_again_fail_no_request() {
    for_each(&SCHEDULES, |schedule| {
        for kept in [true, false] {
            let service = Service::start(3, schedule);
            let ((), tally) = load(service.address, 6, "/", kept, || {
                while service.said("rolling restart done") < 4 {
                    service.signal(Signal::SIGHUP);
                    assert_eq!(client::get(service.address, "/").unwrap().status, 200, "{schedule}");
                }
            })
            .unwrap();
            assert!(tally.failed.is_empty() && tally.refused == 0, "{schedule}, kept {kept}: {tally:?}");
        }
    });
}

#[test]
fn ten_restarts_asked_for_at_once_fail_no_request() {
    for_each(&SCHEDULES, |schedule| {
        let service = Service::start(3, schedule);
        let ((), tally) = load(service.address, 6, "/", false, || {
            for rounds in 1..=3 {
                (0..10).for_each(|_| service.signal(Signal::SIGHUP));
                wait_until("a restart is done", || service.said("rolling restart done") >= rounds);
            }
        })
        .unwrap();
        assert!(tally.failed.is_empty() && tally.refused == 0, "{schedule}: {tally:?}");
    });
}

#[test]
fn the_end_at_any_moment_of_a_restart_fails_no_request() {
    for_each(&SCHEDULES, |schedule| {
        for (moment, kept) in [("starting", true), ("listening", false), ("leaving", true), ("gone", false)] {
            let service = Service::start(3, schedule);
            let (ended, tally) = load(service.address, 6, "/", kept, || {
                let before = service.said(moment);
                service.signal(Signal::SIGHUP);
                wait_until("the restart has begun", || service.said(moment) > before);
                service.signal(Signal::SIGTERM);
                service.end()
            })
            .unwrap();
            assert_eq!(ended.code, Some(0), "{schedule}, {moment}: {}", ended.err);
            assert!(tally.failed.is_empty(), "{schedule}, {moment}, kept {kept}: {:?}", tally.failed);
        }
    });
}

#[test]
fn a_worker_that_is_stopped_and_continued_costs_no_request() {
    for_each(&SCHEDULES, |schedule| {
        let service = Service::start(3, schedule);
        let ((), tally) = load(service.address, 6, "/", true, || {
            for worker in service.workers() {
                send(worker, Signal::SIGSTOP);
                wait_until("the worker has stopped", || state(worker).is_some_and(|state| state == "T"));
                let mut clients: Vec<_> = (0..24).map(|_| Client::connect(service.address).unwrap()).collect();
                clients.iter_mut().for_each(|client| client.send("/").unwrap());
                send(worker, Signal::SIGCONT);
                for client in &mut clients {
                    assert_eq!(client.receive().unwrap().status, 200, "{schedule}");
                }
            }
        })
        .unwrap();
        assert!(tally.failed.is_empty() && tally.refused == 0, "{schedule}: {tally:?}");
    });
}

#[test]
fn a_primary_that_is_stopped_and_continued_costs_no_request() {
    for_each(&SCHEDULES, |schedule| {
        let service = Service::start(3, schedule);
        let mut kept = Client::connect(service.address).unwrap();
        kept.get("/").unwrap();
        service.signal(Signal::SIGSTOP);
        wait_until("the primary has stopped", || state(service.pid()).is_some_and(|state| state == "T"));
        let mut clients: Vec<_> = (0..64).map(|_| Client::connect(service.address).unwrap()).collect();
        clients.iter_mut().for_each(|client| client.send("/").unwrap());
        for _ in 0..500 {
            assert_eq!(kept.get("/").unwrap().status, 200, "{schedule}: the workers serve meanwhile");
        }
        service.signal(Signal::SIGCONT);
        for client in &mut clients {
            assert_eq!(client.receive().unwrap().status, 200, "{schedule}");
        }
    });
}

#[test]
fn the_port_of_a_killed_primary_can_be_bound_again_at_once() {
    for_each(&SCHEDULES, |schedule| {
        let mut service = Service::start(3, schedule);
        for _ in 0..5 {
            let port = service.address.port();
            let mut kept: Vec<_> = (0..8).map(|_| Client::connect(service.address).unwrap()).collect();
            kept.iter_mut().for_each(|client| assert_eq!(client.get("/").unwrap().status, 200));
            service.signal(Signal::SIGKILL);
            let options = [format!("--port={port}"), "--workers=3".to_owned(), format!("--schedule={schedule}")];
            service = Service::with(&options.each_ref().map(String::as_str));
            assert_eq!(client::get(service.address, "/").unwrap().status, 200, "{schedule}");
        }
    });
}

/// `script`, a program that opens a terminal and runs a command in it. Killed, it closes that terminal.
struct Terminal {
    script: Child,
    folder: Scratch,
}

impl Terminal {
    /// Runs a service in a terminal, started through `prefix`; `None` where there is no `script`.
    fn start(prefix: &str) -> Option<Self> {
        let folder = Scratch::new(&format!("terminal-{}", prefix.trim()));
        let command = format!("exec {prefix}'{PROGRAM}' serve --workers=2 >out 2>err");
        let mut script = Command::new("script");
        script.args(["--quiet", "--command", &command, "/dev/null"]).current_dir(&folder.0);
        hear_hangups(&mut script);
        let started = script.env("SHELL", "/bin/sh").stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        match started {
            Ok(script) => Some(Self { script, folder }),
            Err(error) => {
                eprintln!("skipped: there is no `script` to open a terminal: {error}");
                None
            }
        }
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.folder.0.join(Path::new(file))).unwrap_or_default()
    }

    /// Waits until the service has written this to standard error.
    fn wait_for(&self, what: &str) {
        wait_until(&format!("the service says '{what}'"), || self.read("err").contains(what));
    }

    /// The primary's pid, once it listens.
    fn primary(&self) -> u32 {
        wait_until("it listens", || self.read("out").ends_with('\n') && self.named_primary().is_some());
        self.named_primary().expect("the first line names the primary")
    }

    fn named_primary(&self) -> Option<u32> {
        let err = self.read("err");
        let line = err.lines().find_map(|line| line.strip_prefix("cluster: primary "))?;
        line.split(',').next()?.parse().ok()
    }

    fn close(&mut self) {
        self.script.kill().unwrap();
        self.script.wait().unwrap();
    }
}

/// A service under nohup would outlive a test that failed.
impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.script.kill();
        let _ = self.script.wait();
        if let Some(primary) = self.named_primary().filter(|primary| lives(*primary)) {
            let _ = kill(Pid::from_raw(primary as i32), Signal::SIGKILL);
        }
    }
}

#[test]
fn a_hangup_sent_by_kill_restarts_and_a_terminal_that_closes_drains() {
    within_deadline(|| {
        let Some(mut terminal) = Terminal::start("") else { return };
        let primary = terminal.primary();
        send(primary, Signal::SIGHUP);
        terminal.wait_for("rolling restart done: 2 workers replaced");
        terminal.close();
        wait_until("the service has ended", || !lives(primary));
        let err = terminal.read("err");
        assert_eq!(err.matches("gone, exit status: 0").count(), 4, "each worker has left in good order: {err}");
    });
}

#[test]
fn under_nohup_a_hangup_is_ignored() {
    within_deadline(|| {
        let Some(mut terminal) = Terminal::start("nohup ") else { return };
        let primary = terminal.primary();
        let out = terminal.read("out");
        let address = out.trim_end().rsplit(' ').next().unwrap().parse().unwrap();
        send(primary, Signal::SIGHUP);
        terminal.close();
        assert_eq!(client::get(address, "/").unwrap().status, 200);
        assert!(!terminal.read("err").contains("leaving"), "{}", terminal.read("err"));
        send(primary, Signal::SIGTERM);
        wait_until("the service has ended", || !lives(primary));
        assert_eq!(terminal.read("err").matches("gone, exit status: 0").count(), 2);
    });
}
