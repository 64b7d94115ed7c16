//! A small HTTP/1.1 client for measuring: one kept connection, bodies with a known length. Talks to this machine only.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};

use anyhow::{Context, ensure};

/// A kept connection to the server under test.
pub(super) struct Client {
    reader: BufReader<TcpStream>,
    headers: String,
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

impl Client {
    /// Connects; `headers` are sent with each request, each line ended by CRLF.
    pub(super) fn new(address: SocketAddr, headers: &str) -> anyhow::Result<Self> {
        ensure!(address.ip().is_loopback(), "only this machine is measured");
        let stream = TcpStream::connect(address).context("the server under test cannot be reached")?;
        stream.set_nodelay(true)?;
        Ok(Self {
            reader: BufReader::with_capacity(64 << 10, stream),
            headers: format!("Host: {address}\r\n{headers}"),
        })
    }

    /// Connects anew: a server ends connections that nobody used for a while.
    pub(super) fn reconnect(&mut self) -> anyhow::Result<()> {
        let address = self.reader.get_ref().peer_addr()?;
        let stream = TcpStream::connect(address).context("the server under test cannot be reached")?;
        stream.set_nodelay(true)?;
        self.reader = BufReader::with_capacity(64 << 10, stream);
        Ok(())
    }

    pub(super) fn get(&mut self, path: &str) -> anyhow::Result<Answer> {
        self.send("GET", path, "", &[])
    }

    pub(super) fn post(&mut self, path: &str, media_type: &str, body: &[u8]) -> anyhow::Result<Answer> {
        self.send("POST", path, &format!("Content-Type: {media_type}\r\nContent-Length: {}\r\n", body.len()), body)
    }

    fn send(&mut self, method: &str, path: &str, more: &str, body: &[u8]) -> anyhow::Result<Answer> {
        let head = format!("{method} {path} HTTP/1.1\r\n{}{more}\r\n", self.headers);
        let stream = self.reader.get_mut();
        if body.len() < 4096 {
            let mut all = head.into_bytes();
            all.extend_from_slice(body);
            stream.write_all(&all)?;
        } else {
            stream.write_all(head.as_bytes())?;
            stream.write_all(body)?;
        }
        self.receive()
    }

    fn receive(&mut self) -> anyhow::Result<Answer> {
        let mut line = String::new();
        self.reader.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|s| s.parse().ok()).context("no status line came back")?;
        let mut length = 0;
        let mut chunked = false;
        loop {
            line.clear();
            self.reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().context("content-length is not a number")?;
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                chunked = value.trim().eq_ignore_ascii_case("chunked");
            }
        }
        let mut body = vec![0; length];
        if chunked {
            body = self.chunks()?;
        } else {
            self.reader.read_exact(&mut body)?;
        }
        Ok(Answer { status, body })
    }

    fn chunks(&mut self) -> anyhow::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let mut line = String::new();
            self.reader.read_line(&mut line)?;
            let size = usize::from_str_radix(line.trim(), 16).context("a chunk without a size")?;
            let at = body.len();
            body.resize(at + size, 0);
            self.reader.read_exact(&mut body[at..])?;
            self.reader.read_line(&mut line)?;
            if size == 0 {
                return Ok(body);
            }
        }
    }
}
