//! What surrounds a post.

use domain::time::{local, local_label};
use services::clients::ClientView;
use services::planning::notes::Note;

use crate::api::notes::NoteData;

pub(in crate::api) fn note(view: &ClientView, note: Note) -> NoteData {
    NoteData {
        changed: format!(
            "{}, {}",
            note.updated_by,
            local_label(local(note.updated_at, view.zone))
        ),
        body: note.body,
        revision: note.revision,
    }
}
