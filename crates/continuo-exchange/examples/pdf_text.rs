//! Prints the text layer of PDF files, as a review reads them: `cargo run -p continuo-exchange --example pdf_text -- a.pdf`.

use std::io::Write;

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(path)?;
        let text = continuo_exchange::pdf::read(&bytes, continuo_exchange::pdf::Limits::default());
        for notice in &text.notices {
            writeln!(out, "({notice})")?;
        }
        write!(out, "{}", text.whole())?;
    }
    Ok(())
}
