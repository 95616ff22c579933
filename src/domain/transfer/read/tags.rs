//! Tags of XML as they pass by, without keeping or believing the rest: what a part of an archive
//! is, and what it must not hold.

/// Longest tag that is looked at: names and attributes of sheets are short.
const LONGEST: usize = 4096;

/// Cuts a stream of bytes into tags.
#[derive(Default)]
pub struct Tags {
    tag: Vec<u8>,
    inside: bool,
}

impl Tags {
    /// Hands each opening tag in `bytes` to `each`: its local name, and its text between the
    /// brackets. A tag may begin in one call and end in another.
    pub fn pass(&mut self, bytes: &[u8], mut each: impl FnMut(&str, &str)) {
        for byte in bytes {
            match byte {
                b'<' => {
                    self.inside = true;
                    self.tag.clear();
                }
                b'>' if self.inside => {
                    self.inside = false;
                    let text = String::from_utf8_lossy(&self.tag);
                    let name = text.split([' ', '\t', '\r', '\n', '/']).next().unwrap_or_default();
                    let local = name.rsplit(':').next().unwrap_or_default();
                    if !local.is_empty() && !local.starts_with(['?', '!']) {
                        each(local, &text);
                    }
                }
                byte if self.inside && self.tag.len() < LONGEST => self.tag.push(*byte),
                _ => {}
            }
        }
    }
}

/// The value of an attribute in a tag's text.
pub fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let mut rest = tag;
    loop {
        let at = rest.find(name)?;
        let before = rest[..at].chars().next_back();
        rest = &rest[at + name.len()..];
        let after = rest.trim_start();
        if before.is_some_and(char::is_whitespace)
            && let Some(value) = after.strip_prefix('=')
        {
            let value = value.trim_start();
            let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            return value[1..].split(quote).next();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_found_across_pieces() {
        let mut tags = Tags::default();
        let mut found = Vec::new();
        for piece in ["<?xml?><x:work", "sheet a='1'><c r", "=\"B7\"><f>1</f", "></c><!-- <f/> -->"]
        {
            tags.pass(piece.as_bytes(), |name, text| {
                found.push((name.to_owned(), attribute(text, "r").map(str::to_owned)));
            });
        }
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["worksheet", "c", "f", "f"]);
        assert_eq!(found[1].1.as_deref(), Some("B7"));
        assert_eq!(attribute("c xr=\"1\" r = 'B2'", "r"), Some("B2"));
        assert_eq!(attribute("c", "r"), None);
    }
}
