//! Patterns of texts: compiled by `regex-lite` on the server, and by the browser's own `RegExp`
//! there, which needs not be loaded. What both read the same way is what a model may use.

#[cfg(target_arch = "wasm32")]
pub use browser::Pattern;
#[cfg(not(target_arch = "wasm32"))]
pub use server::Pattern;

#[cfg(not(target_arch = "wasm32"))]
mod server {
    /// A pattern that compiles.
    pub struct Pattern(regex_lite::Regex);

    impl Pattern {
        /// The error says what is wrong with the pattern.
        pub fn new(pattern: &str) -> Result<Self, String> {
            regex_lite::Regex::new(pattern).map(Self).map_err(|error| error.to_string())
        }

        /// Whether the pattern occurs in the text.
        pub fn is_match(&self, text: &str) -> bool {
            self.0.is_match(text)
        }
    }
}

#[cfg(target_arch = "wasm32")]
mod browser {
    use wasm_bindgen::prelude::wasm_bindgen;

    #[wasm_bindgen(inline_js = "export function compile(p) { return new RegExp(p, 'u') }")]
    extern "C" {
        #[wasm_bindgen(catch)]
        fn compile(pattern: &str) -> Result<js_sys::RegExp, wasm_bindgen::JsValue>;
    }

    /// A pattern that compiles.
    pub struct Pattern(js_sys::RegExp);

    impl Pattern {
        /// The server has compiled every pattern before; a failure here says no more than that.
        pub fn new(pattern: &str) -> Result<Self, String> {
            compile(pattern).map(Self).map_err(|_| "isn't one of this browser's".to_owned())
        }

        /// Whether the pattern occurs in the text.
        pub fn is_match(&self, text: &str) -> bool {
            self.0.test(text)
        }
    }
}
