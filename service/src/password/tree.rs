//! What waits, in a tree of networks and accounts: each node serves its children in turn.

use std::collections::{BTreeMap, VecDeque};

/// Something that waits.
pub(super) trait Wait {
    /// Whether nothing waits any more.
    fn is_over(&self) -> bool;
}

/// A network or an account, and what waits there.
#[derive(Debug)]
pub(super) struct Node<W> {
    len: usize,
    /// Children with something waiting, in the order they are served.
    order: VecDeque<String>,
    children: BTreeMap<String, Node<W>>,
    waiters: VecDeque<W>,
}

impl<W> Default for Node<W> {
    fn default() -> Self {
        Self { len: 0, order: VecDeque::new(), children: BTreeMap::new(), waiters: VecDeque::new() }
    }
}

impl<W: Wait> Node<W> {
    /// Lets something wait at a place.
    pub(super) fn push(&mut self, path: &[String], waiter: W) {
        self.len += 1;
        let Some((first, rest)) = path.split_first() else {
            self.waiters.push_back(waiter);
            return;
        };
        if !self.children.contains_key(first) {
            self.order.push_back(first.clone());
        }
        self.children.entry(first.clone()).or_default().push(rest, waiter);
    }

    /// The next request; each child in turn.
    pub(super) fn pop(&mut self) -> Option<W> {
        if let Some(waiter) = self.waiters.pop_front() {
            self.len -= 1;
            return Some(waiter);
        }
        let name = self.order.pop_front()?;
        let child = self.children.get_mut(&name)?;
        let waiter = child.pop();
        self.len -= 1;
        if child.len == 0 {
            self.children.remove(&name);
        } else {
            self.order.push_back(name);
        }
        waiter
    }

    /// Takes the newest request away from whoever has the most.
    pub(super) fn drop_newest(&mut self) {
        if self.waiters.pop_back().is_some() {
            self.len -= 1;
            return;
        }
        let largest = self.children.iter().max_by_key(|(_, child)| child.len);
        let Some(name) = largest.map(|(name, _)| name.clone()) else { return };
        if let Some(child) = self.children.get_mut(&name) {
            child.drop_newest();
            self.len -= 1;
            if child.len == 0 {
                self.children.remove(&name);
                self.order.retain(|other| *other != name);
            }
        }
    }

    /// Forgets the requests whose clients have hung up.
    pub(super) fn forget_over(&mut self) {
        self.waiters.retain(|waiter| !waiter.is_over());
        self.len = self.waiters.len();
        for child in self.children.values_mut() {
            child.forget_over();
            self.len += child.len;
        }
        self.children.retain(|_, child| child.len > 0);
        self.order.retain(|name| self.children.contains_key(name));
    }

    /// How many wait.
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// How many wait at a place.
    pub(super) fn len_at(&self, path: &[String]) -> usize {
        match path.split_first() {
            None => self.len,
            Some((first, rest)) => self.children.get(first).map_or(0, |child| child.len_at(rest)),
        }
    }

    /// The number waiting in the child with the most.
    pub(super) fn largest(&self) -> usize {
        self.children.values().map(|child| child.len).max().unwrap_or(0)
    }
}
