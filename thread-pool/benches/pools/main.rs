//! The pools side by side.

mod empty;
mod table;

fn main() -> std::io::Result<()> {
    table::head();
    empty::run()
}
