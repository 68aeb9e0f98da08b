//! The look of a letter: its words under the clinic's name and logo, in its colour. Nothing is loaded but the logo, from this
//! installation; its address is the same in every letter, so that it tells nobody's opening.

use podpis_kit::html::escaped;
use podpis_kit::store::branding::Look;
use podpis_shared::branding::Palette;

/// Where nothing was chosen.
const COLOUR: &str = "#1b4f8a";

/// Whose letter it is, as it is seen.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
    /// In `From`, and above the letter.
    pub(crate) name: String,
    colour: String,
    /// Markup.
    logo: String,
}

impl Sender {
    /// Nobody's colours: the operator itself.
    pub(crate) fn plain(name: String) -> Self {
        Self {
            name,
            colour: COLOUR.to_owned(),
            logo: String::new(),
        }
    }

    /// A clinic. `base_url`: of this installation, for the logo.
    pub(crate) fn clinic(look: &Look, base_url: &str) -> Self {
        let logo = look.logo.as_ref().filter(|_| !base_url.is_empty());
        let logo = logo.map(|logo| {
            let (width, height) = (logo.width, logo.height);
            let src = escaped(&format!("{base_url}{}", logo.src));
            format!(
                "<p style=\"margin:0 0 16px\"><img src=\"{src}\" width=\"{width}\" height=\"{height}\" alt=\"\" \
                 style=\"max-width:100%;height:auto\"></p>\n"
            )
        });
        Self {
            name: look.name.clone(),
            colour: look.color.map_or_else(
                || COLOUR.to_owned(),
                |c| Palette::of(c).light.main.to_string(),
            ),
            logo: logo.unwrap_or_default(),
        }
    }
}

/// A page of HTML for mail programs: one column, styles beside the elements, as they want it.
pub(super) fn page(sender: &Sender, text: &str) -> String {
    let Sender { name, colour, logo } = sender;
    let paragraphs: String = text
        .split("\n\n")
        .map(str::trim)
        .filter(|paragraph| !paragraph.is_empty())
        .map(|words| {
            format!(
                "<p style=\"margin:0 0 16px\">{}</p>\n",
                with_links(words, colour)
            )
        })
        .collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"ru\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{name}</title>\n</head>\n\
         <body style=\"margin:0;background:#f3f4f6;color:#1f2933\">\n\
         <div style=\"max-width:560px;margin:0 auto;padding:24px 16px;font:16px/1.5 Arial,sans-serif\">\n\
         <div style=\"background:#ffffff;border-top:4px solid {colour};padding:24px\">\n\
         {logo}<h1 style=\"margin:0 0 16px;font-size:20px;color:{colour}\">{name}</h1>\n{paragraphs}</div>\n\
         <p style=\"margin:16px 0 0;font-size:13px;color:#52606d\">Письмо отправлено автоматически.</p>\n</div>\n</body>\n</html>\n",
        name = escaped(name),
    )
}

/// Escapes words and makes addresses in them links.
fn with_links(words: &str, colour: &str) -> String {
    let mut html = String::new();
    for (number, word) in words.split(' ').enumerate() {
        if number > 0 {
            html.push(' ');
        }
        for (line, part) in word.split('\n').enumerate() {
            if line > 0 {
                html.push_str("<br>\n");
            }
            html.push_str(&linked(part, colour));
        }
    }
    html
}

fn linked(word: &str, colour: &str) -> String {
    if !word.starts_with("https://") && !word.starts_with("http://") {
        return escaped(word);
    }
    let url = word.trim_end_matches(['.', ',', ';', ')']);
    let tail = &word[url.len()..];
    let url = escaped(url);
    format!(
        "<a href=\"{url}\" style=\"color:{colour}\">{url}</a>{}",
        escaped(tail)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_words_and_addresses_are_links() {
        let html = page(
            &Sender::plain("<b>\"Клиника\"</b>".into()),
            "Раз & два\nтри.\n\nСюда: https://a.example/?b=1&c=2.",
        );
        assert!(
            html.contains("&lt;b&gt;&quot;Клиника&quot;&lt;/b&gt;"),
            "{html}"
        );
        assert!(html.contains("Раз &amp; два<br>\nтри."), "{html}");
        let link = "<a href=\"https://a.example/?b=1&amp;c=2\" style=\"color:#1b4f8a\">https://a.example/?b=1&amp;c=2</a>.</p>";
        assert!(html.contains(link), "{html}");
    }

    #[test]
    fn nothing_runs_and_nothing_is_loaded() {
        let html = page(
            &Sender::plain("К".into()),
            "javascript:alert(1) <img src=x> http://a/\"onclick=\"x",
        );
        assert!(
            !html.contains("<img") && !html.contains("href=\"javascript"),
            "{html}"
        );
        assert!(!html.contains("\"onclick"), "{html}");
        assert!(!html.contains("src=\""), "{html}");
    }
}
