//! Which page to draw next, how large, and which pictures to let go: the plan of the viewer.
//!
//! Visible pages come first and sharp, then their neighbours, then in idle time every page that has
//! never been drawn, so that the whole document is known to be drawable before it is signed.

/// Documents of up to so many pages keep all their pictures at full size.
const SHORT_DOCUMENT: usize = 8;

/// Pages on either side of the visible ones that keep their picture in a long document.
const NEIGHBOURS: usize = 2;

/// Width in pixels of a page drawn only to know that it can be drawn.
const DRAFT_WIDTH: u32 = 360;

/// Pictures of this share of the wanted width are sharp enough.
const SHARP_ENOUGH: f64 = 0.93;

/// One page as the browser knows it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Page {
    /// Width in points.
    pub(crate) width: f32,
    /// Height in points.
    pub(crate) height: f32,
    /// Width in pixels that the present picture was asked for; 0: there is none.
    pub(crate) picture: u32,
    /// Milliseconds from the opening until it was painted first; `None`: it has not been.
    pub(crate) painted_ms: Option<u64>,
    /// Names of what could not be drawn as the file asks; empty: the page is whole.
    pub(crate) flaws: String,
    /// Share of the viewport's or the page's height that is in view, 0 to 1.
    pub(crate) in_view: f64,
    /// Milliseconds in view.
    pub(crate) visible_ms: u64,
}

impl Page {
    /// A page of this size in points, not drawn yet.
    pub(crate) fn new(width: f32, height: f32) -> Self {
        Self {
            width,
            height,
            picture: 0,
            painted_ms: None,
            flaws: String::new(),
            in_view: 0.0,
            visible_ms: 0,
        }
    }

    /// Has been painted at least once.
    pub(crate) fn is_drawn(&self) -> bool {
        self.painted_ms.is_some()
    }
}

/// A page to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Job {
    /// Index from 0.
    pub(crate) page: usize,
    /// Width in pixels.
    pub(crate) width: u32,
}

/// The next page to draw when a page on the screen is `base` pixels wide and magnified `zoom` times.
pub(crate) fn next_job(pages: &[Page], base: u32, zoom: f64) -> Option<Job> {
    let sharp = (f64::from(base) * zoom.clamp(1.0, 3.0)) as u32;
    let lacks = |page: usize, width: u32| {
        pages
            .get(page)
            .is_some_and(|p| f64::from(p.picture) < f64::from(width) * SHARP_ENOUGH)
    };
    let visible: Vec<usize> = visible(pages).collect();
    let first = visible
        .iter()
        .copied()
        .filter(|page| lacks(*page, sharp))
        .map(|page| Job { page, width: sharp });
    let near = visible
        .last()
        .into_iter()
        .flat_map(|last| last + 1..=last + NEIGHBOURS)
        .chain(
            visible
                .first()
                .into_iter()
                .flat_map(|first| first.saturating_sub(NEIGHBOURS)..*first),
        )
        .filter(|page| lacks(*page, base))
        .map(|page| Job { page, width: base });
    let idle_width = if pages.len() <= SHORT_DOCUMENT {
        base
    } else {
        base.min(DRAFT_WIDTH)
    };
    let idle = (0..pages.len())
        .filter(|page| !pages[*page].is_drawn())
        .map(|page| Job {
            page,
            width: idle_width,
        });
    first.chain(near).chain(idle).next()
}

/// Pages whose picture should be let go, to keep a long document within the memory of a phone.
pub(crate) fn to_release(pages: &[Page]) -> Vec<usize> {
    if pages.len() <= SHORT_DOCUMENT {
        return Vec::new();
    }
    let (Some(first), Some(last)) = (visible(pages).next(), visible(pages).last()) else {
        return Vec::new();
    };
    let kept = first.saturating_sub(NEIGHBOURS)..=last + NEIGHBOURS;
    (0..pages.len())
        .filter(|page| !kept.contains(page) && pages[*page].picture > DRAFT_WIDTH)
        .collect()
}

/// How many pages have been drawn at least once.
pub(crate) fn drawn(pages: &[Page]) -> usize {
    pages.iter().filter(|page| page.is_drawn()).count()
}

fn visible(pages: &[Page]) -> impl Iterator<Item = usize> + '_ {
    pages
        .iter()
        .enumerate()
        .filter(|(_, page)| page.in_view > 0.0)
        .map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(count: usize, visible: &[usize]) -> Vec<Page> {
        let mut pages = vec![Page::new(595.0, 842.0); count];
        for page in visible {
            pages[*page].in_view = 0.5;
        }
        pages
    }

    /// Draws until nothing is left; the order in which it happened.
    fn draw_all(pages: &mut [Page], base: u32, zoom: f64) -> Vec<Job> {
        let mut jobs = Vec::new();
        while let Some(job) = next_job(pages, base, zoom) {
            pages[job.page].picture = job.width;
            pages[job.page].painted_ms = Some(1);
            jobs.push(job);
            assert!(jobs.len() <= pages.len() * 3, "the plan does not end");
        }
        jobs
    }

    #[test]
    fn visible_first_then_neighbours_then_the_rest() {
        let mut pages = pages(6, &[2]);
        let order: Vec<_> = draw_all(&mut pages, 1000, 1.0)
            .iter()
            .map(|job| job.page)
            .collect();
        assert_eq!(order, [2, 3, 4, 0, 1, 5]);
        assert!(pages.iter().all(|page| page.picture == 1000));
    }

    #[test]
    fn far_pages_of_a_long_document_are_drafts_and_get_sharp_when_they_come_near() {
        let mut pages = pages(40, &[0]);
        draw_all(&mut pages, 1000, 1.0);
        assert_eq!(drawn(&pages), 40);
        assert_eq!(pages[2].picture, 1000);
        assert_eq!(pages[30].picture, DRAFT_WIDTH);
        pages[0].in_view = 0.0;
        pages[30].in_view = 1.0;
        assert_eq!(
            next_job(&pages, 1000, 1.0),
            Some(Job {
                page: 30,
                width: 1000
            })
        );
        draw_all(&mut pages, 1000, 1.0);
        assert_eq!(to_release(&pages), [0, 1, 2]);
    }

    #[test]
    fn magnified_pages_are_drawn_again_only_while_visible() {
        let mut pages = pages(3, &[1]);
        draw_all(&mut pages, 1000, 1.0);
        assert_eq!(
            draw_all(&mut pages, 1000, 2.0),
            [Job {
                page: 1,
                width: 2000
            }]
        );
        assert_eq!(next_job(&pages, 1000, 1.0), None);
        assert_eq!(to_release(&pages), Vec::<usize>::new());
    }

    #[test]
    fn an_empty_document_needs_nothing() {
        assert_eq!(next_job(&[], 1000, 1.0), None);
        assert_eq!(to_release(&[]), Vec::<usize>::new());
    }
}
