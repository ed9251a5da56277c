//! The Leptos application: its pages, the functions they call, and what both find as context.

use std::{panic::resume_unwind, sync::Arc};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION},
        request::Parts,
    },
    middleware::{self, Next, map_response},
    response::{IntoResponse, Response},
    routing::{MethodFilter, any, on},
};
use kvarten_app::{
    App, Asker, PageOwner, RefusedForm, SiteFiles,
    calls::{ANSWER_TYPE, ClientAddress, CookieRules, WireError},
    shell,
};
use kvarten_service::Services;
use leptos::{
    config::LeptosOptions,
    context::{provide_context, use_context},
    nonce::use_nonce,
    reactive::owner::with_context,
    server_fn::axum::server_fn_paths,
};
use leptos_axum::{
    ErrorHandler, LeptosRoutes, ResponseOptions,
    generate_route_list_with_exclusions_and_ssg_and_context, handle_server_fns_with_context,
};
use tracing::Instrument;

use crate::{
    answers::refusal, client_address::client_address, config::HttpConfig, policy::PagePolicy, shape,
};

/// The longest call, in bytes.
pub(crate) const LONGEST_CALL: usize = 64 * 1024;
/// The most fields of a form. The largest there is has one for each profession and system.
const MOST_FIELDS: usize = 4_096;

/// What is answered to a call that is too long.
pub(crate) fn too_much() -> Response {
    refusal(StatusCode::PAYLOAD_TOO_LARGE, WireError::TooLarge)
}

/// The application, ready to be routed to. Cheap to clone.
#[derive(Clone)]
pub struct Pages {
    services: Services,
    options: LeptosOptions,
    files: SiteFiles,
    policy: Arc<PagePolicy>,
    trusted_proxies: u8,
    cookies: CookieRules,
}

impl Pages {
    /// The application over a database.
    pub fn new(
        services: &Services,
        options: &LeptosOptions,
        files: SiteFiles,
        http: &HttpConfig,
    ) -> Self {
        Self {
            services: services.clone(),
            options: options.clone(),
            files,
            policy: Arc::new(PagePolicy::new(options, http.is_secure())),
            trusted_proxies: http.trusted_proxies,
            cookies: CookieRules { is_secure: http.is_secure() },
        }
    }

    /// What every function finds as context.
    fn provide(&self) {
        provide_context(self.services.clone());
        provide_context(self.cookies);
        let address = with_context(|parts: &Parts| {
            client_address(&parts.headers, &parts.extensions, self.trusted_proxies)
        });
        provide_context(ClientAddress(address.unwrap_or_default()));
        let found = with_context(|parts: &Parts| {
            (
                parts.extensions.get::<PageOwner>().cloned(),
                parts.extensions.get::<RefusedForm>().cloned(),
            )
        });
        let (owner, refused) = found.unwrap_or_default();
        if let Some(owner) = owner {
            provide_context(owner);
        }
        if let Some(refused) = refused {
            provide_context(refused);
        }
    }

    /// What every page finds as context; tells the browser which scripts belong to it.
    fn provide_to_page(&self) {
        self.provide();
        if let Some(asker) = with_context(|parts: &Parts| parts.extensions.get::<Asker>().cloned())
        {
            provide_context(asker.unwrap_or_default());
        }
        if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) {
            response.insert_header(CONTENT_SECURITY_POLICY, self.policy.with_nonce(&nonce));
        }
    }

    /// The functions that pages call.
    pub fn functions(&self) -> Router {
        let mut router = Router::new();
        for (path, method) in server_fn_paths() {
            let Ok(method) = MethodFilter::try_from(method) else { continue };
            let this = self.clone();
            let call = move |request: Request| this.clone().call(request);
            router = router.route(path, on(method, call));
        }
        router.route("/api/{*name}", any(no_such_function))
    }

    async fn call(self, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let kind = parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let is_form = kind.is_some_and(|kind| kind.contains("urlencoded"));
        let has_too_many =
            |body: &Bytes| is_form && body.split(|byte| *byte == b'&').count() > MOST_FIELDS;
        let body = match to_bytes(body, LONGEST_CALL).await {
            Ok(body) if !has_too_many(&body) => body,
            _ => return too_much(),
        };
        let request = Request::from_parts(parts, Body::from(body));
        let answer = handle_server_fns_with_context(move || self.provide(), request).await;
        let mut answer = answer.into_response();
        if !answer.headers().contains_key(LOCATION) {
            answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(ANSWER_TYPE));
        }
        answer
    }

    /// The pages.
    pub fn router(&self) -> Router {
        let this = self.clone();
        // Leptos would route to the functions, too, but without a limit to what they are sent.
        let functions = server_fn_paths().map(|(path, _)| path.to_owned()).collect();
        let (routes, _) = generate_route_list_with_exclusions_and_ssg_and_context(
            App,
            Some(functions),
            move || this.provide(),
        );
        let this = self.clone();
        let (options, files) = (self.options.clone(), self.files.clone());
        Router::new()
            .leptos_routes_with_context(
                &self.options,
                routes,
                move || this.provide_to_page(),
                move || shell(options.clone(), files.clone()),
            )
            .with_state(self.options.clone())
            .layer(map_response(shape::mark))
            .layer(middleware::from_fn(draw_to_the_end))
    }

    /// The page that says there is no such page.
    pub fn not_found(&self) -> Router {
        let this = self.clone();
        let context = move || this.provide_to_page();
        let files = self.files.clone();
        let shell = move |options| shell(options, files.clone());
        let page = ErrorHandler::new_with_context(context, shell, self.options.clone());
        Router::new()
            .fallback_service(page)
            .layer(map_response(shape::mark))
            .layer(middleware::from_fn(draw_to_the_end))
    }
}

async fn no_such_function() -> Response {
    refusal(StatusCode::NOT_FOUND, WireError::NotFound)
}

/// Draws a page on a task of its own and to its end, also when whoever asked hangs up meanwhile. Parts of
/// a page are drawn on tasks that Leptos starts; dropped in the middle, these would find gone what they
/// stand on. Data that is still being fetched then is given up, so that there is little left to draw.
async fn draw_to_the_end(mut request: Request, next: Next) -> Response {
    let asker = Asker::default();
    request.extensions_mut().insert(asker.clone());
    let _hangs_up = asker.0.drop_guard();
    let drawing = async move {
        let (parts, body) = next.run(request).await.into_parts();
        match to_bytes(body, usize::MAX).await {
            Ok(body) => Response::from_parts(parts, Body::from(body)),
            Err(_) => refusal(StatusCode::INTERNAL_SERVER_ERROR, WireError::Trouble),
        }
    };
    match tokio::spawn(drawing.in_current_span()).await {
        Ok(response) => response,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            // The process ends.
            Err(_) => refusal(StatusCode::SERVICE_UNAVAILABLE, WireError::Busy),
        },
    }
}
