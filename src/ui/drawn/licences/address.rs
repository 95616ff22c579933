//! The addresses of the licence pages, and what those of a licence table say about it.

use crate::{
    domain::licences::LineFilter,
    fault::Fault,
    ui::routes::{decode, encode, with_query},
};

/// All tenants.
pub const TENANTS: &str = "/tenants";
/// The parameter that makes a licence table one to type into.
pub const EDIT: &str = "edit";

/// A page of one tenant, below `/tenants/<tenant_id>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantPath {
    pub tenant_id: String,
    pub view: TenantView,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TenantView {
    Licences,
    Packs,
    /// A pack that was put to the tenant, by its technical name.
    Pack(String),
    /// Before it is taken away again.
    RemovePack(String),
    Sites,
    /// The licences of a site, by its pkid.
    Site(String),
}

impl TenantPath {
    pub fn new(tenant_id: &str, view: TenantView) -> Self {
        Self { tenant_id: tenant_id.to_owned(), view }
    }

    /// Reads the path of a URL, still percent-encoded.
    pub fn of_location(path: &str) -> Option<Self> {
        let rest = path.strip_prefix(TENANTS)?.strip_prefix('/')?;
        let segments: Vec<String> = rest.split('/').filter(|s| !s.is_empty()).map(decode).collect();
        let (tenant_id, rest) = segments.split_first()?;
        let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
        let view = match rest.as_slice() {
            [] | ["licenses"] => TenantView::Licences,
            ["service_packs"] => TenantView::Packs,
            ["service_packs", name] => TenantView::Pack((*name).to_owned()),
            ["service_packs", name, "remove"] => TenantView::RemovePack((*name).to_owned()),
            ["sites"] => TenantView::Sites,
            ["sites", site, "licenses"] => TenantView::Site((*site).to_owned()),
            _ => return None,
        };
        Some(Self { tenant_id: tenant_id.clone(), view })
    }

    pub fn href(&self) -> String {
        let tenant = format!("{TENANTS}/{}", encode(&self.tenant_id));
        match &self.view {
            TenantView::Licences => format!("{tenant}/licenses"),
            TenantView::Packs => format!("{tenant}/service_packs"),
            TenantView::Pack(name) => format!("{tenant}/service_packs/{}", encode(name)),
            TenantView::RemovePack(name) => {
                format!("{tenant}/service_packs/{}/remove", encode(name))
            }
            TenantView::Sites => format!("{tenant}/sites"),
            TenantView::Site(site) => format!("{tenant}/sites/{}/licenses", encode(site)),
        }
    }
}

/// A licence table's state, which is its URL. Every control of it is a link, or a form, to the same
/// address with something changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    path: String,
    pub filter: LineFilter,
    pub edit: bool,
    node: Option<String>,
}

impl Look {
    pub fn read(path: &str, pairs: &[(String, String)]) -> Result<Self, Fault> {
        let value = |name: &str| {
            let found = pairs.iter().find(|(n, value)| n == name && !value.is_empty());
            found.map(|(_, value)| value.clone())
        };
        Ok(Self {
            path: path.to_owned(),
            filter: LineFilter::read(pairs)?,
            edit: value(EDIT).is_some(),
            node: value("hierarchy"),
        })
    }

    pub fn path(&self) -> &str {
        &self.path
    }

    /// What the address says, but for the part that is changed.
    pub fn pairs(&self, change: impl FnOnce(&mut LineFilter)) -> Vec<(String, String)> {
        let mut filter = self.filter.clone();
        change(&mut filter);
        let mut pairs = Vec::new();
        if let Some(node) = &self.node {
            pairs.push(("hierarchy".to_owned(), node.clone()));
        }
        pairs.extend(filter.to_pairs());
        pairs
    }

    /// The same table with other filters, to be looked at.
    pub fn with(&self, change: impl FnOnce(&mut LineFilter)) -> String {
        with_query(&self.path, &self.pairs(change))
    }

    /// The same lines, to be looked at.
    pub fn looking(&self) -> String {
        self.with(|_| {})
    }

    /// The same lines, to be typed into.
    pub fn editing(&self) -> String {
        let mut pairs = self.pairs(|_| {});
        pairs.push((EDIT.to_owned(), "1".to_owned()));
        with_query(&self.path, &pairs)
    }

    /// The same lines as a file.
    pub fn export(&self, format: &str) -> String {
        let mut pairs = self.filter.to_pairs();
        pairs.push(("format".to_owned(), format.to_owned()));
        with_query(&format!("{}/export", self.path), &pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_back_from_its_link() {
        let views = [
            TenantView::Licences,
            TenantView::Packs,
            TenantView::Pack("a/b %".to_owned()),
            TenantView::RemovePack("é".to_owned()),
            TenantView::Sites,
            TenantView::Site("507f".to_owned()),
        ];
        for view in views {
            let path = TenantPath::new("north/wind", view);
            assert_eq!(TenantPath::of_location(&path.href()), Some(path));
        }
        for nothing in ["/tenants", "/tenants/", "/tenants/a/b", "/tenantsx/a"] {
            assert_eq!(TenantPath::of_location(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn filters_stay_while_lines_are_edited() {
        let pairs = [("hierarchy", "sys.x"), ("search", "call"), ("edit", "1")]
            .map(|(n, v)| (n.to_owned(), v.to_owned()));
        let look = Look::read("/tenants/x/licenses", &pairs).ok();
        let look = look.as_ref();
        assert_eq!(
            look.map(Look::looking).as_deref(),
            Some("/tenants/x/licenses?hierarchy=sys.x&search=call")
        );
        assert_eq!(
            look.map(Look::editing).as_deref(),
            Some("/tenants/x/licenses?hierarchy=sys.x&search=call&edit=1")
        );
    }
}
