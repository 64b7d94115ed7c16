//! Tables made by scripts; each file's first line says how.
pub(crate) mod fold_table;
