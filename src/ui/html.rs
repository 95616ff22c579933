//! HTML that the server has drawn, as a view. Where the same page is drawn again, the elements that
//! are there become like the new ones: the focus, what is typed, open menus and scrolled tables
//! stay.

use leptos::{
    attr::any_attribute::AnyAttribute,
    prelude::{Mountable, Render, RenderHtml},
    tachys::{
        hydration::Cursor,
        no_attrs,
        renderer::{
            CastFrom, Rndr,
            types::{Element, Node},
        },
        view::{Position, PositionState},
    },
};

/// An element with that HTML in it. Only ever made of what `super::drawn` has drawn, whose views
/// escape every text.
#[derive(Clone, Debug)]
pub struct Html {
    class: &'static str,
    page: String,
    text: String,
}

impl Html {
    /// `page` says whether what is drawn next is another state of the same.
    pub fn new(class: &'static str, page: impl Into<String>, text: String) -> Self {
        Self { class, page: page.into(), text }
    }

    fn outer(&self) -> String {
        format!("<div class=\"{}\">{}</div>", self.class, self.text)
    }
}

/// The element, and the page that is in it.
pub struct HtmlState(Element, String);

impl Mountable for HtmlState {
    fn unmount(&mut self) {
        self.0.unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        self.0.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.0.insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        vec![self.0.clone()]
    }
}

impl Render for Html {
    type State = HtmlState;

    fn build(self) -> HtmlState {
        HtmlState(Rndr::create_element_from_html(self.outer().into()), self.page)
    }

    fn rebuild(self, HtmlState(element, page): &mut HtmlState) {
        if *page == self.page {
            super::live::become_like(element, &self.text);
        } else {
            element.set_inner_html(&self.text);
            *page = self.page;
        }
    }
}

no_attrs!(Html);

impl RenderHtml for Html {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn html_len(&self) -> usize {
        self.text.len()
    }

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        buf: &mut String,
        position: &mut Position,
        _escape: bool,
        _mark_branches: bool,
        _extra_attrs: Vec<AnyAttribute>,
    ) {
        buf.push_str(&self.outer());
        *position = Position::NextChild;
    }

    /// What the server has sent stands there already.
    fn hydrate<const FROM_SERVER: bool>(
        self,
        cursor: &Cursor,
        position: &PositionState,
    ) -> HtmlState {
        match position.get() {
            Position::FirstChild => cursor.child(),
            Position::Current => {}
            _ => cursor.sibling(),
        }
        position.set(Position::NextChild);
        let here = cursor.current();
        let element = Element::cast_from(here).unwrap_or_else(|| {
            // The page isn't the server's: drawn apart from it, this at least shows.
            Rndr::create_element_from_html(self.outer().into())
        });
        HtmlState(element, self.page)
    }

    fn into_owned(self) -> Self {
        self
    }
}
