//! Stored files: the bytes lie under their digest, so that the same file is kept once.

use kvarten_domain::{Fault, MediaId, Timestamp, lesson::MediaFile};
use kvarten_entity::{Column, media};
use sea_orm::{ActiveValue::Set, EntityTrait};
use sha2::{Digest, Sha256};

use crate::{ServiceError, Services, new_id, store::WriteTransaction, text::nfc};

/// Kinds of files that may be kept: the ending, the media type, and how such a file begins.
const KINDS: [(&str, &str, &[&[u8]]); 8] = [
    ("mp4", "video/mp4", &[b"....ftyp"]),
    ("webm", "video/webm", &[b"\x1a\x45\xdf\xa3"]),
    ("webp", "image/webp", &[b"RIFF....WEBP"]),
    ("png", "image/png", &[b"\x89PNG\r\n\x1a\n"]),
    ("jpg", "image/jpeg", &[b"\xff\xd8\xff"]),
    ("jpeg", "image/jpeg", &[b"\xff\xd8\xff"]),
    ("vtt", "text/vtt", &[b"WEBVTT", b"\xef\xbb\xbfWEBVTT"]),
    ("pdf", "application/pdf", &[b"%PDF-"]),
];

/// The media type of a file, if its ending and its beginning agree on one that may be kept.
fn media_type(name: &str, bytes: &[u8]) -> Option<&'static str> {
    let ending = name.rsplit_once('.')?.1.to_ascii_lowercase();
    let (_, mime, beginnings) = KINDS.iter().find(|(known, ..)| *known == ending)?;
    let fits = |beginning: &&[u8]| {
        bytes.len() >= beginning.len()
            && beginning
                .iter()
                .zip(bytes)
                .all(|(expected, byte)| *expected == b'.' || expected == byte)
    };
    beginnings.iter().any(fits).then_some(mime)
}

impl Services {
    /// Keeps a file.
    pub(super) async fn keep_file(
        &self,
        writing: &WriteTransaction,
        name: &str,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<MediaFile, ServiceError> {
        let name = &nfc(name);
        let malformed = ServiceError::invalid("file", Fault::Malformed);
        let mime = media_type(name, bytes).ok_or(malformed)?;
        let sha256 = format!("{:x}", Sha256::digest(bytes));
        let path = self.media_path(&sha256);
        if !tokio::fs::try_exists(&path).await? {
            if let Some(folder) = path.parent() {
                tokio::fs::create_dir_all(folder).await?;
            }
            // Written aside and renamed, so that a file is there whole or not at all.
            let aside = path.with_extension("part");
            tokio::fs::write(&aside, bytes).await?;
            tokio::fs::rename(&aside, &path).await?;
        }
        let id: MediaId = new_id();
        let size = bytes.len() as u64;
        let row = media::ActiveModel {
            id: Set(id.key()),
            sha256: Set(sha256),
            name: Set(name.to_owned()),
            mime: Set(mime.to_owned()),
            size: Set(i64::try_from(size).unwrap_or(i64::MAX)),
            created_at: Set(now.0),
        };
        media::Entity::insert(row).exec_without_returning(writing).await?;
        Ok(MediaFile { media: id, name: name.to_owned(), mime: mime.to_owned(), size })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("film.mp4", b"\0\0\0\x20ftypisom", Some("video/mp4"))]
    #[case("BILD.PNG", b"\x89PNG\r\n\x1a\n....", Some("image/png"))]
    #[case("bild.webp", b"RIFF\x10\0\0\0WEBPVP8 ", Some("image/webp"))]
    #[case("bild.png", b"<svg onload=alert(1)>", None)]
    #[case("sida.html", b"<html>", None)]
    #[case("film.mp4", b"", None)]
    #[case("utan", b"%PDF-1.7", None)]
    fn ending_and_beginning_must_agree(
        #[case] name: &str,
        #[case] bytes: &[u8],
        #[case] expected: Option<&str>,
    ) {
        assert_eq!(media_type(name, bytes), expected);
    }
}
