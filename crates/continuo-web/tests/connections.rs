//! The door on a real socket: slow senders, bodies nobody asked for, many connections.

mod common;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use common::TestApp;

/// Serves a test's app on a port of its own until the guard is dropped.
struct Served {
    address: SocketAddr,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Served {
    fn new(test: &TestApp) -> Self {
        let router = continuo_web::router(Arc::clone(&test.app));
        let (stop, asked) = tokio::sync::oneshot::channel();
        let (told, address) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("this machine has a loopback");
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("this machine has a loopback");
                told.send(listener.local_addr().expect("this machine has a loopback"))
                    .expect("this machine has a loopback");
                continuo_web::listen::serve(listener, router, &continuo_web::Front::default(), async {
                    asked.await.ok();
                })
                .await;
            });
        });
        Self { address: address.recv().expect("this machine has a loopback"), stop: Some(stop), thread: Some(thread) }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("this machine has a loopback");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("this machine has a loopback");
        stream
    }

    /// Sends these bytes and reads the answer's head.
    fn ask(&self, bytes: &str) -> String {
        let mut stream = self.connect();
        stream.write_all(bytes.as_bytes()).expect("this machine has a loopback");
        let mut out = [0; 2000];
        let read = stream.read(&mut out).expect("this machine has a loopback");
        String::from_utf8_lossy(&out[..read]).into_owned()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.take().map(|stop| stop.send(()));
        self.thread.take().map(std::thread::JoinHandle::join);
    }
}

#[test]
fn who_may_not_write_is_told_before_the_body_is_sent() {
    let test = TestApp::new();
    let served = Served::new(&test);
    // 40 MB are announced and never sent: a server that waited for them would not answer.
    let head = "POST /fhir/Patient HTTP/1.1\r\nhost: clinic.test\r\ncontent-length: 40000000\r\n";
    let refused = served.ask(&format!("{head}authorization: Bearer cst_nobody\r\n\r\n{{"));
    assert!(refused.starts_with("HTTP/1.1 401"), "{refused}");
    let too_long = head.replace("40000000", "99999999999");
    let token = test.token();
    let refused = served.ask(&format!("{too_long}authorization: Bearer {token}\r\n\r\n{{"));
    assert!(refused.starts_with("HTTP/1.1 413"), "{refused}");
}

#[test]
fn slow_senders_are_cut_off_and_others_are_served() {
    let test = TestApp::new();
    let served = Served::new(&test);
    let token = test.token();
    let mut slow: Vec<TcpStream> = (0..40).map(|_| served.connect()).collect();
    for (at, stream) in slow.iter_mut().enumerate() {
        let part = if at % 2 == 0 {
            "GET /sign-in HTTP/1.1\r\nhost: clinic.test\r\nx-slow: ".to_owned()
        } else {
            format!(
                "POST /fhir/Patient HTTP/1.1\r\nhost: clinic.test\r\nauthorization: Bearer {token}\r\n\
                 content-length: 1000\r\n\r\n{{"
            )
        };
        stream.write_all(part.as_bytes()).unwrap();
    }
    let answer = served.ask("GET /fhir/metadata HTTP/1.1\r\nhost: clinic.test\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    // Each slow connection ends by the server's word, with an answer or without, well within the 60 s of the reader.
    for mut stream in slow {
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
}

#[test]
fn guessing_passwords_from_one_address_has_to_wait() {
    let test = TestApp::new();
    let served = Served::new(&test);
    let body = "account=nobody&password=x";
    let post = format!(
        "POST /sign-in HTTP/1.1\r\nhost: clinic.test\r\norigin: http://clinic.test\r\nconnection: close\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let statuses: Vec<String> = (0..62).map(|_| served.ask(&post)[9..12].to_owned()).collect();
    assert_eq!(statuses[0], "422");
    assert_eq!(statuses[61], "429", "{statuses:?}");
}
