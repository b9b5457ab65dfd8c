//! A real browser without a window, spoken to over a pipe (the DevTools protocol): no port, no library.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Browser {
    process: Child,
    commands: ChildStdin,
    messages: Receiver<Value>,
    session: String,
    last: u64,
    /// What it reported by itself: requests, and complaints on its console.
    pub(crate) events: Vec<Value>,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Starts it with an empty tab; `None`, with the reason printed, where there is none.
    pub(crate) fn start() -> Option<Self> {
        const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
        let path = std::env::var_os("PATH").unwrap_or_default();
        let found = |name: &&&str| std::env::split_paths(&path).any(|folder| folder.join(name).is_file());
        let Some(name) = NAMES.iter().find(found) else {
            eprintln!("skipped: none of {NAMES:?} is installed");
            return None;
        };
        let profile = tempfile::tempdir().unwrap();
        // It reads commands from descriptor 3, and writes to 4.
        let mut command = Command::new("sh");
        command.args([
            "-c",
            "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1",
            "sh",
            name,
            "--headless",
            "--no-sandbox",
        ]);
        command.args(["--disable-gpu", "--disable-background-networking", "--disable-component-update"]);
        command.args(["--disable-sync", "--no-first-run", "--disable-dev-shm-usage", "--remote-debugging-pipe"]);
        command.arg(format!("--user-data-dir={}", profile.path().display())).arg("about:blank");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0);
        let mut process = command.spawn().unwrap();
        let (commands, answers) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        let (session, last, events) = (String::new(), 0, Vec::new());
        let messages = read_aside(answers);
        let mut browser = Self { process, commands, messages, session, last, events, _profile: profile };
        let target = browser.ask("Target.createTarget", json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        browser.session = browser.ask("Target.attachToTarget", attach)["sessionId"].as_str().unwrap().to_owned();
        for domain in ["Network", "Log", "Runtime", "Page"] {
            browser.ask(&format!("{domain}.enable"), json!({}));
        }
        Some(browser)
    }

    /// Sends a command, and waits for its result.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        self.last += 1;
        let mut command = json!({ "id": self.last, "method": method, "params": params });
        if !self.session.is_empty() {
            command["sessionId"] = json!(self.session);
        }
        write!(self.commands, "{command}\0").unwrap();
        let id = self.last;
        let mut answer = self.receive_until(|message| message["id"] == id);
        assert_eq!(answer["error"], Value::Null, "{method}");
        answer["result"].take()
    }

    /// Opens a file in a window of that width, and waits until it is loaded.
    pub(crate) fn open(&mut self, file: &Path, width: u32, scheme: &str) {
        let phone = width < 600;
        let window = json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": phone });
        self.ask("Emulation.setDeviceMetricsOverride", window);
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.ask("Emulation.setEmulatedMedia", json!({ "features": features }));
        self.events.clear();
        self.ask("Page.navigate", json!({ "url": format!("file://{}", file.display()) }));
        if !self.events.iter().any(|event| event["method"] == "Page.loadEventFired") {
            self.receive_until(|message| message["method"] == "Page.loadEventFired");
        }
    }

    /// The value of an expression in the page.
    pub(crate) fn evaluate(&mut self, expression: &str) -> Value {
        let params = json!({ "expression": expression, "returnByValue": true });
        let mut result = self.ask("Runtime.evaluate", params);
        assert_eq!(result["exceptionDetails"], Value::Null, "{expression}");
        result["result"]["value"].take()
    }

    fn receive_until(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        let start = Instant::now();
        loop {
            let left = PATIENCE.saturating_sub(start.elapsed());
            let message = self.messages.recv_timeout(left).expect("the browser answers in time");
            if is_it(&message) {
                return message;
            }
            self.events.push(message);
        }
    }
}

fn read_aside(answers: ChildStdout) -> Receiver<Value> {
    let (send, messages) = mpsc::channel();
    thread::spawn(move || {
        for message in BufReader::new(answers).split(0).map_while(Result::ok) {
            let _ = send.send(serde_json::from_slice(&message).expect("DevTools speaks JSON"));
        }
    });
    messages
}

impl Drop for Browser {
    /// With all its processes.
    fn drop(&mut self) {
        let _ = killpg(Pid::from_raw(self.process.id() as i32), Signal::SIGKILL);
        let _ = self.process.wait();
    }
}
