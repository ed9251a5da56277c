//! One connection to the program, kept open.

use std::net::IpAddr;

use http::{Request, header};
use http_body_util::{BodyExt, Full};
use hyper::{body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpSocket, TcpStream};

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
        Self::over(TcpStream::connect(address).await?, address).await
    }

    /// Connects from another address of this machine.
    ///
    /// # Errors
    /// Nothing listens there, or this machine has no such address.
    pub async fn connect_from(source: IpAddr, address: &str) -> Result<Self, Failure> {
        let socket = TcpSocket::new_v4()?;
        socket.bind((source, 0).into())?;
        Self::over(socket.connect(address.parse()?).await?, address).await
    }

    async fn over(stream: TcpStream, address: &str) -> Result<Self, Failure> {
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
        let answer = self.try_to_sign_in(employee_number, PASSWORD).await?;
        answer.cookie.ok_or_else(|| format!("{employee_number} could not sign in").into())
    }

    /// Tries to sign in, and returns whatever is answered.
    ///
    /// # Errors
    /// The connection ends.
    pub async fn try_to_sign_in(&mut self, name: &str, password: &str) -> Result<Answer, Failure> {
        let fields: String = form_urlencoded::Serializer::new(String::new())
            .append_pair("name", name)
            .append_pair("password", password)
            .finish();
        let kind = "application/x-www-form-urlencoded";
        self.post("/api/sign_in", "", kind, fields.into_bytes()).await
    }

    /// Sends a request with headers of its own.
    ///
    /// # Errors
    /// The connection ends.
    pub async fn send_with(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer, Failure> {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.header(header::HOST, &self.address);
        self.send(request.body(Full::new(Bytes::from(body)))?).await
    }
}
