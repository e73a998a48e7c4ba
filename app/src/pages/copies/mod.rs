//! What pages show of copies of files: how far each is, and the dialog that crops.

mod crop;
mod rows;

pub use crop::CropDialog;
pub use rows::CopyRows;
