//! At the limit of descriptors. The limit is the whole process's, so this test has one for itself.

use std::cell::Cell;
use std::net::TcpStream;
use std::os::fd::AsRawFd;
use std::rc::Rc;
use std::time::Duration;

use event_loop::EventLoop;
use event_loop::lessons::echo::LOCAL;
use nix::libc::EMFILE;
use nix::sys::resource::{Resource, getrlimit, setrlimit};

#[test]
fn a_listener_at_the_limit_of_descriptors_rests_tells_why_and_accepts_later() {
    let mut ev = EventLoop::new().unwrap();
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    let errors = Rc::new(Cell::new(0));
    let accepted = Rc::new(Cell::new(0));
    let iterations = Rc::new(Cell::new(0));
    let listener = ev.listen(LOCAL, {
        let errors = Rc::clone(&errors);
        let accepted = Rc::clone(&accepted);
        let iterations = Rc::clone(&iterations);
        move |ev, stream| match stream {
            Ok(stream) => {
                accepted.set(accepted.get() + 1);
                ev.close(stream);
                if accepted.get() == 2 {
                    iterations.set(ev.position().iteration);
                    ev.close_current();
                }
            }
            Err(error) => {
                assert_eq!(error.raw_os_error(), Some(EMFILE));
                errors.set(errors.get() + 1);
                if errors.get() == 2 {
                    setrlimit(Resource::RLIMIT_NOFILE, soft, hard).unwrap();
                }
            }
        }
    });
    let (_, address) = listener.unwrap();
    let clients = [TcpStream::connect(address).unwrap(), TcpStream::connect(address).unwrap()];
    // Every descriptor below the newest is in use, and none above it may be made.
    let newest = clients.iter().map(AsRawFd::as_raw_fd).max().unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, newest as u64 + 1, hard).unwrap();
    let end = ev.run_within(Duration::from_secs(30));
    setrlimit(Resource::RLIMIT_NOFILE, soft, hard).unwrap();
    end.unwrap();
    assert_eq!((errors.get(), accepted.get()), (2, 2));
    assert!(iterations.get() < 12, "{} iterations", iterations.get());
}
