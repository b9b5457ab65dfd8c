//! What the lessons need beside their one idea.

pub mod inherited; // what a parent hands down, set back
pub mod own_program; // this program again, as a child process
pub mod deadline; // a child process that cannot be left behind, and cannot keep us waiting
pub mod roles; // what this program does as a child
pub mod task; // what the kernel knows about a thread
pub mod fault; // seven ways to fail
