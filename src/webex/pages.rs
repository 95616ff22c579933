//! Lists, page by page. A list that is cut short says so: whoever compares it with what is stored
//! must not take what is missing for deleted.

use std::collections::HashSet;

use reqwest::Url;
use secrecy::SecretString;
use serde::de::DeserializeOwned;

use super::{
    Proxies, Webex, WebexError,
    client::malformed,
    link::{self, Next},
    shapes,
};

/// More pages than any organisation has; a server that goes round in other circles ends here.
const MOST_PAGES: usize = 20_000;

/// Where a list has been read to.
pub struct Cursor {
    next: Option<Url>,
    seen: HashSet<Url>,
    problems: Vec<String>,
}

impl Webex {
    /// A list from its first page.
    pub fn list(&self, path: &str, query: &[(&str, &str)]) -> Cursor {
        let mut url = self.url(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Cursor { seen: HashSet::from([url.clone()]), next: Some(url), problems: Vec::new() }
    }

    /// The next page; `None` after the last. A page that failed can be asked for again.
    pub async fn page<T: DeserializeOwned>(
        &self,
        proxies: &Proxies,
        token: &SecretString,
        cursor: &mut Cursor,
    ) -> Result<Option<Vec<T>>, WebexError> {
        let Some(url) = cursor.next.clone() else { return Ok(None) };
        let answer = self.read(proxies, token, url).await?;
        let page = shapes::items::<T>(&answer.body).ok_or_else(|| malformed(&answer))?;
        if page.unreadable > 0 {
            let text = format!("{} entries of a page couldn't be read.", page.unreadable);
            cursor.problems.push(text);
        }
        cursor.next = match link::next(&answer.headers, &answer.url) {
            Next::None => None,
            Next::Unusable(reason) => {
                cursor.problems.push(reason);
                None
            }
            Next::Page(url) if !cursor.seen.insert(url.clone()) => {
                cursor.problems.push("The next page is one that was read already.".to_owned());
                None
            }
            Next::Page(_) if cursor.seen.len() > MOST_PAGES => {
                cursor.problems.push(format!("There are more than {MOST_PAGES} pages."));
                None
            }
            Next::Page(url) => Some(url),
        };
        Ok(Some(page.items))
    }
}

impl Cursor {
    /// Whether the list was read to its end, and wholly.
    pub fn is_complete(&self) -> bool {
        self.next.is_none() && self.problems.is_empty()
    }

    /// What was wrong with it, in sentences.
    pub fn problems(&self) -> &[String] {
        &self.problems
    }
}
