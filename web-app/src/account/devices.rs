//! Where the account is signed in.

use podpis_shared::Timestamp;
use yew::prelude::*;

use super::flow::Flow;
use super::load::{use_act, use_load};
use super::parts::{self, act_failed};
use crate::api::account as api;
use crate::dom;
use crate::model::account::Note;
use crate::model::account::route::Route;
use crate::text::account as words;

/// Properties of [`Devices`].
#[derive(PartialEq, Properties)]
pub(super) struct DevicesProps {
    pub(super) flow: Flow,
}

/// The page.
#[component]
pub(super) fn Devices(props: &DevicesProps) -> Html {
    let devices = use_load(&props.flow, api::devices);
    let ending = use_act(&props.flow);
    let told = use_state_eq(|| "");
    let end_all = {
        let (ending, flow) = (ending.clone(), props.flow.clone());
        Callback::from(move |_| {
            let flow = flow.clone();
            ending.run(api::sign_out_everywhere(), move |()| {
                flow.left(Note::LeftEverywhere);
            });
        })
    };
    let end = {
        let (ending, again, told) = (ending.clone(), devices.again.clone(), told.setter());
        Callback::from(move |id: String| {
            let (again, told) = (again.clone(), told.clone());
            ending.run(api::end_device(id), move |()| {
                told.set(words::DEVICE_ENDED);
                again.emit(());
                dom::focus_id(parts::TITLE);
            });
        })
    };
    let now = Timestamp::from_unix(dom::unix_now());
    html! {
        <>
            { parts::heading(Route::Devices) }
            <p class="lead-text">{ words::DEVICES_LEAD }</p>
            { parts::loaded(&devices, |devices| html! {
                <section class="card">
                    <ul class="lines" data-testid="devices">
                        { for devices.iter().map(|device| html! {
                            <li class="line" key={device.id.clone()} data-testid="device" data-current={device.current.to_string()}>
                                <div>
                                    <p class="line-name">
                                        { &device.name }
                                        if device.current {
                                            { " " }<span class="doc-new">{ words::DEVICE_CURRENT }</span>
                                        }
                                    </p>
                                    <p class="soft">{ words::device_since(device, now) }</p>
                                    if !device.current {
                                        <p class="soft">{ words::device_seen(device, now) }</p>
                                    }
                                </div>
                                if !device.current {
                                    <button
                                        type="button"
                                        class="button button-second button-small"
                                        data-testid="device-end"
                                        aria-label={words::device_end_label(device)}
                                        disabled={ending.running()}
                                        onclick={
                                            let id = device.id.clone();
                                            end.reform(move |_| id.clone())
                                        }
                                    >
                                        { words::DEVICE_END }
                                    </button>
                                }
                            </li>
                        }) }
                    </ul>
                    <p class="told" role="status">{ *told }</p>
                    { act_failed(&ending) }
                    <button
                        type="button"
                        class="button button-danger button-wide"
                        data-testid="sign-out-everywhere"
                        aria-describedby="end-all-hint"
                        disabled={ending.running()}
                        onclick={end_all}
                    >
                        { words::DEVICES_END_ALL }
                    </button>
                    <p class="hint" id="end-all-hint">{ words::DEVICES_END_ALL_HINT }</p>
                </section>
            }) }
        </>
    }
}
