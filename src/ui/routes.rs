//! What the console's URLs mean and how they are built: pure functions, used by the router, by
//! every link, and by the server's handlers of plain form posts.

/// The model whose pages live below `/transactions`.
pub const TRANSACTION: &str = "tool/Transaction";
/// The model of those who are given licences.
pub const USER: &str = "data/User";
/// Parameters of a form: what fills it, how it is shown, and what it is about.
const OF_FORM: [&str; 6] =
    ["template_name", "template", "configuration_template", "policy_name", "policy", "model_type"];
/// The model of the nodes themselves.
pub const HIERARCHY_NODE: &str = "data/HierarchyNode";

/// A page of a model: `/models/<type…>/<Model>` and what follows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ModelPath {
    /// `relation/SparkCustomer`.
    pub model_type: String,
    pub view: ModelView,
}

/// Which page of the model.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ModelView {
    List,
    Add,
    Detail(String),
    /// Of the instances that the query names, or of the whole list.
    Many(Deed),
    /// Of one instance, by its pkid.
    One(String, Deed),
}

/// What has a page of its own before it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deed {
    Delete,
    Modify,
    Move,
    Export,
    Load,
    Template,
    Replay,
    /// Back to a former version.
    Restore,
    /// Services and service packs are given to users, or taken back.
    Assign,
    /// A few are looked at side by side.
    Compare,
}

impl Deed {
    pub const ALL: [Self; 10] = [
        Self::Delete,
        Self::Modify,
        Self::Move,
        Self::Export,
        Self::Load,
        Self::Template,
        Self::Replay,
        Self::Restore,
        Self::Assign,
        Self::Compare,
    ];

    /// The last segment of its page's path.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delete => "delete",
            Self::Modify => "bulk_update",
            Self::Move => "move",
            Self::Export => "export",
            Self::Load => "load",
            Self::Template => "template",
            Self::Replay => "replay",
            Self::Restore => "restore",
            Self::Assign => "assign",
            Self::Compare => "compare",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|deed| deed.as_str() == word)
    }
}

impl ModelPath {
    /// Reads what follows `/models/`, still percent-encoded. The model's name is the first
    /// segment that starts with a capital; the segments before it are its type.
    pub fn parse(rest: &str) -> Option<Self> {
        let mut segments =
            rest.split('/').filter(|s| !s.is_empty()).map(decode).collect::<Vec<_>>().into_iter();
        let mut model_type = String::new();
        loop {
            let segment = segments.next()?;
            let is_name = segment.starts_with(|c: char| c.is_ascii_uppercase());
            if is_name && model_type.is_empty() {
                return None;
            }
            model_type.push_str(&segment);
            if is_name {
                break;
            }
            model_type.push('/');
        }
        let view = Self::view(segments.next(), segments.next())?;
        segments.next().is_none().then_some(Self { model_type, view })
    }

    /// Reads the path of a URL: `/models/…`, or `/transactions…`, which stands for
    /// `/models/tool/Transaction…`.
    pub fn of_location(pathname: &str) -> Option<Self> {
        if let Some(rest) = pathname.strip_prefix("/models/") {
            return Self::parse(rest);
        }
        match pathname.strip_prefix("/transactions") {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => {
                Self::parse(&format!("{TRANSACTION}{rest}"))
            }
            _ => None,
        }
    }

    fn view(first: Option<String>, second: Option<String>) -> Option<ModelView> {
        Some(match (first, second) {
            (None, _) => ModelView::List,
            (Some(word), None) if word == "add" => ModelView::Add,
            (Some(word), None) => match Deed::parse(&word) {
                Some(deed) => ModelView::Many(deed),
                None => ModelView::Detail(word),
            },
            (Some(pkid), Some(word)) => ModelView::One(pkid, Deed::parse(&word)?),
        })
    }

    /// The path of this page.
    pub fn href(&self) -> String {
        match &self.view {
            ModelView::List => list_href(&self.model_type),
            ModelView::Add => add_href(&self.model_type),
            ModelView::Detail(pkid) => detail_href(&self.model_type, pkid),
            ModelView::Many(deed) => many_href(&self.model_type, *deed),
            ModelView::One(pkid, deed) => one_href(&self.model_type, pkid, *deed),
        }
    }

    /// The pkid, on pages of one instance.
    pub fn pkid(&self) -> Option<&str> {
        match &self.view {
            ModelView::Detail(pkid) | ModelView::One(pkid, _) => Some(pkid),
            ModelView::List | ModelView::Add | ModelView::Many(_) => None,
        }
    }
}

/// The page at this path, if it is the form of a new or a stored instance.
pub fn form_path(pathname: &str) -> Option<ModelPath> {
    ModelPath::of_location(pathname).filter(|path| match path.view {
        ModelView::Add => true,
        ModelView::Detail(_) => path.model_type != TRANSACTION,
        _ => false,
    })
}

