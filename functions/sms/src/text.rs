//! Every text with a code, in one place.
//!
//! A text says whose it is, what the code does and that nobody may be told, in Cyrillic: what a court looks at. The
//! last line of an SMS binds the code to our host, so that phones offer it on our pages and on no others (WICG
//! Origin-bound one-time codes, which WebOTP and Apple's domain-bound codes are).

use podpis_shared::wire::code::{Channel, Purpose};

/// Characters of a clinic's name and of a document's title that a text holds.
const NAME_MAX: usize = 40;

/// Stands for the code wherever a text is kept.
pub(crate) const DOTS: &str = "••••••";

/// What a text is made of.
pub(crate) struct Facts<'a> {
    pub(crate) purpose: Purpose,
    pub(crate) channel: Channel,
    /// Who runs this installation.
    pub(crate) service: &'a str,
    /// Empty where no clinic is concerned.
    pub(crate) clinic: &'a str,
    /// Empty where no document is.
    pub(crate) title: &'a str,
    pub(crate) host: &'a str,
}

impl Facts<'_> {
    /// Whether the text names what it must: to accept or to sign is always somebody's and something's.
    pub(crate) fn are_whole(&self) -> bool {
        match self.purpose {
            Purpose::SignIn | Purpose::Contact => true,
            Purpose::Accept | Purpose::Sign => {
                !short(self.clinic).is_empty() && !short(self.title).is_empty()
            }
        }
    }

    /// The text; with [`DOTS`] for a code, the one that is kept.
    ///
    /// An SMS in Cyrillic has 70 characters, or 67 in each of its parts. Sign-in and contact take two parts, accepting
    /// and signing three; with a title and a host of usual length often less.
    pub(crate) fn text(&self, code: &str) -> String {
        let act = self.act(code);
        match self.channel {
            Channel::Sms => format!("{act} Никому не сообщайте код.\n@{} #{code}", self.host),
            Channel::Email => format!(
                "{act}\n\nКод действует 5 минут. Никому не сообщайте код. Если вы его не запрашивали, ничего не делайте."
            ),
        }
    }

    /// Subject of an e-mail: without the code, which a locked screen would show.
    pub(crate) const fn subject(&self) -> Option<&'static str> {
        match (self.channel, self.purpose) {
            (Channel::Sms, _) => None,
            (_, Purpose::SignIn) => Some("Код для входа в личный кабинет"),
            (_, Purpose::Contact) => Some("Код для личного кабинета"),
            (_, Purpose::Accept) => Some("Код, чтобы принять документ"),
            (_, Purpose::Sign) => Some("Код, чтобы подписать документ"),
        }
    }

    fn act(&self, code: &str) -> String {
        let (service, clinic, title) = (short(self.service), short(self.clinic), short(self.title));
        // Quotation marks inside quotation marks are of the other kind.
        let title = title.replace('«', "„").replace('»', "“");
        let contact = match self.channel {
            Channel::Sms => "номер",
            Channel::Email => "адрес",
        };
        match self.purpose {
            Purpose::SignIn => format!("{service}: код {code} для входа в личный кабинет."),
            Purpose::Contact => {
                format!("{service}: код {code}, чтобы добавить этот {contact} в личный кабинет.")
            }
            Purpose::Accept => format!("{clinic}: код {code}, чтобы принять документ «{title}»."),
            Purpose::Sign => format!("{clinic}: код {code}, чтобы подписать документ «{title}»."),
        }
    }
}

/// A name in one line, without signs that can't be seen, cut to [`NAME_MAX`] characters at the end of a word.
fn short(name: &str) -> String {
    let visible: String = name
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .filter(|c| !is_invisible(*c))
        .collect();
    let words: Vec<&str> = visible.split_whitespace().collect();
    let line = words.join(" ");
    if line.chars().count() <= NAME_MAX {
        return line;
    }
    let head = |length| line.chars().take(length).collect::<String>();
    // Whole words, unless a long one would leave hardly anything.
    let words = head(NAME_MAX);
    let words = words.rsplit_once(' ').map(|(words, _)| words);
    let cut = words
        .filter(|words| words.chars().count() >= NAME_MAX / 2)
        .map_or_else(|| head(NAME_MAX - 1), str::to_owned);
    let cut = cut.trim_end_matches(|c: char| c.is_whitespace() || "«„\"(,.;:–—-".contains(c));
    format!("{cut}…")
}

/// Soft hyphen, marks that change the direction of writing, joiners, the byte order mark.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests;
