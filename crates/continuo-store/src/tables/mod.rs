//! Product tables: one file a table, one function a question, the SQL inside the function.
//!
//! How to add one: crate README, "Adding a table". Functions take `&mut Conn` first, so they serve readers
//! (`reader.conn()`) and the writer (`tx.conn()?`) alike.

pub mod account;
pub mod assessed;
pub mod audit_entry;
pub mod care_gap;
pub mod consent_opening;
pub mod decision;
pub mod document_blob;
pub mod document_inbox;
pub mod emergency;
pub mod feed;
pub mod identity;
pub mod input_kept;
pub mod limited_write;
pub mod llm_call;
pub mod looked;
pub mod measure_result;
pub mod measure_run;
pub mod measure_setting;
pub mod org;
pub mod page_ack;
pub mod person;
pub mod person_header;
pub mod person_key;
pub mod press_count;
pub mod provider;
pub mod registry_row;
pub mod rule_setting;
pub mod saved_view;
pub mod session;
pub mod setting;
pub mod sign_in_place;
pub mod suggestion;
pub mod team;
pub mod work;
