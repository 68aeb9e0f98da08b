//! The state of the signing page: facts, what changes them, and what follows from them.
//!
//! Pure, so that every way through the page is tested on the host. Nothing here is
//! remembered across a reload: the server's answer to `GET /patient/document` decides.

pub(crate) mod access;
pub(crate) mod account;
pub(crate) mod case;
pub(crate) mod clinic;
pub(crate) mod code;
pub(crate) mod fragment;
pub(crate) mod offers;
pub(crate) mod pages;
pub(crate) mod report;
pub(crate) mod retry;
mod screen;

use std::rc::Rc;

use podpis_shared::Hashes;
use podpis_shared::problem::Code;
use podpis_shared::wire::patient::{DocumentView, PageShown, Presentation};

pub(crate) use access::Place;
pub(crate) use offers::Offers;
pub(crate) use pages::{Job, Page};
pub(crate) use screen::Screen;

/// All facts of the page.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Model {
    /// Where the page stands.
    pub(crate) place: Place,
    /// What the server says of the document.
    pub(crate) view: View,
    /// The PDF.
    pub(crate) file: File,
    /// What the person is doing.
    pub(crate) step: Step,
    /// Signing by a code.
    pub(crate) code: code::Entry,
    /// How often the file has been asked for again.
    pub(crate) reopened: u32,
    /// The page that is being drawn.
    pub(crate) drawing: Option<Job>,
    /// The end of the document has been in view.
    pub(crate) reached_end: bool,
    /// How often the original has been downloaded.
    pub(crate) downloads: u32,
}

/// The server's word.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum View {
    /// The address names no document.
    Missing,
    /// Asked, no answer yet.
    Waiting,
    /// The answer.
    Here(Rc<DocumentView>),
    /// No usable answer.
    Failed(Trouble),
}

/// The PDF in this browser.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum File {
    /// Streaming in; bytes so far and in all (0: not known).
    Arriving {
        /// Bytes so far.
        loaded: u64,
        /// Bytes in all, 0 when not known.
        total: u64,
    },
    /// Whole and opened.
    Here {
        /// This browser's own hashes of the bytes that it shows.
        hashes: Hashes,
        /// Pages in order.
        pages: Vec<Page>,
    },
    /// Can't be fetched or shown.
    Failed(Trouble),
}

/// What the person is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Reads.
    Reading,
    /// Pressed the button; the server is asked where to go.
    Starting,
    /// The browser is leaving for Gosuslugi.
    Leaving,
    /// Came back; the server checks the signature.
    Completing,
    /// Came back, and the server has it: signed, or accepted, just now.
    Done,
    /// Declining; the server is told.
    Declining,
    /// The last attempt ended with this.
    Refused(Trouble),
}

/// Why something did not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// No answer from the network.
    Offline,
    /// The server refused, and said why.
    Code(Code),
    /// Gosuslugi did not answer the server; what they told this page may still be good and can be handed in again.
    EsiaAway,
    /// Anything else.
    Other,
}

impl Trouble {
    /// What an answer other than 2xx means: its code, where it has one, its status, and whether it has `Retry-After`.
    pub(crate) fn of(code: Option<Code>, status: u16, may_repeat: bool) -> Self {
        match (code, status) {
            (Some(Code::EsiaUnavailable), _) if may_repeat => Self::EsiaAway,
            (Some(code), _) => Self::Code(code),
            // A gateway between us and the server speaks no problem+json.
            (None, 502..=504) => Self::Code(Code::Unavailable),
            (None, _) => Self::Other,
        }
    }

    /// Whether what Gosuslugi told this page is worth handing in again.
    pub(crate) const fn keeps_answer(self) -> bool {
        matches!(
            self,
            Self::Offline | Self::EsiaAway | Self::Code(Code::Unavailable)
        )
    }
}

/// Flaw of a page at which the renderer broke down.
const BROKE_DOWN: &str = "broke-down";

