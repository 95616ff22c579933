//! Tags of XML as they pass by, without keeping or believing the rest: what a part of an archive
//! is, and what it must not hold.

/// Longest tag that is looked at: names and attributes of sheets are short.
const LONGEST: usize = 4096;

/// A tag, by its local name.
pub enum Tag<'t> {
    /// With all that stands between its brackets.
    Opening(&'t str, &'t str),
    /// With what stands between it and the tag before, as far as that is short.
    Closing(&'t str, &'t str),
}

/// Cuts a stream of bytes into tags.
#[derive(Default)]
pub struct Tags {
    tag: Vec<u8>,
    inside: bool,
    between: Vec<u8>,
}

/// Bytes between two tags that are looked at.
const BETWEEN: usize = 64;

impl Tags {
    /// Hands each tag in `bytes` to `each`. A tag may begin in one call and end in another.
    pub fn pass(&mut self, bytes: &[u8], mut each: impl FnMut(Tag<'_>)) {
        for byte in bytes {
            match byte {
                b'<' => {
                    self.inside = true;
                    self.tag.clear();
                }
                byte if !self.inside && self.between.len() < BETWEEN => self.between.push(*byte),
                b'>' if self.inside => {
                    self.inside = false;
                    let text = String::from_utf8_lossy(&self.tag);
                    if let Some(closed) = text.strip_prefix('/') {
                        let between = String::from_utf8_lossy(&self.between);
                        each(Tag::Closing(local(closed.trim()), &between));
                    } else if !text.starts_with(['?', '!']) {
                        let end = [' ', '\t', '\r', '\n', '/'];
                        let name = text.split(end).next().unwrap_or_default();
                        each(Tag::Opening(local(name), &text));
                    }
                    self.between.clear();
                }
                byte if self.inside && self.tag.len() < LONGEST => self.tag.push(*byte),
                _ => {}
            }
        }
    }
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or_default()
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
        let mut found: Vec<String> = Vec::new();
        for piece in ["<?xml?><x:work", "sheet a='1'><c r", "=\"B7\"><f>1</f", "></c><!-- <f/> -->"]
        {
            tags.pass(piece.as_bytes(), |tag| {
                found.push(match tag {
                    Tag::Opening(name, text) => {
                        format!("{name} {}", attribute(text, "r").unwrap_or_default())
                    }
                    Tag::Closing(name, between) => format!("/{name} {between}"),
                });
            });
        }
        assert_eq!(found, ["worksheet ", "c B7", "f ", "/f 1", "/c ", "f "]);
        assert_eq!(attribute("c xr=\"1\" r = 'B2'", "r"), Some("B2"));
        assert_eq!(attribute("c", "r"), None);
    }
}
