//! The calls of bulk load: a file that comes, its load for real, its error sheet.

use axum::{
    extract::{
        Multipart, State,
        multipart::{MultipartError, MultipartRejection},
    },
    http::{HeaderMap, StatusCode, header},
    response::Response,
};

use super::{
    super::{
        caller::ApiCaller,
        hrefs::{ModelIs, Params, Pkid},
        routes::{Routes, Surface},
    },
    envelope,
    export::attached,
};
use crate::{
    domain::{
        App,
        inherited::Selector,
        tasks::{Manner, Mode},
        transfer::{
            errors::error_sheet,
            read::MOST_BYTES,
            upload::{self, Upload, Wanted, apply, import},
        },
    },
    fault::{Fault, FaultKind},
};

/// Bytes of a call that brings a file: the file, and what is around it.
pub const LIMIT: usize = MOST_BYTES + 64 * 1024;

/// The calls on the transaction of a load.
pub fn transaction_routes() -> Routes {
    Routes::of(Surface::Model)
        .post("/api/tool/Transaction/{pkid}/apply", again)
        .get("/api/tool/Transaction/{pkid}/errors.xlsx", errors)
}

/// `POST /api/<type>/<Model>/import/?hierarchy=…&mode=…`, multipart with the field `file`
pub async fn load(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    ModelIs(model): ModelIs,
    params: Params,
    headers: HeaderMap,
    body: Result<Multipart, MultipartRejection>,
) -> Result<Response, Fault> {
    let wanted = Wanted {
        place: params.hierarchy().map(str::to_owned),
        mode: mode(&params)?.unwrap_or_default(),
        template: Selector::template(&params.0),
    };
    let (upload, _) = sent(&headers, body).await?;
    let asked = import(&app, &caller, &model, upload, wanted, Manner::queued(None)).await?;
    Ok(envelope::accepted(&asked.transaction_id))
}

/// The field `file` of a form, and its other fields.
pub async fn sent(
    headers: &HeaderMap,
    body: Result<Multipart, MultipartRejection>,
) -> Result<(Upload, Vec<(String, String)>), Fault> {
    // What says that it is too long needn't be read.
    let length = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: usize| length > LIMIT) {
        return Err(upload::too_large());
    }
    let mut form = body.map_err(|_| {
        Fault::new(
            FaultKind::UnsupportedMedia,
            "unsupported_media_type",
            "Send the file as multipart/form-data, in a field named file.",
        )
    })?;
    let mut found = None;
    let mut others = Vec::new();
    while let Some(field) = form.next_field().await.map_err(|e| unread(&e))? {
        if field.name() != Some("file") {
            let name = field.name().unwrap_or_default().to_owned();
            others.push((name, field.text().await.map_err(|e| unread(&e))?));
            continue;
        }
        if found.is_some() {
            return Err(Fault::field("file", "ambiguous", "Send one file at a time."));
        }
        let name = field.file_name().unwrap_or_default().to_owned();
        let bytes = field.bytes().await.map_err(|e| unread(&e))?.into();
        found = Some(Upload { name, bytes });
    }
    let found = found.ok_or_else(|| {
        Fault::field("file", "required", "Send the file in a field of the form named file.")
    })?;
    Ok((found, others))
}

fn unread(error: &MultipartError) -> Fault {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        upload::too_large()
    } else {
        Fault::new(FaultKind::BadInput, "unreadable", "The form ended before it was complete.")
    }
}

fn mode(params: &Params) -> Result<Option<Mode>, Fault> {
    params.get("mode").filter(|text| !text.is_empty()).map(Mode::parse).transpose()
}

/// `POST /api/tool/Transaction/[id]/apply/?mode=all_or_nothing|row_by_row`
async fn again(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    Pkid(id): Pkid,
    params: Params,
) -> Result<Response, Fault> {
    let mode = mode(&params)?.unwrap_or(Mode::AllOrNothing);
    let asked = apply(&app, &caller, &id, mode).await?;
    Ok(envelope::accepted(&asked.transaction_id))
}

/// `GET /api/tool/Transaction/[id]/errors.xlsx`
async fn errors(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    Pkid(id): Pkid,
) -> Result<Response, Fault> {
    Ok(attached(error_sheet(&app, &caller, &id).await?))
}
