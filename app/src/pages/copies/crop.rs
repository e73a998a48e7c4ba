//! The dialog that takes a part of a picture: by pointer or by keys, with what comes of it beside it.

use domain::crop::{Area, SHAPES, SMALLEST, Shape};
use domain::rules::copy_of_part;
use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::html;
use leptos::prelude::*;

use crate::api::assets::AssetData;
use crate::api::copies::CopyWish;
use crate::components::{Dialog, DialogFoot, DialogHead, Segment, Segmented};
use crate::state::copies::Copies;

/// By how much a key changes the size of the frame, in per cent of the largest.
const BIGGER: i32 = 5;

/// Crops the file that [`Copies::crop`] was called with.
#[component]
pub fn CropDialog(copies: Copies) -> impl IntoView {
    view! {
        <Dialog open=copies.crops labelled_by="crop-title">
            {move || copies.cropping.get().map(|asset| cropper(copies, asset))}
        </Dialog>
    }
    .into_any()
}

/// The part that is chosen.
#[derive(Clone, Copy)]
struct Choice {
    of: (u32, u32),
    shape: RwSignal<String>,
    per_cent: RwSignal<u32>,
    /// Where its middle is meant to be.
    middle: RwSignal<(i64, i64)>,
    area: Memo<Area>,
}

impl Choice {
    fn of(asset: &AssetData) -> Self {
        let of = (asset.facts.width(), asset.facts.height());
        let is_part = |shape: &Shape| copy_of_part(&asset.facts, Area::largest(of, *shape)).is_ok();
        let first = SHAPES.into_iter().find(is_part).unwrap_or(SHAPES[0]);
        let shape = RwSignal::new(first.name.to_owned());
        let per_cent = RwSignal::new(100);
        let middle = RwSignal::new((i64::from(of.0 / 2), i64::from(of.1 / 2)));
        let area = Memo::new(move |_| {
            let shape = shape.with(|name| Shape::named(name)).unwrap_or(SHAPES[0]);
            let (x, y) = middle.get();
            Area::largest(of, shape)
                .sized(of, shape, per_cent.get())
                .centred_at(of, x, y)
        });
        Self {
            of,
            shape,
            per_cent,
            middle,
            area,
        }
    }

    fn shape(self) -> Shape {
        self.shape
            .with(|name| Shape::named(name))
            .unwrap_or(SHAPES[0])
    }

    /// Moves it, and no further than the edges allow.
    fn go_to(self, x: i64, y: i64) {
        let area = self.area.get_untracked().centred_at(self.of, x, y);
        self.middle.set(area.middle());
    }

    fn grow(self, by: i32) {
        self.per_cent.update(|per_cent| {
            *per_cent = per_cent.saturating_add_signed(by).clamp(SMALLEST, 100);
        });
    }

    /// What a key does; whether it is one of ours.
    fn key(self, event: &KeyboardEvent) -> bool {
        let step = |side: u32| {
            if event.shift_key() {
                2
            } else {
                i64::from((side / 50).max(2))
            }
        };
        let (right, down) = (step(self.of.0), step(self.of.1));
        let (x, y) = self.area.get_untracked().middle();
        match event.key().as_str() {
            "ArrowLeft" => self.go_to(x - right, y),
            "ArrowRight" => self.go_to(x + right, y),
            "ArrowUp" => self.go_to(x, y - down),
            "ArrowDown" => self.go_to(x, y + down),
            "+" | "=" => self.grow(BIGGER),
            "-" | "_" => self.grow(-BIGGER),
            _ => return false,
        }
        true
    }
}

fn cropper(copies: Copies, asset: AssetData) -> AnyView {
    let choice = Choice::of(&asset);
    let (id, facts) = (asset.id, asset.facts.clone());
    let refused = Memo::new(move |_| copy_of_part(&facts, choice.area.get()).err());
    let is_video = asset.facts.video().is_some();
    let segments = SHAPES
        .iter()
        .map(|shape| Segment {
            value: shape.name.to_owned(),
            label: shape.name.to_owned(),
            icon: None,
        })
        .collect::<Vec<_>>();
    let close = move || copies.crops.set(false);
    let make = move |_| {
        if refused.with_untracked(Option::is_some) {
            return;
        }
        let wish = CopyWish::Part {
            area: choice.area.get_untracked(),
            shape: choice.shape.get_untracked(),
        };
        copies.ask(id, wish);
        close();
    };
    let lead = if is_video {
        "The whole video is cropped to this part. The original stays as it is."
    } else {
        "The original stays as it is."
    };
    let poster = asset.poster_url.clone().unwrap_or_default();
    view! {
        <div class="dialog-body crop">
            <DialogHead
                id="crop-title"
                title=format!("Crop {}", asset.file_name)
                lead=lead
                on_close=Callback::new(move |()| close())
            />
            <div class="crop-shapes">
                <Segmented
                    label="Proportions"
                    name="crop-shape"
                    segments=Signal::stored(segments)
                    selected=choice.shape
                    tall=true
                />
                <p class="crop-used">
                    {move || {
                        let shape = choice.shape();
                        format!("{} {}", shape.name, shape.used)
                    }}
                </p>
            </div>
            {stage(choice, &poster)}
            <div class="crop-foot">
                <label class="crop-size">
                    <span>"Size of the part"</span>
                    <input
                        type="range"
                        min=SMALLEST
                        max="100"
                        prop:value=move || choice.per_cent.get().to_string()
                        on:input:target=move |event| {
                            if let Ok(per_cent) = event.target().value().parse() {
                                choice.per_cent.set(per_cent);
                            }
                        }
                    />
                </label>
                {preview(choice, &poster)}
            </div>
            <p class="crop-said" role="status">
                {move || {
                    let area = choice.area.get();
                    refused
                        .get()
                        .unwrap_or_else(|| {
                            format!(
                                "{} × {} pixels, {} from the left, {} from the top",
                                area.width,
                                area.height,
                                area.x,
                                area.y,
                            )
                        })
                }}
            </p>
        </div>
        <DialogFoot>
            <button class="button secondary" type="button" on:click=move |_| close()>
                "Cancel"
            </button>
            <button
                class="button primary"
                type="button"
                aria-disabled=move || refused.with(Option::is_some).then_some("true")
                on:click=make
            >
                "Make the copy"
            </button>
        </DialogFoot>
    }
    .into_any()
}

