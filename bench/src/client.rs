//! One connection to the program, kept open.

use http::{Request, header};
use http_body_util::{BodyExt, Full};
use hyper::{body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::Failure;

/// The password of everybody in the demonstration.
pub(crate) const PASSWORD: &str = "en kvart om dagen";

/// A connection.
pub struct Client {
    sender: http1::SendRequest<Full<Bytes>>,
    address: String,
    is_compressed: bool,
}

/// What came back.
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The cookies that were set, without their attributes.
    pub cookie: Option<String>,
    /// The body.
    pub body: Bytes,
}

impl Client {
    /// Connects.
    ///
    /// # Errors
    /// Nothing listens there.
    pub async fn connect(address: &str) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self { sender, address: address.to_owned(), is_compressed: false })
    }

    /// The same, and answers may come compressed with Brotli, as a browser asks for them.
    #[must_use]
    pub fn compressed(self) -> Self {
        Self { is_compressed: true, ..self }
    }

    async fn send(&mut self, mut request: Request<Full<Bytes>>) -> Result<Answer, Failure> {
        if self.is_compressed {
            let brotli = header::HeaderValue::from_static("br");
            request.headers_mut().insert(header::ACCEPT_ENCODING, brotli);
        }
        self.sender.ready().await?;
        let response = self.sender.send_request(request).await?;
        let status = response.status().as_u16();
        let set = response.headers().get_all(header::SET_COOKIE).iter();
        let set = set.filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
        let cookies: Vec<&str> = set.collect();
        let cookie = (!cookies.is_empty()).then(|| cookies.join("; "));
        let body = response.into_body().collect().await?.to_bytes();
        Ok(Answer { status, cookie, body })
    }

    /// Asks for a page.
    ///
    /// # Errors
    /// The connection ends.
    pub async fn get(&mut self, path: &str, cookie: &str) -> Result<Answer, Failure> {
        let request = Request::get(path)
            .header(header::HOST, &self.address)
            .header(header::ACCEPT, "text/html")
            .header(header::COOKIE, cookie)
            .body(Full::default())?;
        self.send(request).await
    }

    /// Posts to a call, as the script does.
    ///
    /// # Errors
    /// The connection ends.
    pub async fn post(
        &mut self,
        path: &str,
        cookie: &str,
        kind: &str,
        body: Vec<u8>,
    ) -> Result<Answer, Failure> {
        let request = Request::post(path)
            .header(header::HOST, &self.address)
            .header(header::ACCEPT, "application/octet-stream")
            .header(header::CONTENT_TYPE, kind)
            .header(header::COOKIE, cookie)
            .header("sec-fetch-site", "same-origin")
            .body(Full::new(Bytes::from(body)))?;
        self.send(request).await
    }

    /// Signs in as one of the demonstration's people and returns the session's cookie.
    ///
    /// # Errors
    /// The connection ends, or the program knows no such number.
    pub async fn sign_in(&mut self, employee_number: &str) -> Result<String, Failure> {
        let fields: String = form_urlencoded::Serializer::new(String::new())
            .append_pair("name", employee_number)
            .append_pair("password", PASSWORD)
            .finish();
        let kind = "application/x-www-form-urlencoded";
        let answer = self.post("/api/sign_in", "", kind, fields.into_bytes()).await?;
        answer.cookie.ok_or_else(|| format!("{employee_number} could not sign in").into())
    }
}
