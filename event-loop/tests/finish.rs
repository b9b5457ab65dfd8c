//! How a stream ends, and what keeps it alive until then.

use std::cell::Cell;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use event_loop::lessons::echo::LOCAL;
use event_loop::{EventLoop, Stream};

const LIMIT: Duration = Duration::from_secs(30);

/// Two ends of a connection, the first of them in the loop.
fn pair(ev: &mut EventLoop) -> (Stream, TcpStream) {
    let listener = std::net::TcpListener::bind(LOCAL).unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    client.set_read_timeout(Some(LIMIT)).unwrap();
    (Stream::adopt(ev, listener.accept().unwrap().0).unwrap(), client)
}

#[test]
fn a_finished_stream_takes_no_more_and_closes_when_its_peer_has_ended() {
    let mut ev = EventLoop::new().unwrap();
    let (stream, mut client) = pair(&mut ev);
    assert!(stream.write(&mut ev, b"last words").unwrap());
    stream.finish(&mut ev);
    assert!(stream.write(&mut ev, b"!").is_err());
    let mut words = String::new();
    client.read_to_string(&mut words).unwrap();
    assert_eq!(words, "last words");
    assert!(ev.is_alive(), "the peer may still write");
    client.shutdown(Shutdown::Write).unwrap();
    ev.run_within(LIMIT).unwrap();
    assert!(!ev.is_alive());
}

#[test]
fn unread_input_does_not_destroy_the_reply_of_a_finished_stream() {
    let reply = vec![7; 1 << 20];
    let mut ev = EventLoop::new().unwrap();
    let (stream, mut client) = pair(&mut ev);
    client.write_all(&[0; 10_000]).unwrap(); // it stays unread
    let _ = stream.write(&mut ev, &reply).unwrap();
    stream.finish(&mut ev);
    let reading = thread::spawn(move || {
        let mut got = Vec::new();
        client.read_to_end(&mut got).map(|_| got)
    });
    ev.run_within(LIMIT).unwrap();
    assert!(reading.join().unwrap().unwrap() == reply);
}

#[test]
fn queued_writes_are_sent_although_the_stream_is_unreferenced() {
    const SIZE: usize = 20 << 20;
    let mut ev = EventLoop::new().unwrap();
    let (stream, mut client) = pair(&mut ev);
    assert!(!stream.write(&mut ev, &vec![1; SIZE]).unwrap());
    ev.unref(stream);
    assert!(ev.is_alive());
    let reading = thread::spawn(move || {
        let mut got = vec![0; SIZE];
        client.read_exact(&mut got).map(|()| client)
    });
    ev.run_within(LIMIT).unwrap();
    reading.join().unwrap().unwrap();
    assert!(!ev.is_alive());
}

#[test]
fn a_stream_that_is_resumed_without_a_reader_does_not_make_the_loop_spin() {
    let mut ev = EventLoop::new().unwrap();
    let (stream, mut client) = pair(&mut ev);
    client.write_all(b"?").unwrap();
    stream.resume(&mut ev).unwrap();
    assert!(!ev.is_alive(), "it waits for nothing");
    let iterations = Rc::new(Cell::new(0));
    let counting = Rc::clone(&iterations);
    ev.set_timeout(Duration::from_millis(50), move |ev| counting.set(ev.position().iteration));
    ev.run_within(LIMIT).unwrap();
    assert!(iterations.get() <= 5, "{} iterations", iterations.get());
    let read = Rc::new(Cell::new(false));
    let reading = Rc::clone(&read);
    stream
        .on_data(&mut ev, move |ev, stream, bytes| {
            reading.set(bytes.unwrap() == b"?");
            ev.close(stream);
        })
        .unwrap();
    ev.run_within(LIMIT).unwrap();
    assert!(read.get());
}

#[test]
fn a_listener_closed_by_hand_leaves_nothing_alive() {
    let mut ev = EventLoop::new().unwrap();
    let (listener, _) = ev.listen(LOCAL, |_, _| ()).unwrap();
    assert!(ev.is_alive() && ev.close(listener));
    assert!(!ev.is_alive());
}
