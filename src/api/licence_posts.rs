//! The plain form posts of the licence screens, and the licence table as a file. A change of many
//! limits is shown before it is made and told line by line afterwards, so its posts are answered by
//! the page itself; what concerns one pack leads back to the packs.

use axum::{
    Extension, Form,
    extract::{Request, State},
    http::{StatusCode, Uri, request::Parts},
    response::{IntoResponse, Redirect, Response},
};

use super::{
    caller::PageCaller,
    model::attached,
    pages::{self, Console, Pairs, pairs_of, search},
};
use crate::{
    domain::{
        App, Caller,
        licences::{self, LineFilter, TableFormat, UserRef, Wanted},
    },
    fault::{Fault, FaultKind},
    model::form::value_of,
    server_fns::{
        context::{Did, RequestContext},
        views::Posted,
    },
    ui::{
        components::done::{Done, with_done},
        drawn::licences::{
            APPLY, ASSIGN, AUTO, Edit, PACK, SERVICE, TAKE_BACK, TenantPath, TenantView, changes,
            quantities, quantity_of, set, set_all,
        },
        routes::{login_href, with_search},
    },
};

/// What follows a post.
enum Then {
    /// The page that was posted to, drawn for these pairs.
    Page(Pairs, Option<Did>, StatusCode),
    Go(String),
}

