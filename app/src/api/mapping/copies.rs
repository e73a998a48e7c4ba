//! Copies of files.

use domain::ClientId;
use domain::crop::Shape;
use services::copies::{CopyView, CopyWish as Wish};
use services::{ServiceError, ServiceResult};

use super::asset;
use crate::api::copies::{CopyData, CopyWish};

pub(in crate::api) fn copy_wish(wish: CopyWish) -> ServiceResult<Wish> {
    Ok(match wish {
        CopyWish::For(platform) => Wish::For(platform),
        CopyWish::Part { area, shape } => Wish::Part {
            area,
            shape: Shape::named(&shape).ok_or_else(|| {
                let sentence = "Those are no proportions that AutoPost knows. Choose others.";
                ServiceError::Invalid(sentence.to_owned())
            })?,
        },
    })
}

pub(in crate::api) fn copy(client: ClientId, view: CopyView) -> CopyData {
    CopyData {
        id: view.id,
        original: view.original,
        how: view.how,
        state: view.state,
        progress: view.progress,
        problem: view.problem,
        asset: view.asset.map(|made| asset(client, made)),
    }
}
