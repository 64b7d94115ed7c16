//! A model as bytes, so that a site learns once and keeps what it learnt.
//!
//! Layout, little-endian: version byte, records, rates, chances, then lists of values with their counts. Values that
//! one household has are left out: a value not listed counts as rare, which it is.

use super::Model;
use super::defaults::{KINDS, Tables};
use super::frequency::{Frequencies, Lists};
use crate::Error;
use crate::compare::{FIELDS, LEVELS};

const VERSION: u8 = 1;
/// Values of fewer records than this are not kept.
const KEPT_FROM: u32 = 4;

/// Writes a model.
pub fn save(model: &Model) -> Vec<u8> {
    let lists = model.frequencies.lists(KEPT_FROM);
    let mut bytes = vec![VERSION];
    bytes.extend(lists.records.to_le_bytes());
    for number in model.rates.iter().chain(model.tables.iter().flatten().flatten()) {
        bytes.extend(number.to_le_bytes());
    }
    for list in [&lists.counts, &lists.group_most] {
        bytes.extend((list.len() as u32).to_le_bytes());
        for (value, count) in list {
            bytes.extend(value.to_le_bytes());
            bytes.extend(count.to_le_bytes());
        }
    }
    bytes.extend((lists.usage.len() as u32).to_le_bytes());
    for (value, (same, mixed)) in &lists.usage {
        bytes.extend(value.to_le_bytes());
        bytes.extend(same.to_le_bytes());
        bytes.extend(mixed.to_le_bytes());
    }
    bytes.extend((lists.contested.len() as u32).to_le_bytes());
    for number in &lists.contested {
        bytes.extend(number.to_le_bytes());
    }
    bytes
}

/// Reads a model that [`save`] wrote. Bytes of another version or cut short are refused; learn again then.
pub fn load(bytes: &[u8]) -> Result<Model, Error> {
    let mut reader = Reader { bytes };
    let [version] = reader.take::<1>()?;
    if version != VERSION {
        return Err(Error::ModelVersion(version));
    }
    let records = reader.u32()?;
    let mut rates = [0.0; KINDS];
    for rate in &mut rates {
        *rate = reader.f32()?;
    }
    let mut tables: Tables = [[[0.0; LEVELS]; FIELDS]; KINDS];
    for number in tables.iter_mut().flatten().flatten() {
        *number = reader.f32()?;
    }
    let mut lists = Lists { records, ..Lists::default() };
    for _ in 0..reader.u32()? {
        lists.counts.push((reader.u64()?, reader.u32()?));
    }
    for _ in 0..reader.u32()? {
        lists.group_most.push((reader.u64()?, reader.u32()?));
    }
    for _ in 0..reader.u32()? {
        lists.usage.push((reader.u64()?, (reader.u32()?, reader.u32()?)));
    }
    for _ in 0..reader.u32()? {
        lists.contested.push(reader.u32()?);
    }
    Ok(Model { frequencies: Frequencies::from_lists(lists), rates, tables })
}

struct Reader<'a> {
    bytes: &'a [u8],
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let (head, rest) = self.bytes.split_first_chunk::<N>().ok_or(Error::ModelCut)?;
        self.bytes = rest;
        Ok(*head)
    }

    fn u32(&mut self) -> Result<u32, Error> {
        self.take().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Result<u64, Error> {
        self.take().map(u64::from_le_bytes)
    }

    /// A weight; what is no finite number was not written by [`save`].
    fn f32(&mut self) -> Result<f32, Error> {
        let number = self.take().map(f32::from_le_bytes)?;
        if number.is_finite() { Ok(number) } else { Err(Error::ModelCut) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::{Thresholds, judge};
    use crate::link::learn_model;
    use crate::profile::Profile;
    use crate::record::SourceRecord;

    #[test]
    fn a_saved_model_judges_alike_and_a_damaged_one_is_refused() {
        let person = |given, birth_date| {
            Profile::new(&SourceRecord {
                given,
                family: "Jones",
                birth_date,
                phones: vec!["5025551234"],
                ..SourceRecord::default()
            })
        };
        let people = [
            person("Ann", "1980-03-14"),
            person("Anne", "1980-03-14"),
            person("Bob", "1977-01-09"),
            person("Ann", "1980-03-14"),
        ];
        let model = learn_model(&people);
        let bytes = save(&model);
        let again = load(&bytes).expect("written by save");
        let judged = |model: &Model| judge(model, Thresholds::default(), &people[0], &people[3]).bits;
        assert!((judged(&model) - judged(&again)).abs() < 1.0);
        assert!(load(&bytes[..bytes.len() - 1]).is_err() && load(&[]).is_err() && load(&[9; 5000]).is_err());
    }
}
