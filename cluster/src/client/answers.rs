//! Which worker answers.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;

/// Asks for `/` on `requests` fresh connections, one after another: how often each pid answered.
///
/// # Errors
/// Those of [`get`](super::get); `InvalidData` when an answer is no pid.
pub fn who_answers(address: SocketAddr, requests: u64) -> io::Result<BTreeMap<u32, u64>> {
    let mut counts = BTreeMap::new();
    for _ in 0..requests {
        *counts.entry(super::get(address, "/")?.pid()?).or_default() += 1;
    }
    Ok(counts)
}
