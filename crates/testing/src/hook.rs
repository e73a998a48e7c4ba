//! An address of somebody else's that is told by webhooks.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use tokio::task::JoinHandle;

/// A call that came.
#[derive(Clone, Debug)]
pub struct HookCall {
    /// Its headers.
    pub headers: HeaderMap,
    /// What it said.
    pub body: String,
}

impl HookCall {
    /// A header.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("text"))
    }
}

#[derive(Default)]
struct Book {
    answers: VecDeque<u16>,
    calls: Vec<HookCall>,
}

/// The address; it ends with the test.
pub struct Hook {
    port: u16,
    book: Arc<Mutex<Book>>,
    task: JoinHandle<()>,
}

impl Drop for Hook {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Hook {
    /// Starts one that agrees to everything.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let book = Arc::new(Mutex::new(Book::default()));
        let app = Router::new()
            .route("/hook", post(receive))
            .with_state(Arc::clone(&book));
        let task = tokio::spawn(async move {
            axum::serve(listener, app).await.expect("serving");
        });
        Self { port, book, task }
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hook", self.port)
    }

    /// Its host and port.
    #[must_use]
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Answers the next call with this status.
    pub fn answer(&self, status: u16) {
        let mut book = self.book.lock().expect("the book");
        book.answers.push_back(status);
    }

    /// The calls that came.
    #[must_use]
    pub fn calls(&self) -> Vec<HookCall> {
        self.book.lock().expect("the book").calls.clone()
    }
}

async fn receive(
    State(book): State<Arc<Mutex<Book>>>,
    headers: HeaderMap,
    body: String,
) -> StatusCode {
    let mut book = book.lock().expect("the book");
    book.calls.push(HookCall { headers, body });
    let status = book.answers.pop_front().unwrap_or(204);
    StatusCode::from_u16(status).expect("a status")
}
