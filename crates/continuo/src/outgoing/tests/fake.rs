//! A server on this machine that plays prepared turns and remembers what it heard.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What it does with one connection.
#[derive(Clone)]
pub(crate) struct Turn {
    head: String,
    body: Vec<u8>,
    wait: Duration,
}

impl Turn {
    /// 200 with a body.
    pub(crate) fn ok(body: &str) -> Self {
        Self { head: "200 OK".to_owned(), body: body.as_bytes().to_vec(), wait: Duration::ZERO }
    }

    /// A status.
    pub(crate) fn status(status: u16) -> Self {
        Self { head: format!("{status} X"), ..Self::ok("the service's own words") }
    }

    /// 307 to another address.
    pub(crate) fn redirect(to: &str) -> Self {
        Self { head: format!("307 X\r\nlocation: {to}"), ..Self::ok("") }
    }

    /// Answers after a while.
    pub(crate) fn slow(wait: Duration) -> Self {
        Self { wait, ..Self::ok("late") }
    }
}

/// See the module.
pub(crate) struct Fake {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Fake {
    /// Plays these turns, one a connection, then goes away. Without turns nothing listens.
    pub(crate) fn start(turns: Vec<Turn>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("this machine has a port");
        let address = listener.local_addr().expect("it has an address");
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        let memory = Arc::clone(&heard);
        std::thread::spawn(move || {
            for turn in turns {
                let Ok((mut stream, _)) = listener.accept() else { return };
                let text = read(&mut stream);
                memory.lock().expect("no test fails while it is held").push(text);
                // One turn may be slow without keeping the next connection waiting.
                let mut play = move || {
                    std::thread::sleep(turn.wait);
                    let head = format!(
                        "HTTP/1.1 {}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                        turn.head,
                        turn.body.len()
                    );
                    // The client may be gone: that is its test.
                    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&turn.body));
                };
                if turn.wait.is_zero() { play() } else { drop(std::thread::spawn(play)) }
            }
        });
        Self { address, heard }
    }

    /// An address on it.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Everything it heard so far.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("no test fails while it is held").clone()
    }
}

/// One request with its body, as far as its length says.
fn read(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 8192];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some(end) = text.find("\r\n\r\n") {
            let length = text
                .to_lowercase()
                .split("content-length:")
                .nth(1)
                .and_then(|rest| rest.lines().next()?.trim().parse::<usize>().ok())
                .unwrap_or(0);
            if bytes.len() >= end + 4 + length {
                return text;
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return String::from_utf8_lossy(&bytes).into_owned(),
            Ok(n) => bytes.extend_from_slice(&buffer[..n]),
        }
    }
}
