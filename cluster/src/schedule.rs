//! Which process accepts a connection: the three ways in which workers share one port.

use std::fmt;
use std::str::FromStr;

/// How connections get to the workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schedule {
    /// The primary accepts, and hands each socket to the worker that has been free the longest. Node's default.
    RoundRobin,
    /// All workers accept from one listening socket, which they share. Node's `SCHED_NONE`.
    Shared,
    /// Each worker listens on its own socket; the kernel spreads connections by hash (`SO_REUSEPORT`, socket(7)).
    Reuseport,
}

impl Schedule {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::RoundRobin, Self::Shared, Self::Reuseport];
}

/// Its name, as `FromStr` reads it.
impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.pad(match self {
            Self::RoundRobin => "round-robin",
            Self::Shared => "shared",
            Self::Reuseport => "reuseport",
        })
    }
}

impl FromStr for Schedule {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|schedule| schedule.to_string() == name).ok_or_else(|| {
            let names = Self::ALL.map(|schedule| schedule.to_string()).join(", ");
            format!("no schedule is named '{name}'; there are: {names}")
        })
    }
}
