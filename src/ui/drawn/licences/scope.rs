//! Whose licences a table shows: those of a tenant, or of one of its sites. The rest of the page is
//! the same for both.

use crate::{
    domain::{
        App, Caller,
        access::{Permission, SITE_LICENCES},
        licences::{self, Family, Limit, Line, LineFilter, Marks, Outcome, Quantity, Tenant},
    },
    fault::Fault,
    store::Node,
};

use super::{address::TenantView, gauge::Taken};

/// A tenant or a site, with its lines.
pub struct Scope {
    pub tenant: Tenant,
    pub site: Option<Node>,
    /// Group services before user services, each by name.
    pub lines: Vec<Line>,
    pub marks: Marks,
    /// Whether the caller sets these limits.
    pub may_change: bool,
}

impl Scope {
    pub async fn read(
        app: &App,
        caller: &Caller,
        tenant_id: &str,
        site: Option<&str>,
    ) -> Result<Self, Fault> {
        let (tenant, site, group, user) = match site {
            None => {
                let all = licences::of_tenant(app, caller, tenant_id).await?;
                (all.tenant, None, all.group, all.user)
            }
            Some(site) => {
                let all = licences::of_site(app, caller, tenant_id, site).await?;
                (all.tenant, Some(all.site), all.group, all.user)
            }
        };
        let marks = licences::marks(app, &tenant.node).await?;
        let may_change = match &site {
            None => licences::may_license(caller, &tenant),
            Some(_) => caller.access.allows(SITE_LICENCES, Permission::Update),
        };
        let lines = group.into_iter().chain(user).collect();
        Ok(Self { tenant, site, lines, marks, may_change })
    }

    pub fn shown<'s>(&'s self, filter: &LineFilter) -> Vec<&'s Line> {
        self.lines.iter().filter(|line| filter.fits(line, &self.marks)).collect()
    }

    pub fn line(&self, family: Family, name: &str) -> Option<&Line> {
        self.lines.iter().find(|line| line.family == family && line.name == name)
    }

    /// "Granite Insurance", or "Rotterdam of Granite Insurance".
    pub fn name(&self) -> String {
        match &self.site {
            Some(site) => format!("{} of {}", site.name, self.tenant.node.name),
            None => self.tenant.node.name.clone(),
        }
    }

    pub fn is_site(&self) -> bool {
        self.site.is_some()
    }

    pub fn taken(&self, line: &Line, allocated: Quantity) -> Taken {
        Taken { allocated, used: line.used, packs: line.packs, words: used_words(self.is_site()) }
    }

    /// Whether the line is of a service that nobody new may get.
    pub fn no_more_assignable(&self, line: &Line) -> bool {
        line.family == Family::User
            && self.marks.get(&line.name).is_some_and(|marks| marks.no_more_assignable)
    }
}

/// What a line's `used` is.
pub fn used_words(site: bool) -> &'static str {
    if site { "in use" } else { "given to sites" }
}

/// What setting these limits would do.
pub async fn preview(
    app: &App,
    caller: &Caller,
    scope: &Scope,
    limits: Vec<Limit>,
) -> Result<Outcome, Fault> {
    let tenant = &scope.tenant.tenant_id;
    match &scope.site {
        None => licences::preview_tenant(app, caller, tenant, limits).await,
        Some(site) => licences::preview_site(app, caller, tenant, &site.pkid, limits).await,
    }
}

/// Sets limits of the tenant, or of the site that its page is about.
pub async fn set(
    app: &App,
    caller: &Caller,
    tenant_id: &str,
    view: &TenantView,
    limits: Vec<Limit>,
) -> Result<Outcome, Fault> {
    match view {
        TenantView::Site(site) => licences::set_site(app, caller, tenant_id, site, limits).await,
        _ => licences::set_tenant(app, caller, tenant_id, limits).await,
    }
}
