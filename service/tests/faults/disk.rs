//! A disk that fails every write: the process may not write to files.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// `SIGXFSZ`, which would end the process.
const TOO_LARGE: i32 = 25;

/// Makes every write to a file fail until it is mended.
pub struct Disk {
    before: Rlimit,
    _heard: Signal,
}

impl Disk {
    pub fn new() -> Self {
        let heard = signal(SignalKind::from_raw(TOO_LARGE)).expect("a signal");
        Self { before: getrlimit(Resource::Fsize), _heard: heard }
    }

    pub fn fail(&self) {
        let none = Rlimit { current: Some(0), maximum: self.before.maximum };
        setrlimit(Resource::Fsize, none).expect("a limit");
    }

    pub fn mend(&self) {
        setrlimit(Resource::Fsize, self.before).expect("the limit before");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.mend();
    }
}
