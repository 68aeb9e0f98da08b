//! What the page does with the server, and how it goes on when something fails.

use std::cell::Cell;
use std::rc::Rc;

use podpis_shared::problem::Code;
use podpis_shared::wire::account::TypedCode;
use podpis_shared::wire::patient::{CodeStart, EsiaComplete, EsiaStart};
use wasm_bindgen_futures::spawn_local;
use yew::UseReducerDispatcher;

use crate::api::Api;
use crate::model::code::{self, Failure, Sent};
use crate::model::{Event, Model, Step, Trouble};
use crate::patience;
use crate::{boot, dom};

/// The person's actions; cheap to clone.
#[derive(Clone)]
pub(crate) struct Flow {
    api: Option<Rc<Api>>,
    tell: UseReducerDispatcher<Model>,
    reads: Rc<Reads>,
}

/// Numbers of the readings of the document's state, so that a late answer never hides a newer one.
#[derive(Default)]
struct Reads {
    asked: Cell<u32>,
    heard: Cell<u32>,
}

impl PartialEq for Flow {
    fn eq(&self, other: &Self) -> bool {
        self.api == other.api && self.tell == other.tell
    }
}

impl Flow {
    pub(crate) fn new(api: Option<Rc<Api>>, tell: UseReducerDispatcher<Model>) -> Self {
        Self {
            api,
            tell,
            reads: Rc::default(),
        }
    }

    /// Tells the model.
    pub(crate) fn tell(&self, event: Event) {
        self.tell.dispatch(event);
    }

    /// The calls to the server; there is none without a link.
    pub(crate) fn api(&self) -> Option<Rc<Api>> {
        self.api.clone()
    }

    /// The page has opened: read the document, or first hand in what Gosuslugi answered.
    pub(crate) fn begin(&self) {
        let kept = boot::code().and_then(|code| Sent::kept(&code, dom::unix_now()));
        if let Some(sent) = kept {
            self.tell(Event::Code(code::Step::Kept(Rc::new(sent))));
        }
        match boot::esia_answer() {
            Some(answer) => self.complete(answer),
            None => self.refresh(),
        }
    }

    /// Once more, after a failure.
    pub(crate) fn retry(&self) {
        match boot::esia_answer() {
            Some(_) => self.begin(),
            None => self.start_over(),
        }
        self.tell(Event::FileAsked);
    }

    /// The page came back from the browser's memory: whatever was running then is not running now.
    pub(crate) fn start_over(&self) {
        self.tell(Event::Stepped(Step::Reading));
        self.refresh();
    }

    /// Reads the document's state again.
    pub(crate) fn refresh(&self) {
        let Some(api) = self.api() else { return };
        let flow = self.clone();
        spawn_local(async move { flow.read(&api).await });
    }

    /// The person sees the document.
    pub(crate) fn tell_opened(&self) {
        let Some(api) = self.api() else { return };
        let flow = self.clone();
        spawn_local(async move {
            if api.opened().await.is_ok() {
                flow.read(&api).await;
            }
        });
    }

    /// The person signs: off to Gosuslugi.
    pub(crate) fn sign(&self, start: EsiaStart) {
        let Some(api) = self.api() else { return };
        let flow = self.clone();
        flow.tell(Event::Stepped(Step::Starting));
        spawn_local(async move {
            match api.start_esia(&start).await {
                Ok(started) if dom::leave_for(&started.location) => {
                    // Another way through Gosuslugi has begun: what the last one brought is of no use.
                    boot::forget_esia_answer();
                    flow.tell(Event::Stepped(Step::Leaving))
                }
                Ok(_) => flow.tell(Event::Stepped(Step::Refused(Trouble::Other))),
                Err(trouble) => {
                    // The server's own word may say why: signed in another tab, expired, cancelled.
                    if trouble != Trouble::Offline {
                        flow.read(&api).await;
                    }
                    flow.tell(Event::Stepped(Step::Refused(trouble)));
                }
            }
        });
    }

