//! The document around the console: written by the server alone, never hydrated.

use leptos::{config::LeptosOptions, nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;

use super::{App, app::document_title, theme};
use crate::server_fns::views::Drawn;

/// Where the front-end's files are: paths with a hash of the content in their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assets {
    pub js: String,
    pub wasm: String,
    pub css: String,
}

/// The whole page, with the theme and the density of the request's cookies.
pub fn shell(options: LeptosOptions, assets: Assets) -> impl IntoView {
    let (theme, density) = theme::of_request();
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme data-density=density>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="stylesheet" href=assets.css.clone()/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="modulepreload" href=assets.js.clone()/>
                <link
                    rel="preload"
                    href=assets.wasm.clone()
                    r#as="fetch"
                    r#type="application/wasm"
                    crossorigin=""
                />
                <AutoReload options/>
                <script type="module" nonce=use_nonce()>
                    {start(&assets)}
                </script>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// A document of its own below `/api`, such as the help page of a model, that needs no more than the
/// stylesheet.
pub fn document(assets: &Assets, theme: &'static str, page: Drawn) -> String {
    let view = view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="stylesheet" href=assets.css.clone()/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <title inner_html=document_title(page.title)></title>
            </head>
            <body inner_html=page.html></body>
        </html>
    };
    view.to_html()
}

/// Loads the console into the page. Leptos' own script reads a file of hashes at every render to
/// learn the names that are known here.
fn start(assets: &Assets) -> String {
    format!(
        "import init,{{hydrate}} from {:?};init({{module_or_path:{:?}}}).then(()=>hydrate())",
        assets.js, assets.wasm
    )
}
