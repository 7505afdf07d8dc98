use std::collections::HashMap;

/// A bounded map of what can be had again.
///
/// Two generations instead of a list in order of use: a full young one becomes the old one, and what is used from there
/// is young again. Nothing is ever searched or sorted.
pub(crate) struct Generations<T> {
    young: HashMap<Box<str>, T>,
    old: HashMap<Box<str>, T>,
    /// Entries in one generation.
    limit: usize,
}

impl<T: Clone> Generations<T> {
    pub(crate) fn of(limit: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), limit }
    }

    /// What stands there, if it is still `good`.
    pub(crate) fn get(&mut self, key: &str, good: impl Fn(&T) -> bool) -> Option<T> {
        if let Some(found) = self.young.get(key) {
            return good(found).then(|| found.clone());
        }
        let (key, found) = self.old.remove_entry(key).filter(|(_, found)| good(found))?;
        self.put(key, found.clone());
        Some(found)
    }

    pub(crate) fn put(&mut self, key: impl Into<Box<str>>, value: T) {
        if self.young.len() >= self.limit {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key.into(), value);
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
}
