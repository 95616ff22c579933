//! The calls that only transactions have: poll, cancel, replay, and news while they run.

use std::{convert::Infallible, time::Duration};

use axum::{
    Json,
    extract::State,
    response::{
        IntoResponse, Response, Sse,
        sse::{Event as ServerEvent, KeepAlive},
    },
};
use futures_util::Stream;
use serde_json::{Map, Value, json};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::{
    super::{
        caller::ApiCaller,
        hrefs::Pkid,
        routes::{Routes, Surface},
    },
    envelope,
};
use crate::{
    domain::{
        App, Caller, resources,
        tasks::{self, events::Event},
        transactions,
    },
    fault::Fault,
};

/// Between signs of life on a quiet stream, so that nothing in between closes it.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);

pub fn routes() -> Routes {
    Routes::of(Surface::Model)
        .get("/api/tool/Transaction/{pkid}/poll", poll)
        .get("/api/tool/Transaction/{pkid}/events", events)
        .post("/api/tool/Transaction/{pkid}/cancel", cancel)
        .post("/api/tool/Transaction/{pkid}/replay", replay)
}

/// `GET /api/tool/Transaction/[id]/poll/`: `{"<id>": {status, href, description}}`
async fn poll(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    Pkid(id): Pkid,
) -> Result<Response, Fault> {
    let data = transactions::seen(&app, &caller, &id)?;
    let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
    let mut answer = Map::new();
    answer.insert(
        id.clone(),
        json!({
            "status": text("status"),
            "href": resources::href(transactions::MODEL, &id),
            "description": format!(
                "Name:{} {} Description:{}",
                text("action"),
                text("model_type"),
                text("message")
            ),
        }),
    );
    Ok(Json(Value::Object(answer)).into_response())
}

/// `POST /api/tool/Transaction/[id]/cancel/`
async fn cancel(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    Pkid(id): Pkid,
) -> Result<Response, Fault> {
    tasks::cancel(&app, &caller, &id).await?;
    let body = json!({
        "href": resources::href(transactions::MODEL, &id),
        "success": true,
        "transaction_id": id,
    });
    Ok(Json(body).into_response())
}

/// `POST /api/tool/Transaction/[id]/replay/`: a new transaction that asks for the same.
async fn replay(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    Pkid(id): Pkid,
) -> Result<Response, Fault> {
    let asked = tasks::replay(&app, &caller, &id).await?;
    Ok(envelope::accepted(&asked.transaction_id))
}

/// `GET /api/tool/Transaction/[id]/events/`: server-sent events, each
/// `{status, progress: {done, total}, message}`: how it stands now, then each change until it has
/// ended. The stream ends with it.
async fn events(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    Pkid(id): Pkid,
) -> Result<Response, Fault> {
    // Listen first: nothing that happens in between is missed.
    let news = app.tasks.events.listen();
    let now = Event::of(&id, &transactions::seen(&app, &caller, &id)?);
    let watch = Watch { app, caller, id, news, next: Some(now), over: false };
    let keep_alive = KeepAlive::new().interval(SIGN_OF_LIFE);
    Ok(Sse::new(stream(watch)).keep_alive(keep_alive).into_response())
}

struct Watch {
    app: App,
    caller: Caller,
    id: String,
    news: Receiver<Event>,
    next: Option<Event>,
    over: bool,
}

fn stream(watch: Watch) -> impl Stream<Item = Result<ServerEvent, Infallible>> {
    futures_util::stream::unfold(watch, |mut watch| async move {
        let event = watch.next().await?;
        let text = serde_json::to_string(&event).ok()?;
        Some((Ok(ServerEvent::default().data(text)), watch))
    })
}

impl Watch {
    async fn next(&mut self) -> Option<Event> {
        if self.over {
            return None;
        }
        let event = match self.next.take() {
            Some(event) => event,
            None => tokio::select! {
                event = heard(&self.id, &mut self.news) => match event {
                    Some(event) => event,
                    // Too slow for the news: the record has what was missed.
                    None => {
                        let data = transactions::seen(&self.app, &self.caller, &self.id).ok()?;
                        Event::of(&self.id, &data)
                    }
                },
                () = self.app.tasks.told_to_stop() => return None,
            },
        };
        self.over = event.is_last();
        Some(event)
    }
}

/// The next news of one transaction; `None` where some were missed.
async fn heard(id: &str, news: &mut Receiver<Event>) -> Option<Event> {
    loop {
        match news.recv().await {
            Ok(event) if event.transaction_id == id => return Some(event),
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return None,
            // The program ends, and the stream with it.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
