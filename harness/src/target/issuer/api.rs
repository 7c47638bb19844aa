//! The HTTP of an issuer.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get};
use axum::{Json, Router};
use http::{HeaderMap, StatusCode};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::tokens::{Owner, Refusal, Tokens};

type Shared = Arc<Mutex<Tokens>>;

/// Serves an issuer at a port of its own.
pub(super) async fn serve(tokens: Shared) -> io::Result<(SocketAddr, JoinHandle<()>)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let router = Router::new()
        .route("/tokens", get(list).post(make))
        .route("/tokens/{id}", delete(revoke))
        .route("/me", get(me))
        .with_state(tokens);
    let task = tokio::spawn(async move {
        // It serves until it is given up.
        let _ = axum::serve(listener, router).await;
    });
    Ok((address, task))
}

fn locked(tokens: &Shared) -> MutexGuard<'_, Tokens> {
    tokens.lock().unwrap_or_else(PoisonError::into_inner)
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// The token that is shown.
fn shown(headers: &HeaderMap) -> &str {
    let authorization = header(headers, "authorization").unwrap_or_default();
    authorization.strip_prefix("Bearer ").unwrap_or_default()
}

/// Whose token is shown, or the answer to one that is not accepted.
fn caller(tokens: &Tokens, headers: &HeaderMap) -> Result<Owner, Response> {
    tokens.owner_of(shown(headers)).ok_or_else(|| {
        let body = json!({"message": "the token is not accepted"});
        (StatusCode::UNAUTHORIZED, Json(body)).into_response()
    })
}

fn refused(refusal: Refusal) -> Response {
    let status = match refusal {
        Refusal::TooMany => StatusCode::CONFLICT,
        Refusal::Unknown => StatusCode::NOT_FOUND,
    };
    (status, Json(json!({"message": refusal.to_string()}))).into_response()
}

async fn make(State(tokens): State<Shared>, headers: HeaderMap) -> Result<Response, Response> {
    let mut tokens = locked(&tokens);
    let owner = caller(&tokens, &headers)?;
    let made = tokens
        .make(owner, header(&headers, "idempotency-key"))
        .map_err(refused)?;
    tokens.replace(shown(&headers), made.id);
    let body = json!({"id": made.id, "token": made.value});
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

async fn list(State(tokens): State<Shared>, headers: HeaderMap) -> Result<Response, Response> {
    let tokens = locked(&tokens);
    let owner = caller(&tokens, &headers)?;
    let listed = tokens
        .list(owner)
        .map(|token| json!({"id": token.id, "prefix": token.prefix()}));
    Ok(Json(json!({"tokens": listed.collect::<Vec<_>>()})).into_response())
}

async fn revoke(
    State(tokens): State<Shared>,
    Path(id): Path<u64>,
    headers: HeaderMap,
) -> Result<Response, Response> {
    let mut tokens = locked(&tokens);
    let owner = caller(&tokens, &headers)?;
    tokens.revoke(owner, id).map_err(refused)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn me(State(tokens): State<Shared>, headers: HeaderMap) -> Result<Response, Response> {
    caller(&locked(&tokens), &headers)?;
    Ok(Json(json!({"name": "app"})).into_response())
}
