//! Values by key within a number of bytes; those asked for longest ago make room.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// Holds values up to a number of bytes.
#[derive(Debug)]
pub struct Shelf<K, V> {
    limit: usize,
    held: Mutex<Held<K, V>>,
}

#[derive(Debug)]
struct Held<K, V> {
    values: HashMap<K, Place<V>>,
    /// Keys by when they were asked for last.
    turns: BTreeMap<u64, K>,
    next: u64,
    bytes: usize,
}

#[derive(Debug)]
struct Place<V> {
    value: Arc<V>,
    bytes: usize,
    turn: u64,
}

impl<K: Hash + Eq + Clone, V> Shelf<K, V> {
    /// Holds at most `limit` bytes.
    pub fn new(limit: usize) -> Self {
        let held = Held { values: HashMap::new(), turns: BTreeMap::new(), next: 0, bytes: 0 };
        Self { limit, held: Mutex::new(held) }
    }

    /// The value of `key`, if it is held; it becomes the last to be dropped.
    pub fn get(&self, key: &K) -> Option<Arc<V>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let held = &mut *held;
        let place = held.values.get_mut(key)?;
        held.turns.remove(&place.turn);
        place.turn = held.next;
        held.turns.insert(held.next, key.clone());
        held.next += 1;
        Some(Arc::clone(&place.value))
    }

    /// Holds a value of so many `bytes`; one larger than everything held together may be is not held.
    pub fn put(&self, key: K, value: Arc<V>, bytes: usize) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let held = &mut *held;
        held.drop_value(&key);
        if bytes > self.limit {
            return;
        }
        while held.bytes + bytes > self.limit {
            let Some((_, oldest)) = held.turns.pop_first() else { break };
            held.drop_value(&oldest);
        }
        held.turns.insert(held.next, key.clone());
        held.values.insert(key, Place { value, bytes, turn: held.next });
        held.next += 1;
        held.bytes += bytes;
    }
}

impl<K: Hash + Eq, V> Held<K, V> {
    fn drop_value(&mut self, key: &K) {
        if let Some(place) = self.values.remove(key) {
            self.turns.remove(&place.turn);
            self.bytes -= place.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_longest_ago_makes_room() {
        let shelf = Shelf::new(24);
        let put = |key: &'static str, bytes: usize| shelf.put(key, Arc::new(()), bytes);
        put("a", 8);
        put("b", 8);
        assert!(shelf.get(&"a").is_some());
        put("c", 12);
        assert!(shelf.get(&"b").is_none(), "b was asked for longest ago");
        assert!(shelf.get(&"a").is_some() && shelf.get(&"c").is_some());
        put("d", 25);
        assert!(shelf.get(&"d").is_none(), "larger than everything held together may be");
        put("c", 1);
        put("e", 15);
        assert!(
            ["a", "c", "e"].iter().all(|key| shelf.get(key).is_some()),
            "a new value frees the old one's bytes"
        );
    }
}