/// The list of a model.
pub fn list_href(model_type: &str) -> String {
    if model_type == TRANSACTION {
        return "/transactions".to_owned();
    }
    format!("/models/{model_type}")
}

/// The add form of a model.
pub fn add_href(model_type: &str) -> String {
    format!("{}/add", list_href(model_type))
}

/// The page before something is done with many instances.
pub fn many_href(model_type: &str, deed: Deed) -> String {
    format!("{}/{}", list_href(model_type), deed.as_str())
}

/// An instance's page.
pub fn detail_href(model_type: &str, pkid: &str) -> String {
    format!("{}/{}", list_href(model_type), encode(pkid))
}

/// The page before something is done with an instance.
pub fn one_href(model_type: &str, pkid: &str, deed: Deed) -> String {
    format!("{}/{}", detail_href(model_type, pkid), deed.as_str())
}

/// The page of a node in the hierarchy.
pub fn hierarchy_href(path: &str) -> String {
    at_node("/hierarchy", Some(path))
}

/// The log-in page that leads back to `next`.
pub fn login_href(next: &str) -> String {
    if next.is_empty() || next == "/" {
        return "/login".to_owned();
    }
    format!("/login?next={}", encode(next))
}

/// A path with the chosen node in its query.
pub fn at_node(path: &str, hierarchy: Option<&str>) -> String {
    match hierarchy {
        Some(node) if !node.is_empty() => format!("{path}?hierarchy={}", encode(node)),
        _ => path.to_owned(),
    }
}

/// A path with a query string of these pairs.
pub fn with_query(path: &str, pairs: &[(String, String)]) -> String {
    with_search(path, &to_search(pairs))
}

/// A path with a query string that is already encoded (without its `?`).
pub fn with_search(path: &str, search: &str) -> String {
    if search.is_empty() { path.to_owned() } else { format!("{path}?{search}") }
}

/// The query string of these pairs, without the `?`.
pub fn to_search(pairs: &[(String, String)]) -> String {
    let parts: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    parts.join("&")
}

/// The pairs of a query string, in its order, repeated names kept.
pub fn from_search(search: &str) -> Vec<(String, String)> {
    search
        .trim_start_matches('?')
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (decode(&name.replace('+', " ")), decode(&value.replace('+', " ")))
        })
        .collect()
}

/// Where the same look goes when another node is chosen: a list keeps its filters and starts at
/// its first row; pages of one instance go to the list they came from.
pub fn elsewhere(pathname: &str, search: &str, hierarchy: &str) -> String {
    let path = match ModelPath::of_location(pathname) {
        Some(ModelPath { model_type, view: ModelView::Add }) => add_href(&model_type),
        Some(ModelPath { model_type, view: ModelView::Many(Deed::Load) }) => {
            many_href(&model_type, Deed::Load)
        }
        Some(other) => list_href(&other.model_type),
        // A tenant, and what is looked for in its licences, are those of here.
        None if pathname.starts_with("/tenants/") => return at_node("/tenants", Some(hierarchy)),
        None if pathname.starts_with("/webex/") => list_href("relation/SparkCustomer"),
        // A return from Webex is spent, and what its address carries is nobody's business.
        None if pathname.starts_with("/oauth/") => return at_node("/", Some(hierarchy)),
        None => pathname.to_owned(),
    };
    let mut pairs = from_search(search);
    pairs.retain(|(name, _)| {
        !["hierarchy", "skip", "pkid", "expected_total"].contains(&name.as_str())
            && !OF_FORM[..5].contains(&name.as_str())
    });
    pairs.insert(0, ("hierarchy".to_owned(), hierarchy.to_owned()));
    with_query(&path, &pairs)
}

/// The page that follows a save: the form again for `save_and_add`, the instance for
/// `save_and_stay`, else the list. `search` is the query string to go on with; another form is
/// filled by the same template, what was saved isn't filled again.
pub fn after_save(model_type: &str, submit: &str, pkid: &str, search: &str) -> String {
    let mut pairs = from_search(search);
    let stays = |name: &str| match submit {
        "save_and_add" => true,
        "save_and_stay" => name.starts_with("policy"),
        _ => false,
    };
    pairs.retain(|(name, _)| !OF_FORM.contains(&name.as_str()) || stays(name));
    let path = match submit {
        "save_and_add" => add_href(model_type),
        "save_and_stay" => detail_href(model_type, pkid),
        _ => list_href(model_type),
    };
    with_query(&path, &pairs)
}

/// Percent-encodes everything but unreserved characters: the same on both sides, unlike the
/// router's own, so that server and browser draw the same links.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for nibble in [byte >> 4, byte & 15] {
                out.push(
                    char::from_digit(u32::from(nibble), 16).unwrap_or('0').to_ascii_uppercase(),
                );
            }
        }
    }
    out
}

