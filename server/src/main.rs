//! The program `kvarten`.

use std::process::ExitCode;

fn main() -> ExitCode {
    kvarten_server::cli::run()
}
