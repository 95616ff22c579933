//! The addresses of the Webex pages.

use crate::{
    domain::spark_customer,
    ui::routes::{at_node, decode, detail_href, encode},
};

/// What they begin with, and the page over all customers.
pub const WEBEX: &str = "/webex";

/// A page of one Webex customer, below `/webex/<pkid>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebexPath {
    pub pkid: String,
    pub view: WebexView,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebexView {
    Connection,
    Licences,
    Users,
}

impl WebexPath {
    pub fn new(pkid: &str, view: WebexView) -> Self {
        Self { pkid: pkid.to_owned(), view }
    }

    /// Reads the path of a URL, still percent-encoded.
    pub fn of_location(path: &str) -> Option<Self> {
        let rest = path.strip_prefix(WEBEX)?.strip_prefix('/')?;
        let segments: Vec<String> = rest.split('/').filter(|s| !s.is_empty()).map(decode).collect();
        let (pkid, rest) = segments.split_first()?;
        let view = match rest {
            [] => WebexView::Connection,
            [one] if one == "licenses" => WebexView::Licences,
            [one] if one == "users" => WebexView::Users,
            _ => return None,
        };
        Some(Self::new(pkid, view))
    }

    pub fn href(&self) -> String {
        let customer = format!("{WEBEX}/{}", encode(&self.pkid));
        match self.view {
            WebexView::Connection => customer,
            WebexView::Licences => format!("{customer}/licenses"),
            WebexView::Users => format!("{customer}/users"),
        }
    }
}

/// The customer's own page.
pub fn customer_href(pkid: &str, node: Option<&str>) -> String {
    at_node(&detail_href(spark_customer::MODEL, pkid), node)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_back_from_its_link() {
        for view in [WebexView::Connection, WebexView::Licences, WebexView::Users] {
            let path = WebexPath::new("5/f é", view);
            assert_eq!(WebexPath::of_location(&path.href()), Some(path));
        }
        for nothing in ["/webex", "/webex/", "/webex/a/b", "/webex/a/users/b", "/webexx/a"] {
            assert_eq!(WebexPath::of_location(nothing), None, "{nothing}");
        }
    }
}
