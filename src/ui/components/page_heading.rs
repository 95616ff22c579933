//! A page's one `<h1>` and the document's title. Every page has exactly one, so that the focus
//! can move to it after a navigation.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::ui::navigation::use_navigation;

/// The heading of a page. What stands beside the words (a count, a badge) goes in as children.
#[component]
pub fn PageHeading(
    #[prop(into)] text: String,
    /// The document's title, where it says more than the heading.
    #[prop(optional, into)]
    title: Option<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let navigation = use_navigation();
    Effect::new(move |_| navigation.heading_drawn());
    let title = title.unwrap_or_else(|| text.clone());
    view! {
        <Title text=title/>
        <h1 tabindex="-1">{text}</h1>
        {children.map(|children| children())}
    }
}
