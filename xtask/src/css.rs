//! Takes out of a stylesheet what only its authors read: comments, indentation, empty lines.
//! Nothing that needs the grammar of CSS; compression does the rest.

pub fn minify(source: &str) -> String {
    let mut result = String::with_capacity(source.len());
    for line in without_comments(source).lines() {
        let line = line.trim();
        if !line.is_empty() {
            result.push_str(line);
            result.push('\n');
        }
    }
    result
}

/// A comment becomes a space, as it separates words; one inside a string stays.
fn without_comments(source: &str) -> String {
    let mut result = String::with_capacity(source.len());
    let mut quote = None;
    let mut rest = source.chars().peekable();
    while let Some(character) = rest.next() {
        match (quote, character) {
            (None, '/') if rest.peek() == Some(&'*') => {
                rest.next();
                let mut last = ' ';
                for inside in rest.by_ref() {
                    if last == '*' && inside == '/' {
                        break;
                    }
                    last = inside;
                }
                result.push(' ');
                continue;
            }
            (None, '"' | '\'') => quote = Some(character),
            (Some(_), '\\') => {
                // The escaped character can't end the string.
                result.push(character);
                result.extend(rest.next());
                continue;
            }
            (Some(open), _) if open == character => quote = None,
            _ => {}
        }
        result.push(character);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::minify;

    #[test]
    fn comments_and_indentation_go() {
        let source = "/* tokens */\n:root {\n  --gap: 4px; /* small */\n\n}\n";
        assert_eq!(minify(source), ":root {\n--gap: 4px;\n}\n");
    }

    #[test]
    fn a_comment_still_separates() {
        assert_eq!(minify("a/**/b{}"), "a b{}\n");
    }

    #[test]
    fn strings_stay() {
        let source = "a::after { content: \"/* \\\" */\"; }\nb { content: '\"/*'; }\n";
        assert_eq!(minify(source), source);
    }

    #[test]
    fn an_open_comment_ends_the_file() {
        assert_eq!(minify("a {}\n/* no end *"), "a {}\n");
    }
}
