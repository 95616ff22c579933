//! The calls that answer files: export of one instance or of many, and the sheet to be filled in.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use tokio_util::io::ReaderStream;

use super::super::{
    body::JsonObject,
    caller::ApiCaller,
    hrefs::{ModelIs, Params, Pkid},
};
use crate::{
    domain::{
        App,
        inherited::Selector,
        policies::Wanted,
        resources::href,
        tasks::Selection,
        transfer::{
            export::{Export, Format, export},
            file::Attachment,
            template::bulk_load_template,
        },
    },
    fault::Fault,
    model::Model,
};

/// Bytes of a file that are read at a time.
const CHUNK: usize = 64 * 1024;

/// `GET /api/<type>/<Model>/[pkid]/export`, and `…/export/[pkid]/`
pub async fn one(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    ModelIs(model): ModelIs,
    Pkid(pkid): Pkid,
    params: Params,
) -> Result<Response, Fault> {
    let selection = Selection::Hrefs(vec![href(&model.model_type, &pkid)]);
    // Alone it shows all its columns, unless a policy is asked for.
    let policy = match Wanted::read(&params.0) {
        Wanted::Nearest => Wanted::None,
        wanted => wanted,
    };
    let wanted = wanted(&params, &model, selection, policy)?;
    let found = export(&app, &caller, &model, wanted).await;
    Ok(attached(found.map_err(|mut fault| {
        // It was the path that named it.
        fault.errors.retain(|error| error.field != "/hrefs");
        fault
    })?))
}

/// `POST /api/<type>/<Model>/export/` with `{"hrefs": […]}` or `{"filter": {…}, "expected_total": n}`
pub async fn many(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    ModelIs(model): ModelIs,
    params: Params,
    mut body: JsonObject,
) -> Result<Response, Fault> {
    let selection = Selection::take(&mut body.object)?;
    let wanted = wanted(&params, &model, selection, Wanted::read(&params.0))?;
    Ok(attached(export(&app, &caller, &model, wanted).await?))
}

/// `POST /api/<type>/<Model>/export_bulkload_template/`
pub async fn template(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    ModelIs(model): ModelIs,
    params: Params,
) -> Result<Response, Fault> {
    let policy = Wanted::read(&params.0);
    Ok(attached(bulk_load_template(&app, &caller, &model, params.hierarchy(), policy).await?))
}

fn wanted(
    params: &Params,
    model: &Model,
    selection: Selection,
    policy: Wanted,
) -> Result<Export, Fault> {
    params.check_version(model)?;
    Ok(Export {
        format: Format::parse(params.get("export_format"))?,
        selection,
        place: params.hierarchy().map(str::to_owned),
        template: Selector::template(&params.0),
        policy,
    })
}

/// Sends a file, under its name, from the disk.
pub fn attached(attachment: Attachment) -> Response {
    let Attachment { name, content_type, file, length } = attachment;
    let stream = ReaderStream::with_capacity(tokio::fs::File::from_std(file), CHUNK);
    let mut response = Body::from_stream(stream).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static("en"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename={}", quoted(&name))) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// A file's name as a header's parameter: in quotes where it holds more than a token may, such
/// as the colons of a time.
fn quoted(name: &str) -> String {
    let is_token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    if name.bytes().all(is_token) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
    }
}
