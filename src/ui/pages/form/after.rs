//! The buttons that save a form, told apart by where they lead.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buttons_are_read_back_from_their_values() {
        for then in [Then::Leave, Then::Stay, Then::AddAnother] {
            assert_eq!(Then::parse(then.as_str()), then);
        }
        assert_eq!(Then::parse(""), Then::Leave);
    }
}
