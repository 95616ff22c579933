//! The quantities of service packs in forms: how they are named, drawn and read.

use leptos::prelude::*;
use serde_json::json;

use crate::{
    domain::licences::Quantity,
    fault::{Fault, FieldError},
    ui::components::{Icon, IconName},
};

type Pairs = [(String, String)];

/// The name of the checkboxes that choose packs.
pub const CHOSEN: &str = "pack";
const QUANTITY: &str = "quantity";
const UNLIMITED: &str = "unlimited";
/// How refusals of the domain name a pack, before its index.
pub const AT: &str = "/servicePacksFromConfig/";

/// The quantities that were typed at the packs that were ticked.
pub fn quantities(pairs: &Pairs) -> Result<Vec<(String, Quantity)>, Fault> {
    let mut errors = Vec::new();
    let mut wanted = Vec::new();
    for (index, name) in chosen(pairs).into_iter().enumerate() {
        match typed(pairs, &format!(":{name}"), name) {
            Ok(quantity) => wanted.push((name.to_owned(), quantity)),
            Err(error) => {
                errors.push(FieldError { field: format!("{AT}{index}/quantity"), ..error });
            }
        }
    }
    if !errors.is_empty() {
        return Err(Fault::invalid(errors));
    }
    if wanted.is_empty() {
        return Err(Fault::field(CHOSEN, "required", "Tick at least one service pack to add."));
    }
    Ok(wanted)
}

/// The quantity that was typed on the page of one pack.
pub fn quantity_of(pairs: &Pairs, name: &str) -> Result<Quantity, Fault> {
    typed(pairs, "", name).map_err(|error| {
        Fault::invalid(vec![FieldError { field: format!("/{QUANTITY}"), ..error }])
    })
}

/// The packs that are ticked.
pub fn chosen(pairs: &Pairs) -> Vec<&str> {
    pairs.iter().filter(|(n, _)| n == CHOSEN).map(|(_, value)| value.as_str()).collect()
}

/// What was sent under a name.
pub fn value<'p>(pairs: &'p Pairs, wanted: &str) -> Option<&'p str> {
    pairs.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
}

fn typed(pairs: &Pairs, whose: &str, name: &str) -> Result<Quantity, FieldError> {
    if value(pairs, &format!("{UNLIMITED}{whose}")).is_some() {
        return Ok(Quantity::Unlimited);
    }
    let text = value(pairs, &format!("{QUANTITY}{whose}")).unwrap_or_default().trim();
    if text.is_empty() {
        let text = format!("{name} needs a quantity, or tick Unlimited.");
        return Err(FieldError::new("", "required", text));
    }
    let maximum = text.parse::<u64>().map_or_else(|_| json!(text), |number| json!(number));
    Quantity::read(Some(&json!({ "unlimited": false, "maximum": maximum })), "", name)
}

/// A number and "Unlimited"; `now` is what they show before anything was typed.
pub fn quantity_fields(
    posted: &Pairs,
    whose: &str,
    title: &str,
    now: Option<Quantity>,
    wrong: Option<&FieldError>,
) -> AnyView {
    let (number, unlimited) = (format!("{QUANTITY}{whose}"), format!("{UNLIMITED}{whose}"));
    let is_typed = value(posted, &number).is_some();
    let shown = match (value(posted, &number), now) {
        (Some(text), _) => text.to_owned(),
        (None, Some(Quantity::Limited(number))) => number.to_string(),
        (None, _) => String::new(),
    };
    let ticked = if is_typed {
        value(posted, &unlimited).is_some()
    } else {
        now == Some(Quantity::Unlimited)
    };
    let error_id = format!("error-{}", crate::ui::routes::encode(&number));
    let error = wrong.map(|error| {
        view! {
            <p class="field-error" id=error_id.clone()>
                <Icon name=IconName::Warning/>
                <span>{error.message.clone()}</span>
            </p>
        }
    });
    view! {
        <div class="limit-fields">
            <input
                type="text"
                inputmode="numeric"
                class="input limit-number"
                name=number
                value=shown
                autocomplete="off"
                aria-label=format!("Quantity of {title}")
                aria-invalid=wrong.map(|_| "true")
                aria-describedby=wrong.map(|_| error_id.clone())
            />
            <label class="check">
                <input
                    type="checkbox"
                    name=unlimited
                    value="1"
                    checked=ticked
                    autocomplete="off"
                    aria-label=format!("{title} unlimited")
                />
                <span aria-hidden="true">"Unlimited"</span>
            </label>
        </div>
        {error}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn only_ticked_packs_are_added_and_each_error_is_at_its_pack() {
        let posted = pairs(&[
            ("pack", "a"),
            ("quantity:a", "5"),
            ("quantity:b", "7"),
            ("pack", "c"),
            ("quantity:c", ""),
            ("unlimited:c", "1"),
        ]);
        let expected =
            vec![("a".to_owned(), Quantity::Limited(5)), ("c".to_owned(), Quantity::Unlimited)];
        assert_eq!(quantities(&posted), Ok(expected));
        for (typed, code) in [("", "required"), ("-1", "out_of_range"), ("1.5", "out_of_range")] {
            let posted =
                pairs(&[("pack", "a"), ("quantity:a", "1"), ("pack", "b"), ("quantity:b", typed)]);
            let errors = quantities(&posted).err().map(|fault| fault.errors).unwrap_or_default();
            let told: Vec<_> = errors.iter().map(|e| (e.field.as_str(), e.code.as_str())).collect();
            assert_eq!(told, [("/servicePacksFromConfig/1/quantity", code)], "{typed}");
        }
        assert!(quantities(&[]).is_err());
    }
}