    /// The person wants to sign by a code, or wants another one.
    pub(crate) fn ask_code(&self, start: CodeStart) {
        let Some(api) = self.api() else { return };
        let flow = self.clone();
        flow.tell(Event::Stepped(Step::Reading));
        flow.tell(Event::Code(code::Step::Asked));
        spawn_local(async move {
            match api.ask_code(&start).await {
                Ok(sent) => {
                    boot::keep_code(Some(&sent.to_keep()));
                    flow.tell(Event::Code(code::Step::Sent(Rc::new(sent))));
                }
                Err(failure) => flow.no_code(&api, failure, code::Step::NotSent).await,
            }
        });
    }

    /// The person typed the code. Sent again and again while the network is away: that is harmless.
    pub(crate) fn sign_by_code(&self, sent: &Sent, typed: String) {
        let Some(api) = self.api() else { return };
        let flow = self.clone();
        let typed = TypedCode {
            code_id: sent.code_id.clone(),
            code: typed,
        };
        flow.tell(Event::Code(code::Step::Typed));
        spawn_local(async move {
            match patiently(|| api.sign_by_code(&typed)).await {
                Ok(_) => {
                    boot::keep_code(None);
                    flow.read(&api).await;
                    flow.tell(Event::Code(code::Step::Signed));
                }
                Err(failure) => flow.no_code(&api, failure, code::Step::NotSigned).await,
            }
        });
    }

    /// A step of the entry of a code did not work.
    async fn no_code(&self, api: &Api, failure: Failure, step: fn(Failure, i64) -> code::Step) {
        let trouble = failure.trouble;
        if trouble == Trouble::Code(Code::CodeExpired) {
            boot::keep_code(None);
        }
        if code::is_told_at_the_entry(trouble) {
            self.tell(Event::Code(step(failure, dom::unix_now())));
            // The law's word may have changed since the page was read.
            if trouble == Trouble::Code(Code::Policy) {
                self.read(api).await;
            }
            return;
        }
        // The server's own word may say why: signed in another tab, expired, cancelled.
        self.read(api).await;
        self.tell(Event::Code(code::Step::Ended));
        self.tell(Event::Stepped(Step::Refused(trouble)));
    }

    /// The person declines. `failed` hears of a failure that another try may mend.
    pub(crate) fn decline(&self, reason: Option<String>, failed: yew::Callback<()>) {
        let Some(api) = self.api() else { return };
        let flow = self.clone();
        flow.tell(Event::Stepped(Step::Declining));
        spawn_local(async move {
            match api.decline(reason).await {
                Ok(()) | Err(Trouble::Code(_)) => flow.read(&api).await,
                Err(Trouble::Offline | Trouble::EsiaAway | Trouble::Other) => failed.emit(()),
            }
            flow.tell(Event::Stepped(Step::Reading));
        });
    }

    /// Hands in Gosuslugi's answer, again and again while the network is away: that is harmless.
    fn complete(&self, answer: EsiaComplete) {
        let Some(api) = self.api() else {
            boot::forget_esia_answer();
            return;
        };
        let flow = self.clone();
        flow.tell(Event::Stepped(Step::Completing));
        // Meanwhile the page shows whose document it is.
        flow.refresh();
        spawn_local(async move {
            let outcome = patiently(|| api.complete_esia(&answer)).await;
            let step = match outcome {
                Ok(_) => Step::Done,
                Err(trouble) => Step::Refused(trouble),
            };
            if !outcome.is_err_and(Trouble::keeps_answer) {
                boot::forget_esia_answer();
            }
            flow.read(&api).await;
            flow.tell(Event::Stepped(step));
        });
    }

    async fn read(&self, api: &Api) {
        let number = self.reads.asked.get() + 1;
        self.reads.asked.set(number);
        let answer = patiently(|| api.document()).await;
        if number > self.reads.heard.get() {
            self.reads.heard.set(number);
            self.tell(Event::ViewRead(answer.map(Rc::new)));
        }
    }
}

/// Calls until there is an answer; gives up after a few failures of the network.
async fn patiently<T, E, F>(call: impl FnMut() -> F) -> Result<T, E>
where
    E: Clone + Into<Trouble>,
    F: Future<Output = Result<T, E>>,
{
    let passes = |error: &E| {
        let trouble = error.clone().into();
        matches!(trouble, Trouble::Offline | Trouble::Code(Code::Unavailable))
    };
    patience::patiently(call, passes).await
}
