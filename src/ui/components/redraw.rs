//! Drawing again: in place keeps inputs and the focus; afresh makes sure that nothing typed into the
//! old controls shows up in the new ones.

use leptos::{either::Either, prelude::*};

/// One place of the page where what is drawn next replaces what stands there. Make it outside of
/// what is drawn.
#[derive(Clone, Copy)]
pub struct Redraw(StoredValue<bool>);

impl Redraw {
    #[expect(clippy::new_without_default, reason = "a default would hide that it lives in a scope")]
    pub fn new() -> Self {
        Self(StoredValue::new(false))
    }

    /// New elements for `view`: the two sides of an `Either` never share any.
    pub fn afresh(self, view: AnyView) -> AnyView {
        let side = !self.0.get_value();
        self.0.set_value(side);
        if side { Either::Left(view) } else { Either::<AnyView, AnyView>::Right(view) }.into_any()
    }
}
