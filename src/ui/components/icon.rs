//! Icons: line drawings on a grid of 16, in the colour of the text around them. They only
//! accompany words, so they are hidden from assistive technology.

use leptos::prelude::*;

macro_rules! icons {
    ($($name:ident = $path:literal),+ $(,)?) => {
        /// The drawings there are.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum IconName { $($name),+ }

        impl IconName {
            fn path(self) -> &'static str {
                match self { $(Self::$name => $path),+ }
            }
        }
    };
}

icons! {
    Back = "M9.8 3.5 5.3 8l4.5 4.5",
    Bookmark = "M4 2.5h8v11l-4-3-4 3z",
    Building = "M3 14V2.5h6.5V14M9.5 6.5H13V14M1.5 14h13M5.2 5.3h2M5.2 8h2M5.2 10.7h2",
    Check = "m3 8.4 3.3 3.3L13 4.8",
    ChevronDown = "m3.8 6 4.2 4.2L12.2 6",
    ChevronRight = "M6 3.8 10.2 8 6 12.2",
    Clock = "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8ZM8 4.7v3.4l2.2 1.4",
    Columns = "M2 3h12v10H2zM6 3v10M10 3v10",
    Copy = "M5.5 5.5h8v8h-8zM3.2 10.5h-.7v-8h8v.7",
    Cross = "m4 4 8 8M12 4l-8 8",
    Download = "M8 2.5v7.8M4.8 7.2 8 10.4l3.2-3.2M2.8 13.3h10.4",
    Edit = "m2.5 13.5.7-3.2 7.6-7.5a1.2 1.2 0 0 1 1.7 0l.7.7a1.2 1.2 0 0 1 0 1.7l-7.5 7.6zM9.6 4l2.4 2.4",
    External = "M9 2.5h4.5V7M13.3 2.7 7.5 8.5M11.5 9.5v4h-9v-9h4",
    Failed = "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8ZM5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4",
    Filter = "M2 3.5h12M4.5 8h7M6.8 12.5h2.4",
    Folder = "M1.8 12V4c0-.6.4-1 1-1h3.3l1.6 1.8h5.5c.6 0 1 .4 1 1V12c0 .6-.4 1-1 1H2.8c-.6 0-1-.4-1-1Z",
    History = "M2.5 5.6A6 6 0 1 1 2 8.6M2.2 2.6v3.2h3.2M8 5v3.2l2.2 1.4",
    Home = "M2 7.6 8 2.5l6 5.1M3.6 6.4v7.1h3.2V9.8h2.4v3.7h3.2V6.4",
    Info = "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8ZM8 7.4v3.7M8 4.9v.1",
    Layers = "M8 2 1.8 5.2 8 8.4l6.2-3.2zM1.8 8.2 8 11.4l6.2-3.2M1.8 11.2 8 14.4l6.2-3.2",
    Link = "M6.7 9.3a2.6 2.6 0 0 0 3.7 0l2.5-2.5a2.6 2.6 0 0 0-3.7-3.7l-.9.9M9.3 6.7a2.6 2.6 0 0 0-3.7 0L3.1 9.2a2.6 2.6 0 0 0 3.7 3.7l.9-.9",
    List = "M5.5 4h8M5.5 8h8M5.5 12h8M2.4 4h.1M2.4 8h.1M2.4 12h.1",
    Lock = "M3.5 7.2h9v6.3h-9zM5.3 7.2V5a2.7 2.7 0 0 1 5.4 0v2.2",
    LogOut = "M6.5 2.5H3v11h3.5M10.2 5l3 3-3 3M13 8H6.5",
    Menu = "M2.5 4h11M2.5 8h11M2.5 12h11",
    Minus = "M3 8h10",
    Monitor = "M1.8 2.8h12.4v8H1.8zM5.3 13.5h5.4M8 10.8v2.7",
    Moon = "M13.6 9.7A6 6 0 1 1 6.3 2.4a4.8 4.8 0 0 0 7.3 7.3Z",
    More = "M3.5 8h.1M8 8h.1M12.5 8h.1",
    Move = "M2.5 4.5h6v6M2.5 4.5v7h3M9 13.5h4.5V8M8.5 8H13",
    Plus = "M8 3v10M3 8h10",
    Queued = "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8ZM5.2 8h.1M8 8h.1M10.8 8h.1",
    Refresh = "M13.5 5.6A6 6 0 1 0 14 8.6M13.8 2.6v3.2h-3.2",
    Rows = "M2 3h12v10H2zM2 6.3h12M2 9.7h12",
    Running = "M8 1.8A6.2 6.2 0 1 1 1.8 8",
    Search = "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM10.3 10.3 14 14",
    Sort = "m5 6.2 3-3 3 3M5 9.8l3 3 3-3",
    SortDown = "M8 3v10M4 9l4 4 4-4",
    SortUp = "M8 13V3M4 7l4-4 4 4",
    Succeeded = "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8ZM5.2 8.2l2 2 3.7-4.1",
    Sun = "M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6ZM8 1.2v1.3M8 13.5v1.3M1.2 8h1.3M13.5 8h1.3M3.2 3.2l.9.9M11.9 11.9l.9.9M12.8 3.2l-.9.9M4.1 11.9l-.9.9",
    Trash = "M2.5 4.5h11M6 4.5V2.8h4v1.7M4 4.5l.6 9h6.8l.6-9M6.6 7v4.2M9.4 7v4.2",
    Tree = "M2 2.2h5v3.3H2zM9 6.9h5v3.3H9zM9 11h5v3.3H9zM4.5 5.5v7.2H9M4.5 8.5H9",
    Upload = "M8 10.5V2.7M4.8 5.8 8 2.6l3.2 3.2M2.8 13.3h10.4",
    User = "M8 8a2.8 2.8 0 1 0 0-5.6A2.8 2.8 0 0 0 8 8ZM2.8 14c.5-2.8 2.6-4.2 5.2-4.2s4.7 1.4 5.2 4.2",
    Warning = "M8 2.2 14.6 13.5H1.4zM8 6.4v3.4M8 11.6v.1",
    Wrench = "M9.2 5.1a3.3 3.3 0 0 1 4.3-3l-2 2 .4 1 1 .4 2-2a3.3 3.3 0 0 1-4.3 4.3L5 13.4a1.5 1.5 0 0 1-2.2-2.2l5.7-5.6c-.1-.2.7-.4.7-.5Z",
}

/// One icon, as tall as a line of text.
#[component]
pub fn Icon(name: IconName) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d=name.path()></path>
        </svg>
    }
}

/// The product's mark: a small hierarchy in a rounded square.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <rect class="mark-field" width="24" height="24" rx="6"></rect>
            <path class="mark-line" d="M12 8.6v3.2M7 15.4v-1.6c0-1.1.9-2 2-2h6c1.1 0 2 .9 2 2v1.6"></path>
            <rect class="mark-node" x="9.4" y="4" width="5.2" height="4.6" rx="1.3"></rect>
            <rect class="mark-node" x="4.4" y="15.4" width="5.2" height="4.6" rx="1.3"></rect>
            <rect class="mark-node" x="14.4" y="15.4" width="5.2" height="4.6" rx="1.3"></rect>
        </svg>
    }
}
