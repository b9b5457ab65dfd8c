//! CPU-bound work: does it get faster on threads and in processes? And if an array is to be shared?

use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::ops::Range;
use std::thread;
use std::time::Duration;

use process_basics::fork::{becomes_single_threaded, fork};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::computing::{Computing, ended_well};
use super::{Plan, Samples, Stop, work};
use crate::bench::{Bench, time};
use crate::placement::Placement::TwoCpus;

/// How long the array is that is to be shared: a step of the work gives a byte.
const ARRAY: usize = 4 << 20;

pub(super) fn speed_up(plan: &Plan) -> Result<Samples, Stop> {
    plan.place(TwoCpus)?;
    let cpus = plan.cpus.len() as u64;
    let steps = work::steps_in(Duration::from_millis(20));
    let expected = work::sum(0..steps);
    let serial = || time(|| work::check(work::sum(0..steps), expected));
    let array = RefCell::new(vec![0; ARRAY]); // written before the clock starts: its pages are there
    let mut filled = vec![0; ARRAY];
    fill(&mut filled, 0);
    let of_array = |make: fn(&mut [u8], u64) -> io::Result<()>| {
        let mut array = array.borrow_mut();
        array.fill(0);
        let ns = time(|| make(&mut array, cpus))?;
        if *array == filled { Ok(ns) } else { Err(io::Error::other("the array holds something else")) }
    };
    let mut bench = Bench::new(plan, "ns");
    bench.arm("serial", serial);
    bench.arm("control: serial, again", serial);
    bench.pair("control: serial, again", "serial");
    // Powers of two, the number of processors, and twice as many.
    let counts = (1..=2 * cpus).filter(|count| count.is_power_of_two() || *count == cpus || *count == 2 * cpus);
    for units in counts {
        let (thread, process) = (format!("thread: {units}"), format!("process: {units}"));
        bench.arm(&thread, move || time(|| work::check(on_threads(steps, units)?, expected)));
        bench.arm(&process, move || time(|| work::check(in_processes(steps, units)?, expected)));
        bench.pair("serial", &thread);
        bench.pair("serial", &process);
        bench.pair(&process, &thread);
    }
    bench.arm("thread: rayon", || with_rayon(steps, cpus, expected));
    bench.pair("serial", "thread: rayon");
    bench.arm("serial: array", || of_array(array_alone));
    bench.arm("thread: array", || of_array(array_on_threads));
    bench.arm("process: array", || of_array(array_in_processes));
    bench.pair("serial: array", "thread: array");
    bench.pair("serial: array", "process: array");
    bench.pair("process: array", "thread: array");
    bench.run(plan.rounds(7, 45))
}

fn on_threads(steps: u64, units: u64) -> io::Result<u64> {
    thread::scope(|scope| {
        let start = |part| thread::Builder::new().spawn_scoped(scope, move || work::sum(part));
        let threads: Vec<_> = work::parts(steps, units).map(start).collect::<io::Result<_>>()?;
        let sums = threads.into_iter().map(|thread| thread.join().expect("arithmetic does not panic"));
        Ok(sums.fold(0, u64::wrapping_add))
    })
}

fn in_processes(steps: u64, units: u64) -> io::Result<u64> {
    let start = |part| Computing::start(|| Ok(work::sum(part)));
    let children: Vec<Computing> = work::parts(steps, units).map(start).collect::<io::Result<_>>()?;
    children.into_iter().try_fold(0_u64, |sum, child| Ok(sum.wrapping_add(child.number()?)))
}

/// On a pool that is there before the clock starts, and gone when the next arm wants to fork.
fn with_rayon(steps: u64, threads: u64, expected: u64) -> io::Result<f64> {
    let builder = rayon::ThreadPoolBuilder::new().num_threads(threads as usize);
    let pool = builder.build().map_err(io::Error::other)?;
    let pieces: Vec<Range<u64>> = work::parts(steps, 64).collect();
    let sum = || pieces.into_par_iter().map(work::sum).reduce(|| 0, u64::wrapping_add);
    let ns = time(|| work::check(pool.install(sum), expected));
    drop(pool);
    becomes_single_threaded()?;
    ns
}

fn fill(part: &mut [u8], from: u64) {
    part.iter_mut().zip(from..).for_each(|(byte, step)| *byte = work::mix(step) as u8);
}

fn array_alone(array: &mut [u8], _: u64) -> io::Result<()> {
    fill(array, 0);
    Ok(())
}

/// The array in parts, each with its place.
fn parts(array: &mut [u8], units: u64) -> impl Iterator<Item = (&mut [u8], u64)> {
    let length = array.len().div_ceil(units as usize);
    array.chunks_mut(length).enumerate().map(move |(part, bytes)| (bytes, (part * length) as u64))
}

/// Threads write into the one array.
fn array_on_threads(array: &mut [u8], units: u64) -> io::Result<()> {
    thread::scope(|scope| {
        let mut parts = parts(array, units);
        parts
            .try_for_each(|(part, from)| thread::Builder::new().spawn_scoped(scope, move || fill(part, from)).map(drop))
    })
}

/// Each process writes into a copy: what it has computed comes back through a pipe.
fn array_in_processes(array: &mut [u8], units: u64) -> io::Result<()> {
    let mut children = Vec::new();
    for (part, from) in parts(array, units) {
        let (result, mut to) = io::pipe()?;
        let child = fork(|| {
            fill(part, from);
            to.write_all(part).map_or(1, |()| 0)
        })?;
        children.push((child, result, part));
    }
    for (child, mut result, part) in children {
        result.read_exact(part)?;
        ended_well(child.wait()?)?;
    }
    Ok(())
}
