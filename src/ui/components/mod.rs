//! What pages are made of. Each file has one component, or one small family.

pub mod breadcrumb;
pub mod code;
pub mod diff;
pub mod dom;
pub mod done;
pub mod duration;
pub mod error_summary;
pub mod fault_view;
pub mod fields;
pub mod icon;
pub mod node_type;
pub mod page_heading;
pub mod redraw;
pub mod session_dialog;
pub mod side_bar;
pub mod status;
pub mod time;
pub mod top_bar;
pub mod tree;
pub mod value;

pub use fault_view::FaultView;
pub use icon::{Icon, IconName};
pub use node_type::NodeTypeBadge;
pub use page_heading::PageHeading;
pub use status::StatusBadge;
pub use time::Time;
