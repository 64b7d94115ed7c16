//! ELM documents: the JSON tree they are read into and the library as it stands in a file.

pub mod json;
pub mod library;

pub use json::Tree;
pub use library::Library;
