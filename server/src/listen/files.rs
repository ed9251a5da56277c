//! How many files the process may have open: every connection is one.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// No more than this is asked for.
const ENOUGH: u64 = 65_536;
/// So many connections are enough for anything, and what is held for them fits into memory.
const MOST_PLACES: usize = 8_192;
/// For the database, stored files and the log.
const LEAST_FOR_OTHERS: usize = 96;

/// Raises the limit as far as the system lets it be raised, and returns it.
pub fn raise_limit() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.unwrap_or(ENOUGH).min(ENOUGH);
    let now = limit.current.unwrap_or(ENOUGH);
    if now >= most {
        return usize::try_from(now).unwrap_or(usize::MAX);
    }
    let raised =
        setrlimit(Resource::Nofile, Rlimit { current: Some(most), maximum: limit.maximum });
    if let Err(error) = raised {
        tracing::warn!(%error, "the limit of open files stays at {now}");
        return usize::try_from(now).unwrap_or(usize::MAX);
    }
    usize::try_from(most).unwrap_or(usize::MAX)
}

/// How many connections there may be when so many files may be open.
pub fn places(files: usize) -> usize {
    files.saturating_sub(LEAST_FOR_OTHERS.max(files / 8)).clamp(8, MOST_PLACES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(0, 8)]
    #[case(256, 160)]
    #[case(1_024, 896)]
    #[case(65_536, 8_192)]
    fn something_is_left_for_the_database(#[case] files: usize, #[case] expected: usize) {
        assert_eq!(places(files), expected);
    }

    #[test]
    fn the_limit_is_raised() {
        let raised = raise_limit();
        assert!(raised >= 256, "{raised}");
        assert_eq!(raise_limit(), raised);
    }
}
