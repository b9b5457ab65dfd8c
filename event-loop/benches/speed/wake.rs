//! A wake-up from another thread, beside two threads that wake each other by eventfds alone.

use std::thread;
use std::time::Instant;

use event_loop::{EventLoop, Waker};
use nix::sys::eventfd::EventFd;

use crate::measure::{Bound, Line, pin, placements};

const ROUNDS: u32 = 10_000;
const TURNS: usize = 9;

pub(crate) fn print() -> anyhow::Result<()> {
    for (name, cpu, other) in placements()? {
        let turns = (0..TURNS).map(|_| Ok((through_the_loop(cpu, other)?, bare(cpu, other)?)));
        let turns = turns.collect::<anyhow::Result<_>>()?;
        Line { what: format!("wake-up and back / eventfd, {name}"), turns, bound: Bound::AtMost(1.2) }.print();
    }
    Ok(())
}

fn through_the_loop(cpu: usize, other: usize) -> anyhow::Result<f64> {
    pin(cpu)?;
    let mut ev = EventLoop::new()?;
    let mut left = ROUNDS;
    thread::scope(|scope| {
        let back = std::sync::Arc::new(EventFd::new()?);
        let answer = std::sync::Arc::clone(&back);
        let waker = Waker::new(&mut ev, move |ev| {
            left -= 1;
            if left == 0 {
                ev.close_current();
            }
            let _ = answer.write(1);
        })?;
        let other = scope.spawn(move || -> nix::Result<f64> {
            pin(other)?;
            let began = Instant::now();
            for _ in 0..ROUNDS {
                waker.wake();
                back.read()?;
            }
            Ok(began.elapsed().as_nanos() as f64 / f64::from(ROUNDS))
        });
        ev.run()?;
        Ok(other.join().expect("the other thread does not panic")?)
    })
}

fn bare(cpu: usize, other: usize) -> anyhow::Result<f64> {
    pin(cpu)?;
    let there = EventFd::new()?;
    let back = EventFd::new()?;
    thread::scope(|scope| {
        let other = scope.spawn(|| -> nix::Result<f64> {
            pin(other)?;
            let began = Instant::now();
            for _ in 0..ROUNDS {
                there.write(1)?;
                back.read()?;
            }
            Ok(began.elapsed().as_nanos() as f64 / f64::from(ROUNDS))
        });
        for _ in 0..ROUNDS {
            there.read()?;
            back.write(1)?;
        }
        Ok(other.join().expect("the other thread does not panic")?)
    })
}
