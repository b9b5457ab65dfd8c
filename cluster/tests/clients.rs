//! Other people's clients and a proxy, where they are installed: no error, no wrong count.

mod chapter;
mod common;

use std::fs;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};

use chapter::Scratch;

use common::{Service, for_each, wait_until};

const SCHEDULES: [&str; 3] = ["round-robin", "shared", "reuseport"];

/// What a client prints, with a deadline; `None` where it is not installed or does not run.
fn output(program: &str, version: &str, arguments: &[&str]) -> Option<String> {
    let probe = Command::new("timeout").args(["20", program, version]).output();
    let runs = probe.as_ref().is_ok_and(|probe| !matches!(probe.status.code(), None | Some(124..=127)));
    if !runs {
        eprintln!("skipped: {program} is not installed or does not run");
        return None;
    }
    let output = Command::new("timeout").arg("25").arg(program).args(arguments).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {}\n{text}{err}", output.status);
    Some(text)
}

/// Runs a check against a service under each schedule.
fn with_services(check: impl Fn(SocketAddr) + Copy + Send + 'static) {
    for_each(&SCHEDULES, move |schedule| check(Service::start(2, schedule).address));
}

#[test]
fn curl() {
    with_services(|address| {
        let url = format!("http://{address}/");
        let Some(out) = output("curl", "--version", &["-sS", "--fail", &url, &url, &url, &url, &url]) else { return };
        assert_eq!(out.lines().filter(|line| line.parse::<u32>().is_ok()).count(), 5, "{out}");
    });
}

#[test]
fn wrk() {
    with_services(|address| {
        let url = format!("http://{address}/");
        for field in ["X-Kept: yes", "Connection: close"] {
            let arguments = ["-t1", "-c8", "-d1s", "-H", field, &url];
            let Some(out) = output("wrk", "--version", &arguments) else { return };
            assert!(out.contains(" requests in ") && !out.contains(" 0 requests in "), "{out}");
            assert!(!out.contains("Socket errors") && !out.contains("Non-2xx"), "{field}: {out}");
        }
    });
}

#[test]
fn ab() {
    with_services(|address| {
        let url = format!("http://{address}/");
        for kept in ["-k", "-d"] {
            let Some(out) = output("ab", "-V", &["-q", "-l", "-n", "500", "-c", "8", kept, &url]) else { return };
            let figure = |name: &str| {
                let line = out.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
                line.and_then(|figure| figure.parse::<u32>().ok())
            };
            assert_eq!((figure("Complete requests:"), figure("Failed requests:")), (Some(500), Some(0)), "{out}");
        }
    });
}

#[test]
fn h2load() {
    with_services(|address| {
        let url = format!("http://{address}/");
        let Some(out) = output("h2load", "--version", &["--h1", "-n", "500", "-c", "8", &url]) else { return };
        assert!(out.contains("500 succeeded, 0 failed, 0 errored, 0 timeout"), "{out}");
    });
}

#[test]
fn python() {
    let program = "
import http.client, sys
kept = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]), timeout=10)
for expected in range(1, 101):
    kept.request('GET', '/count')
    reply = kept.getresponse()
    assert reply.status == 200 and int(reply.read().split()[1]) == expected
print('all counted')
";
    with_services(move |address| {
        let port = address.port().to_string();
        let Some(out) = output("python3", "--version", &["-c", program, &port]) else { return };
        assert_eq!(out, "all counted\n");
    });
}

#[test]
fn python_requests() {
    let program = "
import sys
try:
    import requests
except ImportError as missing:
    sys.exit(print('skipped:', missing))
with requests.Session() as kept:
    kept.trust_env = False  # no proxy
    for expected in range(1, 101):
        reply = kept.get(f'http://127.0.0.1:{sys.argv[1]}/count', timeout=10)
        assert reply.status_code == 200 and int(reply.text.split()[1]) == expected
print('all counted')
";
    with_services(move |address| {
        let port = address.port().to_string();
        let Some(out) = output("python3", "--version", &["-c", program, &port]) else { return };
        if out.starts_with("skipped:") {
            return eprint!("{out}");
        }
        assert_eq!(out, "all counted\n");
    });
}

#[test]
fn node() {
    let program = "
const http = require('node:http');
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
function ask(expected) {
  if (expected > 100) { console.log('all counted'); return agent.destroy(); }
  http.get({ host: '127.0.0.1', port: process.argv[1], path: '/count', agent }, (reply) => {
    let body = '';
    reply.on('data', (part) => { body += part; });
    reply.on('end', () => {
      if (reply.statusCode !== 200 || Number(body.split(' ')[1]) !== expected) throw new Error(body);
      ask(expected + 1);
    });
  });
}
ask(1);
";
    with_services(move |address| {
        let port = address.port().to_string();
        let Some(out) = output("node", "--version", &["-e", program, &port]) else { return };
        assert_eq!(out, "all counted\n");
    });
}

/// nginx as a proxy that keeps its connections to the service. It listens on a Unix socket, so that no port is fixed.
struct Proxy {
    nginx: Child,
    folder: Scratch,
}

impl Proxy {
    fn start(service: SocketAddr) -> Self {
        let folder = Scratch::new(&format!("nginx-{}", service.port()));
        let config = format!(
            "daemon off; master_process off; pid nginx.pid; error_log stderr warn; events {{}}
            http {{
                access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
                uwsgi_temp_path uwsgi; scgi_temp_path scgi;
                upstream service {{ server {service}; keepalive 4; }}
                server {{
                    listen unix:socket;
                    location / {{
                        proxy_pass http://service; proxy_http_version 1.1; proxy_set_header Connection '';
                        proxy_next_upstream off;
                    }}
                }}
            }}"
        );
        fs::write(folder.0.join("nginx.conf"), config).unwrap();
        let mut command = Command::new("nginx");
        command.arg("-p").arg(&folder.0).args(["-e", "stderr", "-c", "nginx.conf"]).current_dir(&folder.0);
        let nginx = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut proxy = Self { nginx, folder };
        wait_until("nginx listens or has ended", || proxy.connect().is_ok() || !proxy.lives());
        proxy
    }

    fn lives(&mut self) -> bool {
        self.nginx.try_wait().unwrap().is_none()
    }

    fn connect(&self) -> std::io::Result<UnixStream> {
        UnixStream::connect(self.folder.0.join("socket"))
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.nginx.kill();
        let _ = self.nginx.wait();
    }
}

#[test]
fn nginx_in_front() {
    if output("nginx", "-v", &["-v"]).is_none() {
        return;
    }
    with_services(|address| {
        let mut proxy = Proxy::start(address);
        if !proxy.lives() {
            let mut why = String::new();
            proxy.nginx.stderr.take().unwrap().read_to_string(&mut why).unwrap();
            return eprintln!("skipped: nginx does not run here: {why}");
        }
        for _ in 0..100 {
            let mut stream = proxy.connect().unwrap();
            stream.write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap();
            let mut reply = String::new();
            stream.read_to_string(&mut reply).unwrap();
            assert!(reply.starts_with("HTTP/1.1 200 OK\r\n"), "{reply}");
        }
    });
}