/// Undoes percent-encoding; what isn't valid stays as it is.
pub fn decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let code = bytes
            .get(at + 1..at + 3)
            .filter(|_| byte == b'%')
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        if let Some(code) = code {
            out.push(code);
            at += 3;
        } else {
            out.push(byte);
            at += 1;
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str) -> Option<(String, ModelView)> {
        ModelPath::of_location(path).map(|p| (p.model_type, p.view))
    }

    #[test]
    fn the_model_is_the_first_segment_with_a_capital() {
        let pack = "device/spark/License".to_owned();
        assert_eq!(read("/models/device/spark/License"), Some((pack.clone(), ModelView::List)));
        assert_eq!(read("/models/device/spark/License/"), Some((pack.clone(), ModelView::List)));
        assert_eq!(
            read("/models/device/spark/License/Ab%2Fc"),
            Some((pack.clone(), ModelView::Detail("Ab/c".to_owned())))
        );
        assert_eq!(read("/models/device/spark/License/add"), Some((pack.clone(), ModelView::Add)));
        assert_eq!(
            read("/models/device/spark/License/1/delete"),
            Some((pack.clone(), ModelView::One("1".to_owned(), Deed::Delete)))
        );
        assert_eq!(
            read("/models/device/spark/License/delete"),
            Some((pack, ModelView::Many(Deed::Delete)))
        );
        for nothing in ["/models/", "/models/relation", "/models/SparkCustomer", "/hierarchy"] {
            assert_eq!(read(nothing), None, "{nothing}");
        }
        assert_eq!(read("/models/relation/SparkCustomer/1/edit"), None);
        assert_eq!(read("/models/relation/SparkCustomer/1/delete/2"), None);
    }

    #[test]
    fn transactions_have_an_address_of_their_own() {
        let model = TRANSACTION.to_owned();
        assert_eq!(read("/transactions"), Some((model.clone(), ModelView::List)));
        assert_eq!(
            read("/transactions/77"),
            Some((model.clone(), ModelView::Detail("77".to_owned())))
        );
        assert_eq!(read("/models/tool/Transaction"), Some((model, ModelView::List)));
        assert_eq!(read("/transactionsx"), None);
    }

    #[test]
    fn a_page_is_read_back_from_its_link() {
        let many = Deed::ALL.map(ModelView::Many);
        let one = Deed::ALL.map(|deed| ModelView::One("a.b".to_owned(), deed));
        let others = [ModelView::List, ModelView::Add, ModelView::Detail("é/1 %".to_owned())];
        for view in others.into_iter().chain(many).chain(one) {
            for model_type in ["relation/SparkCustomer", TRANSACTION] {
                let path = ModelPath { model_type: model_type.to_owned(), view: view.clone() };
                assert_eq!(ModelPath::of_location(&path.href()), Some(path));
            }
        }
    }

    #[test]
    fn query_strings_keep_order_and_repeats() {
        let pairs = [("filter_field", "a b"), ("filter_field", "c+d"), ("x", "é&=")]
            .map(|(n, v)| (n.to_owned(), v.to_owned()));
        assert_eq!(from_search(&to_search(&pairs)), pairs);
        assert_eq!(
            from_search("?a+b=%zz&&c"),
            [("a b".to_owned(), "%zz".to_owned()), ("c".to_owned(), String::new())]
        );
    }

    #[test]
    fn choosing_another_node_keeps_the_filters_but_not_the_page() {
        assert_eq!(
            elsewhere("/models/a/B", "hierarchy=sys.x&search=q&skip=50", "sys.y"),
            "/models/a/B?hierarchy=sys.y&search=q"
        );
        assert_eq!(elsewhere("/models/a/B/9", "", "sys.y"), "/models/a/B?hierarchy=sys.y");
        assert_eq!(elsewhere("/models/a/B/add", "", "sys.y"), "/models/a/B/add?hierarchy=sys.y");
        assert_eq!(elsewhere("/", "", "sys.y"), "/?hierarchy=sys.y");
        let there = "/tenants?hierarchy=sys.y";
        assert_eq!(elsewhere("/tenants/x/licenses", "search=q", "sys.y"), there);
        // A template of here may not be one of there.
        assert_eq!(
            elsewhere("/models/a/B/add", "template_name=t&policy_name=&model_type=a/C", "sys.y"),
            "/models/a/B/add?hierarchy=sys.y&model_type=a%2FC"
        );
    }

    #[test]
    fn what_filled_a_form_is_kept_for_another_and_not_for_what_was_saved() {
        let search = "search=q&template_name=t&policy_name=p";
        let after = |submit| after_save("a/B", submit, "1", search);
        assert_eq!(after("save"), "/models/a/B?search=q");
        assert_eq!(after("save_and_stay"), "/models/a/B/1?search=q&policy_name=p");
        assert_eq!(after("save_and_add"), "/models/a/B/add?search=q&template_name=t&policy_name=p");
    }
}
