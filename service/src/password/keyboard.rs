//! Walks over the keys of a Swedish keyboard.

/// The rows, each half a key further to the right than the one above.
const ROWS: [&str; 4] = ["§1234567890+´", "\0qwertyuiopå¨", "\0asdfghjklöä'", "<zxcvbnm,.-"];
/// The same keys with shift.
const SHIFTED: [&str; 4] = ["½!\"#¤%&/()=?`", "\0QWERTYUIOPÅ^", "\0ASDFGHJKLÖÄ*", ">ZXCVBNM;:_"];

/// The row and column of a key.
fn key(c: char) -> Option<(i32, i32)> {
    let rows = ROWS.iter().zip(&SHIFTED).zip(0..);
    rows.flat_map(|((plain, shifted), row)| {
        [plain, shifted].into_iter().flat_map(move |keys| {
            keys.chars().zip(0..).map(move |(key, column)| (key, (row, column)))
        })
    })
    .find(|(key, _)| *key == c)
    .map(|(_, place)| place)
}

/// How one gets from a key to another beside it: to the sides, or to one of the two above or below.
fn step((row, column): (i32, i32), (to_row, to_column): (i32, i32)) -> Option<(i32, i32)> {
    let (down, right) = (to_row - row, to_column - column);
    let is_beside = match down {
        0 => right.abs() <= 1,
        1 => right == 0 || right == -1,
        -1 => right == 0 || right == 1,
        _ => false,
    };
    is_beside.then_some((down, right))
}

/// The longest walk that begins a text: how many keys it has, and how often it turns.
pub(super) fn walk(text: &[char]) -> (usize, u32) {
    let Some(mut here) = text.first().and_then(|c| key(*c)) else { return (0, 0) };
    let (mut length, mut turns, mut heading) = (1, 0, None);
    for c in &text[1..] {
        let Some(next) = key(*c) else { break };
        let Some(taken) = step(here, next) else { break };
        if heading.is_some_and(|before| before != taken) {
            turns += 1;
        }
        heading = Some(taken);
        here = next;
        length += 1;
    }
    (length, turns)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("qwerty", 6, 0)]
    #[case("åpoiuy", 6, 0)]
    #[case("1qaz2wsx", 4, 0)]
    #[case("asdfghjklöä", 11, 0)]
    #[case("qazxsw", 6, 2)]
    #[case("!\"#¤%", 5, 0)]
    #[case("kaffe", 1, 0)]
    fn walks_are_found(#[case] text: &str, #[case] length: usize, #[case] turns: u32) {
        let text: Vec<char> = text.chars().collect();
        assert_eq!(walk(&text), (length, turns));
    }
}
