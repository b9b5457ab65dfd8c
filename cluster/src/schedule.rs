//! Which process accepts a connection: the three ways in which workers share one port.

/// How connections get to the workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schedule {
    /// The primary accepts, and hands the sockets to the idle workers in turn. Node's default.
    RoundRobin,
    /// All workers accept from one listening socket, which they share. Node's `SCHED_NONE`.
    Shared,
    /// Each worker listens on its own socket; the kernel spreads connections by hash (`SO_REUSEPORT`, socket(7)).
    Reuseport,
}

impl Schedule {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::RoundRobin, Self::Shared, Self::Reuseport];

    /// Its name on the command line.
    pub fn name(&self) -> &'static str {
        match self {
            Self::RoundRobin => "round-robin",
            Self::Shared => "shared",
            Self::Reuseport => "reuseport",
        }
    }
}
