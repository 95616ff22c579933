//! The change of one's own password.

use leptos::prelude::*;

use super::{
    super::Visit,
    deed::CHANGE_PASSWORD,
    parts::{Field, above, form, refused, section as frame},
};
use crate::fault::Fault;

const HELP: &str = "At least 12 characters, and nothing that others would guess. Your other sessions \
                    end when you change it; API tokens stay.";

fn typed<'f>(
    name: &'static str,
    label: &'static str,
    autocomplete: &'static str,
    fault: Option<&'f Fault>,
) -> Field<'f> {
    Field {
        name,
        label,
        kind: "password",
        autocomplete,
        help: None,
        value: String::new(),
        fault,
        of: "password",
    }
}

pub fn section(visit: &Visit<'_>) -> AnyView {
    let fault = refused(visit, CHANGE_PASSWORD);
    let old = typed("old_password", "Your password", "current-password", fault);
    let new =
        Field { help: Some(HELP), ..typed("new_password", "New password", "new-password", fault) };
    let fields = vec![old.view(), new.view()];
    let body = view! {
        {above(fault)}
        {form(CHANGE_PASSWORD, fields, "Change password", "")}
    };
    frame("account-password", "Password", body.into_any())
}
