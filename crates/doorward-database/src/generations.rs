//! What was read, kept in memory.

use std::collections::HashMap;

/// A bounded map of what can be had again; [`Database::version`](crate::Database::version) tells for how long it is true.
///
/// Two generations instead of a list in order of use: a full young one becomes the old one, and what is used from there
/// is young again. Nothing is ever searched or sorted.
#[derive(Debug)]
pub struct Generations<T> {
    young: HashMap<Box<str>, Weighed<T>>,
    old: HashMap<Box<str>, Weighed<T>>,
    /// Of all that is young.
    weight: usize,
    /// How heavy one generation may get.
    limit: usize,
}

#[derive(Debug)]
struct Weighed<T> {
    value: T,
    weight: usize,
}

impl<T: Clone> Generations<T> {
    /// At most twice `limit` is kept: so many entries, or so many of whatever they are weighed in.
    pub fn of(limit: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), weight: 0, limit }
    }

    /// What stands there, if it is still `good`.
    pub fn get(&mut self, key: &str, good: impl Fn(&T) -> bool) -> Option<T> {
        if let Some(found) = self.young.get(key) {
            return good(&found.value).then(|| found.value.clone());
        }
        let (key, found) = self.old.remove_entry(key).filter(|(_, found)| good(&found.value))?;
        let value = found.value.clone();
        self.insert(key, found);
        Some(value)
    }

    /// Keeps one of many that are alike.
    pub fn put(&mut self, key: &str, value: T) {
        self.put_weighing(1, key, value);
    }

    /// Keeps what takes more room than others; not what takes more than a whole generation.
    pub fn put_weighing(&mut self, weight: usize, key: &str, value: T) {
        if weight <= self.limit {
            self.insert(key.into(), Weighed { value, weight });
        }
    }

    fn insert(&mut self, key: Box<str>, entry: Weighed<T>) {
        if let Some(before) = self.young.remove(&key) {
            self.weight -= before.weight;
        }
        if self.weight + entry.weight > self.limit {
            self.old = std::mem::take(&mut self.young);
            self.weight = 0;
        }
        self.weight += entry.weight;
        self.young.insert(key, entry);
    }
}

#[cfg(test)]
mod tests {
    use super::Generations;

    #[test]
    fn what_is_used_stays_and_the_rest_goes() {
        let mut kept = Generations::of(2);
        for (key, value) in [("a", 1), ("b", 2), ("c", 3)] {
            kept.put(key, value);
        }
        assert_eq!(kept.get("a", |_| true), Some(1), "young again");
        kept.put("d", 4);
        assert_eq!(kept.get("b", |_| true), None);
        assert_eq!(kept.get("a", |_| true), Some(1));
    }

    #[test]
    fn what_is_no_longer_good_is_not_found() {
        let mut kept = Generations::of(1);
        kept.put("a", 1);
        assert_eq!(kept.get("a", |value| *value == 2), None);
        kept.put("b", 2);
        assert_eq!(kept.get("a", |value| *value == 2), None);
        assert_eq!(kept.get("b", |value| *value == 2), Some(2));
    }

    #[test]
    fn two_generations_weigh_no_more_than_twice_the_limit() {
        let mut kept = Generations::of(100);
        kept.put_weighing(101, "giant", 0);
        assert_eq!(kept.get("giant", |_| true), None);
        let keys = ["a", "b", "c", "d", "e", "f", "g", "h"];
        for round in 0..1000_usize {
            kept.put_weighing(round * 31 % 100, keys[round % keys.len()], round);
            let weight = |map: &std::collections::HashMap<_, super::Weighed<usize>>| {
                map.values().map(|entry| entry.weight).sum::<usize>()
            };
            assert!(weight(&kept.young) == kept.weight && kept.weight <= 100 && weight(&kept.old) <= 100, "{kept:?}");
        }
        // The same one again and again pushes nobody out.
        kept = Generations::of(100);
        kept.put_weighing(20, "quiet", 1);
        for round in 0..100 {
            kept.put_weighing(70, "busy", round);
        }
        assert_eq!(kept.young.len(), 2);
    }
}
