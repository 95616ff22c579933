//! The side bar: the pages there are, in sections; every link keeps the chosen node. On narrow
//! screens it is a popover that the top bar's first button opens, with or without WebAssembly.

use leptos::prelude::*;

use super::{Here, top_bar::DRAWER};
use crate::{
    domain::{
        licences,
        shown::{Frame, ModelLink},
        spark_customer,
        webex::view::{LICENCE as WEBEX_LICENCE, SCHEDULE, USER as WEBEX_USER},
    },
    ui::{
        components::{Icon, IconName},
        drawn::{licences::TENANTS, webex::WEBEX},
        routes::{TRANSACTION, at_node, list_href},
    },
};

/// The sections in their order. A model file may name another; it then comes after these.
const SECTIONS: [&str; 6] =
    ["Customers", "Webex", "Provisioning", "Hierarchy", "Operations", "Administration"];

/// Where a section stands among the others.
pub fn section_order(title: &str) -> usize {
    SECTIONS.iter().position(|known| *known == title).unwrap_or(SECTIONS.len())
}

pub fn side_bar(frame: Frame, here: &Here<'_>) -> AnyView {
    let demo = frame.demo.then(|| {
        view! {
            <p class="side-note">
                <Icon name=IconName::Info/>
                <span>
                    <strong>"Demo. "</strong>
                    "This is sample data. Change it as you like."
                </span>
            </p>
        }
    });
    let sections: Vec<AnyView> = sections(frame.models, frame.tenants)
        .into_iter()
        .map(|section| {
            let id = format!("section-{}", section.title.to_ascii_lowercase().replace(' ', "-"));
            let links: Vec<AnyView> = section
                .links
                .into_iter()
                .map(|(title, path, icon)| link(title, &path, icon, here))
                .collect();
            view! {
                <h2 id=id.clone() class="side-title">{section.title}</h2>
                <ul aria-labelledby=id>{links}</ul>
            }
            .into_any()
        })
        .collect();
    view! {
        <nav id=DRAWER class="side-bar" popover="auto" aria-label="Pages">
            <div class="side-scroll">
                <ul>{link("Dashboard".to_owned(), "/", IconName::Home, here)}</ul>
                {sections}
            </div>
            {demo}
        </nav>
    }
    .into_any()
}

fn link(title: String, path: &str, icon: IconName, here: &Here<'_>) -> AnyView {
    let current = is_current(path, here.path).then_some("page");
    view! {
        <li>
            <a class="side-link" href=at_node(path, here.node) aria-current=current>
                <Icon name=icon/>
                <span>{title}</span>
            </a>
        </li>
    }
    .into_any()
}

/// A heading of the side bar with its links.
struct SectionLinks {
    title: String,
    /// Title, path, icon.
    links: Vec<(String, String, IconName)>,
}

/// The models by section, with the four pages that aren't lists of a model of their own.
fn sections(models: Vec<ModelLink>, has_tenants: bool) -> Vec<SectionLinks> {
    let has = |model_type: &str| models.iter().any(|model| model.model_type == model_type);
    let (has_webex, has_log) = (has(WEBEX_LICENCE), has(TRANSACTION));
    let mut sections: Vec<SectionLinks> = SECTIONS
        .iter()
        .map(|title| SectionLinks { title: (*title).to_owned(), links: Vec::new() })
        .collect();
    let mut add = |title: &str, link: (String, String, IconName)| {
        if let Some(section) = sections.iter_mut().find(|s| s.title == title) {
            section.links.push(link);
        } else {
            sections.push(SectionLinks { title: title.to_owned(), links: vec![link] });
        }
    };
    if has_tenants {
        let tenants = ("Tenants and licences".to_owned(), TENANTS.to_owned(), IconName::Rows);
        add("Customers", tenants);
    }
    if has_webex {
        let near = ("Licences near full".to_owned(), WEBEX.to_owned(), IconName::Warning);
        add("Webex", near);
    }
    add("Hierarchy", ("Tree".to_owned(), "/hierarchy".to_owned(), IconName::Tree));
    if has_log {
        let log = ("Transactions".to_owned(), "/transactions".to_owned(), IconName::History);
        add("Operations", log);
    }
    for model in models {
        if model.section.is_empty() || model.model_type == TRANSACTION {
            continue;
        }
        let icon = icon(&model);
        add(&model.section, (model.title_plural, list_href(&model.model_type), icon));
    }
    sections.retain(|section| !section.links.is_empty());
    sections
}

fn icon(model: &ModelLink) -> IconName {
    match (model.model_type.as_str(), model.section.as_str()) {
        (licences::USER | WEBEX_USER, _) => IconName::User,
        (licences::SERVICE_PACK | WEBEX_LICENCE, _) => IconName::Layers,
        (SCHEDULE, _) => IconName::Clock,
        (_, "Customers") => IconName::Building,
        (_, "Hierarchy") => IconName::Folder,
        (_, "Operations") => IconName::History,
        (_, "Administration") => IconName::Wrench,
        _ => IconName::List,
    }
}

/// Whether a page belongs to a link. The Webex pages of a customer are among the customers.
fn is_current(link: &str, pathname: &str) -> bool {
    let of_customer = pathname.strip_prefix(WEBEX).is_some_and(|rest| rest.starts_with('/'));
    if of_customer { link == list_href(spark_customer::MODEL) } else { is_below(link, pathname) }
}

/// Whether a page is the link's own or one below it.
fn is_below(link: &str, pathname: &str) -> bool {
    match pathname.strip_prefix(link) {
        Some(rest) => rest.is_empty() || (link != "/" && rest.starts_with('/')),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(model_type: &str, section: &str) -> ModelLink {
        ModelLink {
            model_type: model_type.to_owned(),
            title: String::new(),
            title_plural: model_type.to_owned(),
            section: section.to_owned(),
        }
    }

    #[test]
    fn sections_keep_their_order_and_empty_ones_are_left_out() {
        let models = vec![
            model("x/Y", "Extras"),
            model("data/HierarchyNode", "Hierarchy"),
            model("relation/SparkCustomer", "Customers"),
            model("tool/Transaction", "Operations"),
            model("tool/Hidden", ""),
        ];
        let all = sections(models, true);
        let titles: Vec<_> = all.iter().map(|s| s.title.as_str()).collect();
        assert_eq!(titles, ["Customers", "Hierarchy", "Operations", "Extras"]);
        let paths: Vec<_> =
            all.iter().flat_map(|s| s.links.iter().map(|(_, path, _)| path.as_str())).collect();
        assert_eq!(
            paths,
            [
                "/tenants",
                "/models/relation/SparkCustomer",
                "/hierarchy",
                "/models/data/HierarchyNode",
                "/transactions",
                "/models/x/Y"
            ]
        );
    }

    #[test]
    fn a_page_is_there_for_who_may_read_what_it_shows() {
        assert_eq!(sections(Vec::new(), false).len(), 1);
        let webex = sections(vec![model(WEBEX_LICENCE, "Webex")], false);
        let titles: Vec<_> = webex.iter().map(|s| s.title.as_str()).collect();
        assert_eq!(titles, ["Webex", "Hierarchy"]);
    }

    #[test]
    fn a_link_is_current_on_its_page_and_below() {
        assert!(is_below("/", "/"));
        assert!(!is_below("/", "/hierarchy"));
        assert!(is_below("/transactions", "/transactions/7"));
        assert!(!is_below("/models/a/Node", "/models/a/NodeType"));
        assert!(is_current("/webex", "/webex") && !is_current("/webex", "/webex/7/users"));
        assert!(is_current("/models/relation/SparkCustomer", "/webex/7/users"));
    }
}
