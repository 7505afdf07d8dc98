//! Puts the exported pages into the binary: compressed once here, with the hashes of their inline scripts.
//!
//! Without an export (`web/out` is made by `make web`) the binary still builds, and serves a page that says so.

use std::{
    env, fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};

fn main() {
    let exported = Path::new("../../web/out");
    println!("cargo:rerun-if-changed=../../web/out");
    println!("cargo:rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let assets = out.join("assets");
    fs::create_dir_all(&assets).expect("the build folder can be written");
    let mut files = Vec::new();
    if exported.is_dir() {
        collect(exported, &mut files);
    }
    files.sort();
    let mut table = String::from("&[\n");
    for (index, file) in files.iter().enumerate() {
        let content = fs::read(file).expect("an exported file can be read");
        let path = file.strip_prefix(exported).expect("found below it").to_string_lossy().replace('\\', "/");
        table.push_str(&row(&assets, index, &path, &content));
    }
    table.push(']');
    fs::write(out.join("pages.rs"), table).expect("the build folder can be written");
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the export can be listed").flatten() {
        let path = entry.path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}

/// One line of the table: path, digest, script hashes, and the content plain, by brotli and by gzip.
fn row(assets: &Path, index: usize, path: &str, content: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, content);
    let etag = STANDARD.encode(&digest.as_ref()[..12]);
    let scripts = if path.ends_with(".html") { inline_scripts(&String::from_utf8_lossy(content)) } else { Vec::new() };
    let plain = store(assets, index, "plain", content);
    let worth_it =
        content.len() > 512 && !path.ends_with(".png") && !path.ends_with(".woff2") && !path.ends_with(".ico");
    let (brotli, gzip) = if worth_it {
        (store(assets, index, "br", &brotli(content)), store(assets, index, "gz", &gzip(content)))
    } else {
        ("None".to_owned(), "None".to_owned())
    };
    let some = |text: String| if text == "None" { text } else { format!("Some({text})") };
    format!(
        "    Asset {{ path: {path:?}, etag: {:?}, scripts: &{scripts:?}, plain: {plain}, brotli: {}, gzip: {} }},\n",
        format!("W/\"{etag}\""),
        some(brotli),
        some(gzip),
    )
}

fn store(assets: &Path, index: usize, kind: &str, content: &[u8]) -> String {
    let file = assets.join(format!("{index}.{kind}"));
    fs::write(&file, content).expect("the build folder can be written");
    format!("include_bytes!({:?})", file.display().to_string())
}

fn brotli(content: &[u8]) -> Vec<u8> {
    let mut compressed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut compressed, 4096, 9, 22);
    writer.write_all(content).expect("memory can be written");
    drop(writer);
    compressed
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).expect("memory can be written");
    encoder.finish().expect("memory can be written")
}

/// `'sha256-…'` of each script that stands in the page itself, for its Content-Security-Policy.
fn inline_scripts(page: &str) -> Vec<String> {
    let mut hashes = Vec::new();
    let mut rest = page;
    while let Some(start) = rest.find("<script") {
        rest = &rest[start..];
        let Some(open) = rest.find('>') else { break };
        let tag = &rest[..open];
        rest = &rest[open + 1..];
        let Some(end) = rest.find("</script>") else { break };
        if !tag.contains(" src=") && end > 0 {
            let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &rest.as_bytes()[..end]);
            let hash = format!("'sha256-{}'", STANDARD.encode(digest));
            if !hashes.contains(&hash) {
                hashes.push(hash);
            }
        }
        rest = &rest[end..];
    }
    hashes
}
