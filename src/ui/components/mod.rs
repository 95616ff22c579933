//! What pages are made of. Each file has one component, or one small family.

pub mod dom;
pub mod done;
pub mod error_summary;
pub mod fault_view;
pub mod fields;
pub mod icon;
pub mod node_type;
pub mod not_found;
pub mod page_heading;
pub mod redraw;
pub mod session_dialog;
pub mod table;
pub mod time;
pub mod value;

pub use fault_view::FaultView;
pub use icon::{Icon, IconName};
pub use node_type::NodeTypeBadge;
pub use page_heading::PageHeading;
pub use table::{NUMBER, table, table_of};
pub use time::Time;
