//! The `Link` header by which Webex hands out a list page by page.

use reqwest::{Url, header::HeaderMap};

/// What a page says of the one after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// It is the last.
    None,
    Page(Url),
    /// It can't be understood, or leads elsewhere: the list is cut short here. Why, in a sentence.
    Unusable(String),
}

/// The `rel="next"` of a page that was read from `base`'s origin. A token is sent along, so it may
/// only lead to the same origin.
pub(super) fn next(headers: &HeaderMap, base: &Url) -> Next {
    let mut seen = false;
    for header in headers.get_all("link") {
        seen = true;
        let Ok(text) = header.to_str() else { continue };
        match next_of(text) {
            Found::Nothing => {}
            Found::Malformed => {
                return Next::Unusable(format!("The Link header {text:?} can't be read."));
            }
            Found::Target(target) => {
                let Ok(url) = base.join(target) else {
                    return Next::Unusable(format!("The next page {target:?} isn't a URL."));
                };
                if url.origin() != base.origin() {
                    return Next::Unusable(format!(
                        "The next page is said to be at {}, which isn't where the list came from.",
                        url.host_str().unwrap_or("another host")
                    ));
                }
                return Next::Page(url);
            }
        }
    }
    let readable = headers.get_all("link").iter().all(|value| value.to_str().is_ok());
    if seen && !readable {
        return Next::Unusable("The Link header isn't text.".to_owned());
    }
    Next::None
}

enum Found<'a> {
    /// Only other relations.
    Nothing,
    Target(&'a str),
    Malformed,
}

/// `<url>; rel="next", <url>; rel="prev"`: commas may stand within the brackets.
fn next_of(text: &str) -> Found<'_> {
    let mut rest = text.trim();
    while !rest.is_empty() {
        let Some(target) = rest.strip_prefix('<').and_then(|r| r.split_once('>')) else {
            return Found::Malformed;
        };
        let (target, after) = target;
        let (parameters, following) =
            match after.split_once(",<").or_else(|| after.split_once(", <")) {
                Some((parameters, _)) => {
                    let at = after.len()
                        - after[parameters.len()..].trim_start_matches([',', ' ']).len();
                    (parameters, &after[at..])
                }
                None => (after, ""),
            };
        let is_next = parameters.split(';').any(|parameter| {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            name.trim().eq_ignore_ascii_case("rel")
                && value.trim().trim_matches('"').split(' ').any(|r| r.eq_ignore_ascii_case("next"))
        });
        if is_next {
            return Found::Target(target);
        }
        rest = following.trim();
    }
    Found::Nothing
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[&str]) -> Next {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("link", value.parse().unwrap());
        }
        next(&headers, &Url::parse("https://webexapis.com/v1/people?max=2").unwrap())
    }

    #[test]
    fn the_next_page_is_found_among_other_relations() {
        let page = "https://webexapis.com/v1/people?displayName=Ha,rold&max=10&before&after=Y2lz";
        let url = Next::Page(Url::parse(page).unwrap());
        assert_eq!(read(&[&format!("<{page}>; rel=\"next\"")]), url);
        assert_eq!(read(&[&format!("<{page}>;rel=next")]), url);
        assert_eq!(
            read(&[&format!("<https://webexapis.com/x>; rel=\"prev\", <{page}>; rel=\"next\"")]),
            url
        );
        assert_eq!(
            read(&["</v1/x>; rel=\"first\"", &format!("<{page}>; title=\"a\"; rel=\"next\"")]),
            url
        );
        let relative = Url::parse("https://webexapis.com/v1/people?cursor=bGltaXQ9").unwrap();
        assert_eq!(read(&["</v1/people?cursor=bGltaXQ9>; rel=\"next\""]), Next::Page(relative));
        assert_eq!(read(&[]), Next::None);
        assert_eq!(read(&["<https://webexapis.com/x>; rel=\"last\""]), Next::None);
    }

    #[test]
    fn a_link_that_is_no_link_or_leads_elsewhere_is_told() {
        for bad in [
            "string",
            "<https://evil.example/v1/people>; rel=\"next\"",
            "<http://webexapis.com/v1/people>; rel=\"next\"",
            "<https://webexapis.com:444/v1/people>; rel=\"next\"",
            "<https://[broken>; rel=\"next\"",
        ] {
            assert!(matches!(read(&[bad]), Next::Unusable(_)), "{bad}");
        }
    }
}