/// The picture with the frame over it. One thing to reach by keyboard, as it moves as one.
fn stage(choice: Choice, poster: &str) -> AnyView {
    let area = choice.area;
    let (width, height) = choice.of;
    let touch = NodeRef::<html::Div>::new();
    // How far from the middle of the frame it is held.
    let held = StoredValue::new(None::<(i64, i64)>);
    let at = move |event: &PointerEvent| {
        let element = touch.get_untracked()?;
        let place = |offset: i32, shown: i32, side: u32| {
            i64::from(offset) * i64::from(side) / i64::from(shown.max(1))
        };
        Some((
            place(event.offset_x(), element.client_width(), width),
            place(event.offset_y(), element.client_height(), height),
        ))
    };
    let press = move |event: PointerEvent| {
        let (Some((x, y)), Some(element)) = (at(&event), touch.get_untracked()) else {
            return;
        };
        let _ = element.set_pointer_capture(event.pointer_id());
        let now = area.get_untracked();
        let is_inside = |at: i64, start: u32, size: u32| {
            at >= i64::from(start) && at < i64::from(start) + i64::from(size)
        };
        if is_inside(x, now.x, now.width) && is_inside(y, now.y, now.height) {
            let middle = now.middle();
            held.set_value(Some((x - middle.0, y - middle.1)));
        } else {
            // Who cannot drag presses where the middle is to be.
            choice.go_to(x, y);
            held.set_value(Some((0, 0)));
        }
    };
    let drag = move |event: PointerEvent| {
        if let (Some((dx, dy)), Some((x, y))) = (held.get_value(), at(&event)) {
            choice.go_to(x - dx, y - dy);
        }
    };
    let let_go = move |_: PointerEvent| held.set_value(None);
    let shade = move || {
        let area = area.get();
        format!(
            "M0 0h{width}v{height}h-{width}zM{} {}v{h}h{w}v-{h}z",
            area.x,
            area.y,
            w = area.width,
            h = area.height
        )
    };
    view! {
        <div class="crop-stage">
            <div
                class="crop-picture"
                role="application"
                tabindex="0"
                autofocus
                aria-label="The part that is taken"
                aria-describedby="crop-keys"
                on:keydown=move |event| {
                    if choice.key(&event) {
                        event.prevent_default();
                    }
                }
            >
                <img src=poster.to_owned() alt="" draggable="false" />
                <svg viewBox=format!("0 0 {width} {height}") preserveAspectRatio="none" aria-hidden="true">
                    <path class="crop-shade" fill-rule="evenodd" d=shade></path>
                    <rect
                        class="crop-edge"
                        x=move || area.get().x.to_string()
                        y=move || area.get().y.to_string()
                        width=move || area.get().width.to_string()
                        height=move || area.get().height.to_string()
                    ></rect>
                </svg>
                <div
                    class="crop-touch"
                    node_ref=touch
                    on:pointerdown=press
                    on:pointermove=drag
                    on:pointerup=let_go
                    on:pointercancel=let_go
                ></div>
            </div>
            <p class="crop-keys" id="crop-keys">
                "Drag the frame or press where its middle is to be. By keyboard: arrows move it, Shift for small steps, + and − change its size."
            </p>
        </div>
    }
    .into_any()
}

/// What comes of it.
fn preview(choice: Choice, poster: &str) -> AnyView {
    let (width, height) = choice.of;
    let view_box = move || {
        let area = choice.area.get();
        format!("{} {} {} {}", area.x, area.y, area.width, area.height)
    };
    view! {
        <svg
            class="crop-preview"
            data-shape=move || choice.shape.get()
            viewBox=view_box
            preserveAspectRatio="none"
            role="img"
            aria-label="What the copy shows"
        >
            <image
                href=poster.to_owned()
                width=width.to_string()
                height=height.to_string()
                preserveAspectRatio="none"
            ></image>
        </svg>
    }
    .into_any()
}