/// `POST` of a page of a tenant.
pub async fn tenant_form(
    State(app): State<App>,
    Extension(console): Extension<Console>,
    caller: Option<PageCaller>,
    parts: Parts,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Fault> {
    let path = TenantPath::of_location(parts.uri.path())
        .ok_or_else(|| Fault::not_found("There is no such page."))?;
    let Some(PageCaller(caller)) = caller else {
        return Ok(console.keep_and_log_in(app, &parts, &pairs).await);
    };
    let (pairs, did, fault, status) =
        match carry_out(&app, &caller, &path, &parts.uri, &pairs).await {
            Ok(Then::Go(href)) => return Ok(Redirect::to(&href).into_response()),
            Ok(Then::Page(pairs, did, status)) => (pairs, did, None, status),
            Err(fault) => {
                let status = super::fault::status(fault.kind);
                (pairs, None, Some(fault), status)
            }
        };
    let posted = Posted { pairs, fault, notice: None };
    let mut response = console.answer_form(app, caller, &parts, posted, did).await;
    // What can't be shown at all has a status of its own.
    if response.status().is_success() {
        *response.status_mut() = status;
    }
    Ok(response)
}

impl Console {
    /// The page of a form that was posted, with what was typed and what became of it.
    pub async fn answer_form(
        &self,
        app: App,
        caller: Caller,
        parts: &Parts,
        posted: Posted,
        did: Option<Did>,
    ) -> Response {
        let context = RequestContext {
            app,
            caller: Some(caller),
            posted: Some(posted),
            did,
            login: None,
            whole_page: true,
        };
        self.render_in(context, parts).await
    }
}

async fn carry_out(
    app: &App,
    caller: &Caller,
    path: &TenantPath,
    uri: &Uri,
    pairs: &Pairs,
) -> Result<Then, Fault> {
    let tenant_id = &path.tenant_id;
    let back = |view: TenantView, done: Done, transaction_id: &str| {
        let search = with_done(&search(uri), done, transaction_id);
        Then::Go(with_search(&TenantPath::new(tenant_id, view).href(), &search))
    };
    match &path.view {
        TenantView::Licences | TenantView::Site(_) => limits(app, caller, path, pairs).await,
        TenantView::Packs => {
            let (wanted, auto) = (quantities(pairs)?, value_of(pairs, AUTO).is_some());
            let put = licences::put_packs(app, caller, tenant_id, wanted, auto).await?;
            Ok(back(TenantView::Packs, Done::Saved, &put.transaction_id))
        }
        TenantView::Pack(name) => {
            let quantity = quantity_of(pairs, name)?;
            let put = licences::change_pack(app, caller, tenant_id, name, quantity).await?;
            Ok(back(TenantView::Packs, Done::Saved, &put.transaction_id))
        }
        TenantView::RemovePack(name) => {
            let gone = licences::remove_pack(app, caller, tenant_id, name).await?;
            Ok(back(TenantView::Packs, Done::Deleted, &gone.transaction_id))
        }
        TenantView::Sites => Err(Fault::new(
            FaultKind::NotOffered,
            "not_offered",
            "This page takes no form; go to the licences of a site.",
        )),
    }
}

/// Sets limits when that is what the button says and all of them can be read. Everything else is
/// for the page to show.
async fn limits(
    app: &App,
    caller: &Caller,
    path: &TenantPath,
    pairs: &Pairs,
) -> Result<Then, Fault> {
    let pairs = set_all(pairs)?;
    if value_of(&pairs, "_submit") != Some(APPLY) {
        return Ok(Then::Page(pairs, None, StatusCode::OK));
    }
    let wanted: Result<Vec<_>, _> = changes(&pairs).iter().map(Edit::wanted).collect();
    let Ok(limits) = wanted else {
        return Ok(Then::Page(pairs, None, StatusCode::BAD_REQUEST));
    };
    if limits.is_empty() {
        return Ok(Then::Page(pairs, None, StatusCode::OK));
    }
    let outcome = set(app, caller, &path.tenant_id, &path.view, limits).await?;
    let none = outcome.items.iter().all(|item| item.result.is_err());
    let status = if none { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    Ok(Then::Page(pairs, Some(Did::SetLicences(outcome)), status))
}

/// What is ticked on the page that gives packs and services to users, and whether they are taken
/// back.
pub fn assignment(pairs: &Pairs) -> Result<(Wanted, bool), Fault> {
    let names = |wanted: &str| {
        let ticked = pairs.iter().filter(|(name, _)| name == wanted);
        ticked.map(|(_, value)| value.clone()).collect()
    };
    let wanted = Wanted { services: names(SERVICE), packs: names(PACK) };
    if wanted == Wanted::default() {
        let text = "Tick at least one service pack or service.";
        return Err(Fault::field(PACK, "required", text));
    }
    match value_of(pairs, "_submit") {
        Some(ASSIGN) => Ok((wanted, false)),
        Some(TAKE_BACK) => Ok((wanted, true)),
        _ => Err(Fault::field("_submit", "not_a_choice", "Press Assign or Take back.")),
    }
}

/// Gives one user what is ticked, or takes it back.
pub async fn assign_one(
    app: &App,
    caller: &Caller,
    pkid: &str,
    pairs: &Pairs,
) -> Result<Did, Fault> {
    let (wanted, remove) = assignment(pairs)?;
    let user = UserRef::Pkid(pkid.to_owned());
    let done = if remove {
        licences::unassign(app, caller, user, wanted).await?
    } else {
        licences::assign(app, caller, user, wanted).await?
    };
    Ok(Did::Assigned(done))
}

/// `GET` of a page of a tenant: the page, or with `/export?format=…` after the path of a licence
/// table what it shows as a file.
pub async fn tenant_page(
    State(app): State<App>,
    console: Extension<Console>,
    caller: Option<PageCaller>,
    request: Request,
) -> Result<Response, Fault> {
    let uri = request.uri();
    let table = uri.path().strip_suffix("/export").and_then(TenantPath::of_location);
    let (tenant_id, site) = match table {
        Some(TenantPath { tenant_id, view: TenantView::Licences }) => (tenant_id, None),
        Some(TenantPath { tenant_id, view: TenantView::Site(site) }) => (tenant_id, Some(site)),
        _ => return Ok(pages::page(State(app), console, caller, request).await),
    };
    let Some(PageCaller(caller)) = caller else {
        let here = uri.path_and_query().map_or("/", |here| here.as_str());
        return Ok(Redirect::to(&login_href(here)).into_response());
    };
    let pairs = pairs_of(uri);
    let format = TableFormat::parse(value_of(&pairs, "format").unwrap_or_default())?;
    let filter = LineFilter::read(&pairs)?;
    let (tenant, whose, lines) = match site {
        None => {
            let all = licences::of_tenant(&app, &caller, &tenant_id).await?;
            (all.tenant, tenant_id, all.group.into_iter().chain(all.user))
        }
        Some(site) => {
            let all = licences::of_site(&app, &caller, &tenant_id, &site).await?;
            let whose = format!("{tenant_id}_{}", all.site.name);
            (all.tenant, whose, all.group.into_iter().chain(all.user))
        }
    };
    let marks = licences::marks(&app, &tenant.node).await?;
    let lines: Vec<licences::Line> = lines.filter(|line| filter.fits(line, &marks)).collect();
    Ok(attached(licences::table(&app, &caller, &lines, &whose, format).await?))
}
