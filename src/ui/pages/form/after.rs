//! Where a form leads once it is saved: one rule for the browser and for the server's answer to a
//! plain form post.

use crate::ui::{
    components::done::{Done, with_done},
    routes::{add_href, detail_href, from_search, list_href, to_search, with_search},
};

/// Which button was pressed; the value of `_submit`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Then {
    /// Back to the list.
    #[default]
    Leave,
    /// On to the instance's own page.
    Stay,
    /// To another empty form.
    AddAnother,
}

impl Then {
    pub fn parse(submit: &str) -> Self {
        match submit {
            "save_and_stay" => Self::Stay,
            "save_and_add" => Self::AddAnother,
            _ => Self::Leave,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Leave => "save",
            Self::Stay => "save_and_stay",
            Self::AddAnother => "save_and_add",
        }
    }
}

/// The page after a save. `search` is the query of the form's own page (without the `?`): the
/// state of the list that it was reached from.
pub fn after_save(
    model_type: &str,
    pkid: &str,
    search: &str,
    then: Then,
    done: Done,
    transaction_id: &str,
) -> String {
    let path = match then {
        Then::Leave => list_href(model_type),
        Then::Stay => detail_href(model_type, pkid),
        Then::AddAnother => add_href(model_type),
    };
    with_search(&path, &with_done(&list_state(search), done, transaction_id))
}

/// The page after a delete: the list, in the state that the search of the page says.
pub fn after_delete(model_type: &str, search: &str, transaction_id: &str) -> String {
    let search = with_done(&list_state(search), Done::Deleted, transaction_id);
    with_search(&list_href(model_type), &search)
}

/// What of a page's query belongs to the list.
pub fn list_state(search: &str) -> String {
    let mut pairs = from_search(search);
    pairs.retain(|(name, _)| !crate::ui::pages::list::NOT_OF_THE_LIST.contains(&name.as_str()));
    to_search(&pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_on_keeps_the_state_of_the_list() {
        let search = "hierarchy=sys.x&search=q&tab=api&done=saved&transaction=1";
        let go = |then| after_save("a/B", "p", search, then, Done::Created, "t");
        let rest = "hierarchy=sys.x&search=q&done=created&transaction=t";
        assert_eq!(go(Then::Leave), format!("/models/a/B?{rest}"));
        assert_eq!(go(Then::Stay), format!("/models/a/B/p?{rest}"));
        assert_eq!(go(Then::AddAnother), format!("/models/a/B/add?{rest}"));
        assert_eq!(
            after_delete("a/B", "pkid=1&pkid=2&skip=50", "t"),
            "/models/a/B?skip=50&done=deleted&transaction=t"
        );
    }

    #[test]
    fn buttons_are_read_back_from_their_values() {
        for then in [Then::Leave, Then::Stay, Then::AddAnother] {
            assert_eq!(Then::parse(then.as_str()), then);
        }
        assert_eq!(Then::parse(""), Then::Leave);
    }
}
