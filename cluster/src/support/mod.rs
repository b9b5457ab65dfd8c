//! How this program starts itself again, and what its children do.

pub mod inherited; // what a parent may have left
pub mod own_program; // this program, as a child
pub mod roles; // what a child does
