//! Short names where the WebAssembly and its glue meet. wasm-bindgen ends each with a hash, so that
//! libraries can't clash; together these take some six kilobytes of what a browser loads, and there is
//! one library here.

use std::collections::HashMap;

/// The new names of those that `js` knows, by their old ones. They begin with a sign that no other name
/// of the glue does.
pub struct Names {
    short: HashMap<String, String>,
}

impl Names {
    pub fn of<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut short = HashMap::new();
        for name in names.into_iter().filter(|name| ends_with_hash(name)) {
            let number = short.len();
            short.entry(name.to_owned()).or_insert_with(|| format!("${number:x}"));
        }
        Self { short }
    }

    pub fn replace(&self, name: &mut String) {
        if let Some(short) = self.short.get(name) {
            short.clone_into(name);
        }
    }

    /// The glue, with each name in place of its old one.
    pub fn replace_all(&self, js: &str) -> String {
        let mut replaced = String::with_capacity(js.len());
        let mut rest = js;
        while let Some(begin) = rest.find(in_name) {
            let (before, name) = rest.split_at(begin);
            let end = name.find(|c| !in_name(c)).unwrap_or(name.len());
            let (name, after) = name.split_at(end);
            replaced.push_str(before);
            replaced.push_str(self.short.get(name).map_or(name, String::as_str));
            rest = after;
        }
        replaced.push_str(rest);
        replaced
    }
}

fn in_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$'
}

/// As in `__wbg_focus_8b968c3ab8e96595` and `…__invoke__h02723ea172acdd88_16`.
fn ends_with_hash(name: &str) -> bool {
    let is_hash = |part: &str| part.len() == 16 && part.chars().all(|c| c.is_ascii_hexdigit());
    name.rsplit('_').take(2).any(|part| is_hash(part.strip_prefix('h').unwrap_or(part)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOCUS: &str = "__wbg_focus_8b968c3ab8e96595";
    const INVOKE: &str = "convert__invoke__h02723ea172acdd88";
    const INVOKE_16: &str = "convert__invoke__h02723ea172acdd88_16";

    #[test]
    fn names_with_hashes_become_short_wherever_they_stand_alone() {
        let names = Names::of([FOCUS, INVOKE, INVOKE_16, "__wbindgen_malloc", FOCUS]);
        let js = format!(
            "{{{FOCUS}: f}}; wasm.{INVOKE_16}(a); wasm.{INVOKE}(__wbindgen_malloc, x{FOCUS})"
        );
        assert_eq!(
            names.replace_all(&js),
            format!("{{$0: f}}; wasm.$2(a); wasm.$1(__wbindgen_malloc, x{FOCUS})")
        );
        let mut name = INVOKE.to_owned();
        names.replace(&mut name);
        assert_eq!(name, "$1");
        let mut name = "__wbindgen_malloc".to_owned();
        names.replace(&mut name);
        assert_eq!(name, "__wbindgen_malloc");
    }

    #[test]
    fn text_without_names_stays() {
        let js = "“…” => `${a}` /* ü */";
        assert_eq!(Names::of([FOCUS]).replace_all(js), js);
    }
}
