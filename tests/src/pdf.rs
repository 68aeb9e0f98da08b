//! Small PDFs made on the spot, good and bad.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::stack::{root, target};

/// The consent of several pages that `cargo xtask up` sends.
///
/// # Errors
/// When the file can't be read.
pub fn consent() -> Result<Vec<u8>> {
    let path = root().join("tests/fixtures/consent/consent.pdf");
    fs::read(&path).with_context(|| path.display().to_string())
}

/// A PDF of so many pages, with `text` (ASCII) on each.
pub fn plain(pages: usize, text: &str) -> Vec<u8> {
    Writer::new(pages, text).finish("")
}

/// Likewise, made longer by a stream that nobody refers to.
pub fn padded(bytes: usize) -> Vec<u8> {
    let mut writer = Writer::new(1, "padded");
    let mut noise = 0x9E37_79B9_u32;
    let padding: String = (0..bytes)
        .map(|_| {
            noise ^= noise << 13;
            noise ^= noise >> 17;
            noise ^= noise << 5;
            char::from(b'a' + u8::try_from(noise % 26).unwrap_or_default())
        })
        .collect();
    writer.stream(&padding);
    writer.finish("")
}

/// Runs JavaScript when opened.
pub fn with_javascript() -> Vec<u8> {
    Writer::new(1, "script").finish("/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>")
}

/// Starts a program when opened.
pub fn with_launch() -> Vec<u8> {
    Writer::new(1, "launch").finish("/OpenAction << /S /Launch /F (calc.exe) >>")
}

/// Has an XFA form.
pub fn with_xfa() -> Vec<u8> {
    let mut writer = Writer::new(1, "xfa");
    let form = writer.stream("<xdp:xdp xmlns:xdp=\"http://ns.adobe.com/xdp/\"></xdp:xdp>");
    writer.finish(&format!("/AcroForm << /Fields [] /XFA {form} 0 R >>"))
}

/// The header of a PDF and nothing behind it.
pub fn broken() -> Vec<u8> {
    b"%PDF-1.7\nthere is no object in this file\n%%EOF\n".to_vec()
}

/// Encrypted with a password, by qpdf.
///
/// # Errors
/// When qpdf can't be run.
pub fn encrypted() -> Result<Vec<u8>> {
    let folder = target().join("test-data");
    fs::create_dir_all(&folder)?;
    let (from, to) = (folder.join("open.pdf"), folder.join("encrypted.pdf"));
    fs::write(&from, plain(1, "secret"))?;
    let run = |from: &Path, to: &Path| {
        Command::new("qpdf")
            .args(["--encrypt", "user", "owner", "256", "--"])
            .args([from, to])
            .status()
    };
    ensure!(
        run(&from, &to).context("qpdf")?.success(),
        "qpdf --encrypt failed"
    );
    Ok(fs::read(to)?)
}

/// Objects from 1 on; 1 is the catalog, 2 the tree of pages, 3 the font.
struct Writer {
    objects: Vec<String>,
}

impl Writer {
    fn new(pages: usize, text: &str) -> Self {
        let kids: Vec<String> = (0..pages)
            .map(|page| format!("{} 0 R", 4 + 2 * page))
            .collect();
        let mut writer = Self {
            objects: vec![
                String::new(),
                format!(
                    "<< /Type /Pages /Count {pages} /Kids [{}] >>",
                    kids.join(" ")
                ),
                "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
            ],
        };
        for page in 0..pages {
            let contents = 5 + 2 * page;
            writer.objects.push(format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> \
                 /Contents {contents} 0 R >>"
            ));
            writer.stream(&format!(
                "BT /F1 18 Tf 72 760 Td ({text}: page {} of {pages}) Tj ET",
                page + 1
            ));
        }
        writer
    }

    /// Adds a stream and gives its number.
    fn stream(&mut self, content: &str) -> usize {
        self.objects.push(format!(
            "<< /Length {} >>\nstream\n{content}\nendstream",
            content.len()
        ));
        self.objects.len()
    }

    /// The file, with `catalog` added to the entries of the catalog.
    fn finish(mut self, catalog: &str) -> Vec<u8> {
        if let Some(first) = self.objects.first_mut() {
            *first = format!("<< /Type /Catalog /Pages 2 0 R {catalog} >>");
        }
        let mut file = "%PDF-1.7\n".to_owned();
        let mut offsets = Vec::new();
        for (index, object) in self.objects.iter().enumerate() {
            offsets.push(file.len());
            file += &format!("{} 0 obj\n{object}\nendobj\n", index + 1);
        }
        let (start, size) = (file.len(), self.objects.len() + 1);
        file += &format!("xref\n0 {size}\n0000000000 65535 f \n");
        for offset in offsets {
            file += &format!("{offset:010} 00000 n \n");
        }
        file += &format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
        file.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_of_the_cross_reference_table_are_right() {
        let file = String::from_utf8(plain(3, "text")).unwrap();
        let (_, table) = file.split_once("xref\n0 10\n").unwrap();
        for (number, line) in table.lines().skip(1).take(9).enumerate() {
            let offset: usize = line.split(' ').next().unwrap().parse().unwrap();
            assert!(
                file.get(offset..)
                    .unwrap()
                    .starts_with(&format!("{} 0 obj", number + 1)),
                "{line}"
            );
        }
        assert!(padded(1000).len() > 1000);
    }
}
