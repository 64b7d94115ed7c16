//! `near`: places within a distance (R4 Location, `near=latitude|longitude|distance|unit`).
//!
//! Positions stand in the number index with the latitude first, so a band of latitude is a range of the index; how far
//! each place in it is, is worked out here. There are as many rows as places with a position, not as many as records.

use super::criterion::{Criterion, Select};
use super::plan::Planner;
use super::query::{Pair, wrong};
use super::value::split;
use crate::conn::{Param as Sql, Value};
use crate::error::Result;
use crate::index::Flavor;
use crate::scope::int_list;
use continuo_fhir::ResourceType;
use continuo_fhir::search::Param;
use continuo_fhir::ucum::to_base;

/// The mean radius of the earth, in meters.
const EARTH: f64 = 6_371_008.8;
/// How far where the request does not say: the spec leaves it to the server.
const USUAL: f64 = 50_000.0;

impl Planner<'_> {
    pub(super) fn near(
        &mut self,
        type_: ResourceType,
        param: &'static Param,
        value: &str,
        pair: &Pair,
    ) -> Result<Criterion> {
        let place = Place::read(value).map_err(|text| wrong(&pair.name, &text))?;
        let number = self.param_number(type_, param, Flavor::Plain)?;
        let band = (place.distance / EARTH).to_degrees();
        let rows = self.conn.query(
            "select x.rid, x.low, x.high from idx_number x
             where x.org = ?1 and x.param = ?2 and x.unit = -1 and x.low >= ?3 and x.low <= ?4",
            &[
                self.scope.org.param(),
                Sql::Int(number),
                Value::Real(place.latitude - band).as_param(),
                Value::Real(place.latitude + band).as_param(),
            ],
            |row| Ok((row.int(0)?, row.real(1)?, row.real(2)?)),
        )?;
        let near: Vec<i64> =
            rows.into_iter().filter(|(_, lat, lon)| place.reaches(*lat, *lon)).map(|(rid, _, _)| rid).collect();
        if near.is_empty() {
            return Ok(Criterion::Nothing);
        }
        let sql = format!("select x.rid from resource x where x.rid in ({})", int_list(&near));
        Ok(Criterion::In(vec![Select { probes: true, once: true, ..Select::new(sql) }]))
    }
}

/// A place and how far around it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Place {
    latitude: f64,
    longitude: f64,
    /// In meters.
    distance: f64,
}

impl Place {
    fn read(value: &str) -> std::result::Result<Self, String> {
        let parts = split(value, '|');
        let degrees = |at: usize, most: f64| {
            let text = parts.get(at).copied().unwrap_or("");
            text.parse::<f64>().ok().filter(|n| n.abs() <= most)
        };
        let (Some(latitude), Some(longitude)) = (degrees(0, 90.0), degrees(1, 180.0)) else {
            return Err("is not latitude|longitude|distance|unit in degrees, such as 42.1|-71.2|10|km".to_owned());
        };
        let unit = match parts.get(3).copied().unwrap_or("") {
            "" => "km",
            "mi" | "[mi_us]" => "[mi_i]",
            other => other,
        };
        let (meter, key) = to_base(1.0, unit).ok_or_else(|| format!("has the unit `{unit}`, which is not known"))?;
        let (one, length) = to_base(1.0, "m").unwrap_or((1.0, key));
        if key != length {
            return Err(format!("has the unit `{unit}`, which is no length"));
        }
        let distance = match parts.get(2).copied().unwrap_or("") {
            "" => USUAL,
            text => {
                let number = text.parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0);
                number.ok_or_else(|| format!("has the distance `{text}`, which is not a number"))? * meter / one
            }
        };
        Ok(Self { latitude, longitude, distance })
    }

    /// Whether a position is within the distance, along the great circle.
    fn reaches(self, latitude: f64, longitude: f64) -> bool {
        let half = |degrees: f64| (degrees.to_radians() / 2.0).sin().powi(2);
        let across = self.latitude.to_radians().cos() * latitude.to_radians().cos();
        let chord = half(latitude - self.latitude) + across * half(longitude - self.longitude);
        2.0 * EARTH * chord.clamp(0.0, 1.0).sqrt().asin() <= self.distance
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_follow_the_globe() {
        let reach = |text: &str, latitude, longitude| Place::read(text).unwrap().reaches(latitude, longitude);
        // A degree of latitude is 111.2 km; of longitude at 60 degrees half of that.
        assert!(reach("0|0|112|km", 1.0, 0.0) && !reach("0|0|111|km", 1.0, 0.0));
        assert!(reach("60|0|56|km", 60.0, 1.0) && !reach("60|0|55|km", 60.0, 1.0));
        assert!(reach("0|179.9|30|km", 0.0, -179.9), "across the date line");
        assert!(reach("0|0|70|[mi_i]", 1.0, 0.0) && !reach("0|0|68|mi", 1.0, 0.0));
        assert!(reach("0|0", 0.3, 0.0) && !reach("0|0||km", 1.0, 0.0));
        for bad in ["", "1", "91|0", "0|0|x|km", "0|0|1|kg", "0|0|1|parsnip", "NaN|0", "0|0|-1"] {
            assert!(Place::read(bad).is_err(), "{bad}");
        }
    }
}
