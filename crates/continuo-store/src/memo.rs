//! Values that callers derive from stored rows and are dear to read again: kept beside the store, by name and version.
//!
//! Nothing here is truth: whoever asks says which version they need, and another version is made anew.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::Result;
use crate::ids::OrgId;

type Value = Arc<dyn Any + Send + Sync>;

/// See the module.
#[derive(Default)]
pub(crate) struct Memo {
    values: Mutex<BTreeMap<(&'static str, OrgId), (i64, Value)>>,
}

impl Memo {
    /// The value of this name and version, made if it is not at hand.
    pub(crate) fn get<T, F>(&self, name: &'static str, org: OrgId, version: i64, make: F) -> Result<Arc<T>>
    where
        T: Any + Send + Sync,
        F: FnOnce() -> Result<T>,
    {
        let known = self.values.lock().unwrap_or_else(PoisonError::into_inner).get(&(name, org)).cloned();
        if let Some((at, value)) = known
            && at == version
            && let Ok(value) = value.downcast::<T>()
        {
            return Ok(value);
        }
        // Made outside the lock: two callers may make it twice, none waits for the other.
        let made = Arc::new(make()?);
        let mut values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        // Made twice at once, everybody has the first one: some values gather what their users put in.
        if let Some((at, value)) = values.get(&(name, org)).cloned()
            && at == version
            && let Ok(value) = value.downcast::<T>()
        {
            return Ok(value);
        }
        values.insert((name, org), (version, Arc::clone(&made) as Value));
        Ok(made)
    }
}
