//! The program `kvarten`.

use std::process::ExitCode;

/// Pages are made of many small pieces, and the system's allocator was a sixth of their time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    kvarten_server::cli::run()
}