/// Something that happened.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// The server answered about the document.
    ViewRead(Result<Rc<DocumentView>, Trouble>),
    /// Bytes arrived.
    FileProgress {
        /// Bytes so far.
        loaded: u64,
        /// Bytes in all, 0 when not known.
        total: u64,
    },
    /// The file is whole.
    FileOpened {
        /// Own hashes.
        hashes: Hashes,
        /// Sizes in points.
        sizes: Vec<(f32, f32)>,
    },
    /// The file can't be had or shown.
    FileFailed(Trouble),
    /// The file is to be fetched again, unless it is here or can't be shown.
    FileAsked,
    /// The worker was given this to draw.
    Drawing(Job),
    /// A picture is on its canvas.
    Drawn {
        /// Index from 0.
        page: usize,
        /// Width it was asked for.
        width: u32,
        /// What is not whole.
        flaws: String,
        /// Milliseconds since the page began to load.
        at_ms: u64,
    },
    /// The renderer broke down at a page; it draws nothing any more.
    PageFailed {
        /// Index from 0.
        page: usize,
    },
    /// Pictures were let go.
    Released(Vec<usize>),
    /// A page came into view or left it.
    InView {
        /// Index from 0.
        page: usize,
        /// 0 to 1.
        share: f64,
    },
    /// So many milliseconds went by while the page was in the foreground.
    Watched(u64),
    /// The end of the document came into view.
    ReachedEnd,
    /// The original was downloaded.
    Downloaded,
    /// The person's step changed.
    Stepped(Step),
    /// A step of signing by a code.
    Code(code::Step),
}

impl Model {
    /// The page as it opens: where, with or without a right, and whether Gosuslugi's answer waits to be handed in.
    pub(crate) fn new(place: Place, has_right: bool, returned: bool) -> Self {
        Self {
            place,
            view: if has_right {
                View::Waiting
            } else {
                View::Missing
            },
            file: File::Arriving {
                loaded: 0,
                total: 0,
            },
            step: if returned {
                Step::Completing
            } else {
                Step::Reading
            },
            code: code::Entry::default(),
            reopened: 0,
            // The worker draws the first page by itself.
            drawing: Some(Job { page: 0, width: 0 }),
            reached_end: false,
            downloads: 0,
        }
    }

    /// The model after an event.
    pub(crate) fn after(mut self, event: Event) -> Self {
        match event {
            Event::ViewRead(Ok(view)) => self.view = View::Here(view),
            // What is already on the screen stays while the network is away.
            Event::ViewRead(Err(Trouble::Offline)) if matches!(self.view, View::Here(_)) => {}
            Event::ViewRead(Err(trouble)) => self.view = View::Failed(trouble),
            Event::FileProgress { loaded, total } => {
                if matches!(self.file, File::Arriving { .. }) {
                    self.file = File::Arriving { loaded, total };
                }
            }
            Event::FileOpened { hashes, sizes } => {
                let pages = sizes
                    .into_iter()
                    .map(|(width, height)| Page::new(width, height))
                    .collect();
                self.file = File::Here { hashes, pages };
            }
            Event::FileFailed(trouble) => {
                self.file = File::Failed(trouble);
                self.drawing = None;
            }
            // What can't be shown, another try does not mend.
            Event::FileAsked
                if matches!(self.file, File::Failed(Trouble::Offline | Trouble::Code(_))) =>
            {
                self.file = File::Arriving {
                    loaded: 0,
                    total: 0,
                };
                self.drawing = Some(Job { page: 0, width: 0 });
                self.reopened += 1;
            }
            Event::FileAsked => {}
            Event::Drawing(job) => self.drawing = Some(job),
            Event::Drawn {
                page,
                width,
                flaws,
                at_ms,
            } => {
                self.drawing = None;
                if let Some(page) = self.page_mut(page) {
                    page.painted_ms.get_or_insert(at_ms);
                    page.picture = width;
                    page.flaws = flaws;
                }
            }
            Event::PageFailed { page } => match self.page_mut(page) {
                // `drawing` stays as it is, so nothing more is asked of the renderer.
                Some(page) => page.flaws = BROKE_DOWN.into(),
                None => self.file = File::Failed(Trouble::Other),
            },
            Event::Released(released) => {
                for page in released {
                    if let Some(page) = self.page_mut(page) {
                        page.picture = 0;
                    }
                }
            }
            Event::InView { page, share } => {
                if let Some(page) = self.page_mut(page) {
                    page.in_view = share;
                }
            }
            Event::Watched(ms) => {
                for page in self
                    .pages_mut()
                    .iter_mut()
                    .filter(|page| page.in_view > 0.0 && page.is_drawn())
                {
                    page.visible_ms += ms;
                }
            }
            Event::ReachedEnd => self.reached_end = true,
            Event::Downloaded => self.downloads += 1,
            Event::Stepped(step) => self.step = step,
            Event::Code(step) => self.code = self.code.after(step),
        }
        self
    }

