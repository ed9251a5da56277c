//! What an attacker can compute from sums: linear algebra over everything that was ever disclosed.

use std::collections::BTreeSet;

/// A prime: what holds modulo a large one holds for fractions, but for chance.
const PRIME: u64 = 2_147_483_647;

fn inverse(of: u64) -> u64 {
    let (mut base, mut power, mut result) = (of % PRIME, PRIME - 2, 1);
    while power > 0 {
        if power % 2 == 1 {
            result = result * base % PRIME;
        }
        base = base * base % PRIME;
        power /= 2;
    }
    result
}

/// A basis of what can be computed from some sums over people, in reduced form.
pub(crate) fn basis(mut rows: Vec<Vec<u64>>) -> Vec<Vec<u64>> {
    let columns = rows.first().map_or(0, Vec::len);
    let mut done = 0;
    for column in 0..columns {
        let Some(pivot) = (done..rows.len()).find(|row| rows[*row][column] != 0) else { continue };
        rows.swap(done, pivot);
        let factor = inverse(rows[done][column]);
        for value in &mut rows[done] {
            *value = *value * factor % PRIME;
        }
        let lead = rows[done].clone();
        for (at, row) in rows.iter_mut().enumerate() {
            let factor = row[column];
            if at != done && factor != 0 {
                for (value, lead) in row.iter_mut().zip(&lead) {
                    *value = (*value + (PRIME - factor) * lead) % PRIME;
                }
            }
        }
        done += 1;
    }
    rows.truncate(done);
    rows
}

fn rank_without(rows: &[Vec<u64>], people: &[usize]) -> usize {
    let mut rest = rows.to_vec();
    for row in &mut rest {
        for at in people {
            row[*at] = 0;
        }
    }
    basis(rest).len()
}

/// The smallest group of at most `most` people about whom alone something can be computed from sums
/// over sets of people, whatever the weights; `known` are people the attacker knows all about.
pub(crate) fn smallest_exposed(
    sums: &BTreeSet<Vec<usize>>,
    people: usize,
    known: &[usize],
    most: usize,
) -> Option<Vec<usize>> {
    let row = |sum: &Vec<usize>| {
        let mut row = vec![0; people];
        for at in sum.iter().filter(|at| !known.contains(at)) {
            row[*at] += 1;
        }
        row
    };
    let rows = basis(sums.iter().map(row).collect());
    let columns: Vec<usize> =
        (0..people).filter(|at| rows.iter().any(|row| row[*at] != 0)).collect();
    // What is about some people alone vanishes without them.
    let is_exposed = |group: &[usize]| rank_without(&rows, group) < rows.len();
    (1..=most).find_map(|size| subsets(&columns, size).find(|group| is_exposed(group)))
}

/// All subsets of a size.
fn subsets(of: &[usize], size: usize) -> Box<dyn Iterator<Item = Vec<usize>> + '_> {
    if size == 0 {
        return Box::new(std::iter::once(Vec::new()));
    }
    Box::new((0..of.len()).flat_map(move |at| {
        subsets(&of[at + 1..], size - 1).map(move |mut rest| {
            rest.push(of[at]);
            rest
        })
    }))
}

#[test]
fn the_attack_finds_what_can_be_computed() {
    let sums = |sums: &[&[usize]]| sums.iter().map(|sum| sum.to_vec()).collect::<BTreeSet<_>>();
    let ten: Vec<usize> = (0..10).collect();
    let found = smallest_exposed(&sums(&[&ten, &ten[1..]]), 10, &[], 4);
    assert_eq!(found, Some(vec![0]), "ten people and nine of them");
    // Three sums of which no two differ by few: a + b, b + c, a + c.
    let (a, b, c) = ([0, 1, 2], [3, 4, 5, 6, 7], [8, 9]);
    let three = sums(&[&[&a[..], &b].concat(), &[&b[..], &c].concat(), &[&a[..], &c].concat()]);
    assert_eq!(smallest_exposed(&three, 10, &[], 4), Some(vec![9, 8]), "c = (a+c + b+c - a-b) / 2");
    assert_eq!(smallest_exposed(&sums(&[&ten[..5], &ten[5..]]), 10, &[], 4), None);
    assert_eq!(
        smallest_exposed(&sums(&[&ten[..5], &ten[5..]]), 10, &[4], 4),
        Some(vec![3, 2, 1, 0])
    );
}
