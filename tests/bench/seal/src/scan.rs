//! Inputs of any size.

/// A document like a scanner's: pages of one incompressible picture each, about `size` bytes together.
pub fn scan(size: usize) -> Vec<u8> {
    const PICTURE: usize = 60_000;
    let pages = size / PICTURE + 1;
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut offsets = Vec::new();
    let mut add = |out: &mut Vec<u8>, parts: &[&[u8]]| {
        offsets.push(out.len());
        let number = offsets.len();
        out.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
        parts.iter().for_each(|part| out.extend_from_slice(part));
        out.extend_from_slice(b"\nendobj\n");
    };
    let kids: String = (0..pages)
        .map(|page| format!("{} 0 R ", 3 + 2 * page))
        .collect();
    add(&mut out, &[b"<</Type/Catalog/Pages 2 0 R>>"]);
    add(
        &mut out,
        &[format!("<</Type/Pages/Count {pages}/Kids[{kids}]>>").as_bytes()],
    );
    let mut state = 1_u32;
    let picture: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    })
    .take(size / pages)
    .collect();
    for page in 0..pages {
        let content = format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</I {} 0 R>>>>>>",
            4 + 2 * page
        );
        add(&mut out, &[content.as_bytes()]);
        let head = format!(
            "<</Type/XObject/Subtype/Image/Width 200/Height 100/Length {}>>stream\n",
            picture.len()
        );
        add(&mut out, &[head.as_bytes(), &picture, b"\nendstream"]);
    }
    let start = out.len();
    out.extend_from_slice(
        format!("xref\n0 {}\n0000000000 65535 f \n", offsets.len() + 1).as_bytes(),
    );
    for offset in &offsets {
        out.extend_from_slice(format!("{offset:010} 00000 n \n").as_bytes());
    }
    out.extend_from_slice(
        format!(
            "trailer\n<</Root 1 0 R/Size {}>>\nstartxref\n{start}\n%%EOF\n",
            offsets.len() + 1
        )
        .as_bytes(),
    );
    out
}