    /// Pages; none before the file is whole.
    pub(crate) fn pages(&self) -> &[Page] {
        match &self.file {
            File::Here { pages, .. } => pages,
            _ => &[],
        }
    }

    /// The document as the server describes it.
    pub(crate) fn document(&self) -> Option<&Rc<DocumentView>> {
        match &self.view {
            View::Here(view) => Some(view),
            _ => None,
        }
    }

    /// This browser's own hashes.
    pub(crate) fn hashes(&self) -> Option<&Hashes> {
        match &self.file {
            File::Here { hashes, .. } => Some(hashes),
            _ => None,
        }
    }

    /// Whether the bytes shown here are those that the clinic sent; `None`: not known yet.
    pub(crate) fn is_authentic(&self) -> Option<bool> {
        let (view, hashes) = (self.document()?, self.hashes()?);
        Some(view.sha256 == hashes.sha256 && view.streebog256 == hashes.streebog256)
    }

    /// The proof that the document may be signed: its hashes, known to be those of what was shown whole.
    pub(crate) fn signable(&self) -> Option<Hashes> {
        let whole = !self.pages().is_empty()
            && self
                .pages()
                .iter()
                .all(|page| page.is_drawn() && page.flaws.is_empty());
        let open = self
            .document()
            .is_some_and(|view| view.status.is_open() && view.may_act);
        (open
            && whole
            && self.is_authentic() == Some(true)
            && self.screen().is_open()
            && !self.is_busy())
        .then(|| self.hashes().cloned())
        .flatten()
    }

    /// Gosuslugi's answer waits to be handed in again.
    pub(crate) fn can_repeat(&self) -> bool {
        matches!(self.step, Step::Refused(trouble) if trouble.keeps_answer())
    }

    /// A request of the person's is under way.
    pub(crate) fn is_busy(&self) -> bool {
        matches!(
            self.step,
            Step::Starting | Step::Leaving | Step::Completing | Step::Declining
        ) || self.code.is_busy()
    }

    /// The ways of signing.
    pub(crate) fn offers(&self) -> Offers {
        let offers = |view: &Rc<DocumentView>| Offers::of(view);
        self.document().map(offers).unwrap_or_default()
    }

    /// The code signed just now, or the agreement that the page shows has been accepted before.
    pub(crate) fn is_signed_by_code(&self) -> bool {
        let accepted = |view: &Rc<DocumentView>| {
            let agreement = view.agreement.as_ref();
            agreement.is_some_and(|agreement| agreement.accepted.is_some())
        };
        self.code.stage == code::Stage::Signed || self.document().is_some_and(accepted)
    }

    /// It was signed, or accepted, on this page and not earlier.
    pub(crate) fn is_signed_now(&self) -> bool {
        self.code.stage == code::Stage::Signed || self.step == Step::Done
    }

    /// What was shown, for the evidence.
    pub(crate) fn presentation(&self, total_ms: u64) -> Presentation {
        let shown = |(index, page): (usize, &Page)| PageShown {
            page: index as u32 + 1,
            painted_ms: page.painted_ms,
            visible_ms: page.visible_ms,
        };
        Presentation {
            total_ms,
            pages: self
                .pages()
                .iter()
                .enumerate()
                .filter(|(_, page)| page.is_drawn())
                .map(shown)
                .collect(),
            reached_end: self.reached_end,
            downloaded: self.downloads > 0,
            downloads: self.downloads,
        }
    }

    fn is_tampered(&self) -> bool {
        self.is_authentic() == Some(false)
    }

    fn pages_mut(&mut self) -> &mut [Page] {
        match &mut self.file {
            File::Here { pages, .. } => pages,
            _ => &mut [],
        }
    }

    fn page_mut(&mut self, index: usize) -> Option<&mut Page> {
        self.pages_mut().get_mut(index)
    }
}

#[cfg(test)]
pub(crate) mod tests;
