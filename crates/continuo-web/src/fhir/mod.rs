//! The FHIR R4 API under `/fhir`: thin. Addresses, headers and status codes here; everything else in `care::record`.

mod body;
mod bundle;
mod capability;
mod everything;
pub(crate) mod export;
mod history;
mod matching;
mod measure;
mod operation;
pub(crate) mod outcome;
pub(crate) mod paging;
mod resource;
mod search;
mod shape;
mod validate;

use crate::route::{Gate, Route};

/// Bodies of single resources and of Bundles, in bytes. Searches and operations that take only parameters keep the limit
/// of forms.
pub(crate) const BODY_LIMIT: usize = 50 << 20;

/// The API's rows of the route table.
pub(crate) const ROUTES: &[Route] = &[
    Route::get("/fhir/metadata", Gate::Open, capability::statement).quick(),
    Route::post("/fhir", Gate::Api, bundle::execute).body_limit(BODY_LIMIT),
    Route::post("/fhir/", Gate::Api, bundle::execute).body_limit(BODY_LIMIT),
    Route::get("/fhir", Gate::Api, search::system),
    Route::get("/fhir/", Gate::Api, search::system),
    Route::get("/fhir/_history", Gate::Api, history::of_system),
    Route::get("/fhir/$export", Gate::Api, export::start),
    Route::post("/fhir/$export", Gate::Api, export::start),
    Route::get("/fhir/Patient/$export", Gate::Api, export::start_of_patients),
    Route::post("/fhir/Patient/$export", Gate::Api, export::start_of_patients),
    Route::get("/fhir/Group/{id}/$export", Gate::Api, export::start_of_group),
    Route::post("/fhir/Group/{id}/$export", Gate::Api, export::start_of_group),
    Route::get("/fhir/$export-status/{job}", Gate::Api, export::status),
    Route { method: "DELETE", ..Route::get("/fhir/$export-status/{job}", Gate::Api, export::cancel) },
    Route::get("/fhir/$export-file/{job}/{file}", Gate::Api, export::file),
    Route::post("/fhir/$validate", Gate::Api, validate::any).body_limit(BODY_LIMIT),
    Route::post("/fhir/{type}/$validate", Gate::Api, validate::any).body_limit(BODY_LIMIT),
    Route::post("/fhir/{type}/{id}/$validate", Gate::Api, validate::any).body_limit(BODY_LIMIT),
    Route::post("/fhir/Patient/$match", Gate::Api, matching::find).body_limit(BODY_LIMIT),
    Route::get("/fhir/Patient/{id}/$person", Gate::Api, matching::person),
    Route::get("/fhir/Patient/$everything", Gate::Api, everything::of_all),
    Route::post("/fhir/Patient/$everything", Gate::Api, everything::of_all),
    Route::get("/fhir/Patient/{id}/$everything", Gate::Api, everything::of_patient),
    Route::post("/fhir/Patient/{id}/$everything", Gate::Api, everything::of_patient),
    Route::get("/fhir/Measure/$evaluate-measure", Gate::Api, measure::evaluate),
    Route::post("/fhir/Measure/$evaluate-measure", Gate::Api, measure::evaluate),
    Route::get("/fhir/Measure/{id}/$evaluate-measure", Gate::Api, measure::evaluate),
    Route::post("/fhir/Measure/{id}/$evaluate-measure", Gate::Api, measure::evaluate),
    Route::get("/fhir/Measure/$data-requirements", Gate::Api, measure::data_requirements),
    Route::post("/fhir/Measure/$data-requirements", Gate::Api, measure::data_requirements),
    Route::get("/fhir/Measure/{id}/$data-requirements", Gate::Api, measure::data_requirements),
    Route::post("/fhir/Measure/{id}/$data-requirements", Gate::Api, measure::data_requirements),
    Route::get("/fhir/Library/$data-requirements", Gate::Api, measure::library_requirements),
    Route::post("/fhir/Library/$data-requirements", Gate::Api, measure::library_requirements),
    Route::get("/fhir/Library/{id}/$data-requirements", Gate::Api, measure::library_requirements),
    Route::post("/fhir/Library/{id}/$data-requirements", Gate::Api, measure::library_requirements),
    Route::get("/fhir/Measure/$care-gaps", Gate::Api, measure::gaps),
    Route::post("/fhir/Measure/$care-gaps", Gate::Api, measure::gaps),
    Route::get("/fhir/Measure/{id}/$care-gaps", Gate::Api, measure::gaps),
    Route::post("/fhir/Measure/{id}/$care-gaps", Gate::Api, measure::gaps),
    Route::get("/fhir/{type}", Gate::Api, search::type_),
    Route::post("/fhir/{type}", Gate::Api, resource::create).body_limit(BODY_LIMIT),
    Route { method: "PUT", ..Route::post("/fhir/{type}", Gate::Api, resource::update_conditional) }
        .body_limit(BODY_LIMIT),
    Route { method: "PATCH", ..Route::post("/fhir/{type}", Gate::Api, resource::patch_conditional) }
        .body_limit(BODY_LIMIT),
    Route { method: "DELETE", ..Route::get("/fhir/{type}", Gate::Api, resource::delete_conditional) },
    Route::post("/fhir/{type}/_search", Gate::Api, search::posted),
    Route::post("/fhir/_search", Gate::Api, search::system),
    Route::get("/fhir/{type}/_history", Gate::Api, history::of_type),
    Route::get("/fhir/{type}/{id}", Gate::Api, resource::read).quick(),
    Route { method: "PUT", ..Route::post("/fhir/{type}/{id}", Gate::Api, resource::update) }.body_limit(BODY_LIMIT),
    Route { method: "PATCH", ..Route::post("/fhir/{type}/{id}", Gate::Api, resource::patch) }.body_limit(BODY_LIMIT),
    Route { method: "DELETE", ..Route::get("/fhir/{type}/{id}", Gate::Api, resource::delete) },
    Route::get("/fhir/{type}/{id}/_history", Gate::Api, history::of_resource),
    Route::get("/fhir/{type}/{id}/_history/{version}", Gate::Api, resource::version),
];
