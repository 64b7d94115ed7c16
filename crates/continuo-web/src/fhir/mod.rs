//! The FHIR R4 API under `/fhir`.

pub(crate) mod outcome;

use crate::route::Route;

/// The API's rows of the route table.
pub(crate) const ROUTES: &[Route] = &[];
